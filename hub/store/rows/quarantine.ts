/** Rows that failed: where, why, and sealed what they said, for their way back to the provider. */
import type { RowProblem } from '../../../terms/rowProblem.ts';
import type { Reader } from '../reader.ts';
import type { Sealer } from './sealedParts.ts';

export interface QuarantinedRow {
  /** number of the record in its batch */
  readonly record: number;
  /** physical line on which it begins */
  readonly line: number;
  readonly problems: readonly RowProblem[];
  /** the record as it came: header → text */
  readonly raw: Readonly<Record<string, unknown>>;
}

const contextOf = (batch: string, record: number): string => `batch ${batch} record ${record}`;

/** At most so many failed rows of a batch are kept; the batch's totals count all of them. */
export const mostQuarantined = 10_000;

export async function putQuarantined(
  reader: Reader,
  sealer: Sealer,
  batch: string,
  rows: readonly QuarantinedRow[],
): Promise<void> {
  for (let from = 0; from < rows.length; from += 500) {
    const slice = rows.slice(from, from + 500);
    await reader.query(
      `INSERT INTO quarantine (batch, record, line, problems, sealed)
       SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::jsonb[], $5::bytea[])`,
      [
        batch,
        slice.map((row) => row.record),
        slice.map((row) => row.line),
        slice.map((row) => JSON.stringify(row.problems)),
        slice.map((row) =>
          Buffer.from(
            sealer.seal(Buffer.from(JSON.stringify(row.raw), 'utf8'), contextOf(batch, row.record)),
          ),
        ),
      ],
    );
  }
}

/** Forgets the failed rows of an attempt that did not finish. */
export async function clearQuarantine(reader: Reader, batch: string): Promise<void> {
  await reader.query('DELETE FROM quarantine WHERE batch = $1', [batch]);
}

/** Failed rows in record order, opened. @param after record number of the last one seen, 0 for the first page */
export async function quarantinedRows(
  reader: Reader,
  sealer: Sealer,
  batch: string,
  after: number,
  limit: number,
): Promise<readonly QuarantinedRow[]> {
  const { rows } = await reader.query<{
    record: string;
    line: string;
    problems: RowProblem[];
    sealed: Buffer;
  }>(
    'SELECT record, line, problems, sealed FROM quarantine WHERE batch = $1 AND record > $2 ORDER BY record LIMIT $3',
    [batch, after, limit],
  );
  return rows.map((row) => {
    const record = Number(row.record);
    const raw: unknown = JSON.parse(
      Buffer.from(sealer.open(row.sealed, contextOf(batch, record))).toString('utf8'),
    );
    return { record, line: Number(row.line), problems: row.problems, raw: raw as Record<string, unknown> };
  });
}
