/** Failed rows: place, reason, and sealed content, to be returned to the provider. */
import type { RowProblem } from '../../../../terms/rowProblem.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Sealer } from './sealedParts.ts';

export interface QuarantinedRow {
  /** position among the failed rows of the batch, from 1 */
  readonly nth: number;
  /** physical line on which it begins */
  readonly line: number;
  readonly problems: readonly RowProblem[];
  /** the record as it was read: cells in the order of the columns, or a tree */
  readonly raw: unknown;
}

const contextOf = (batch: string, nth: number): string => `batch ${batch} failed row ${nth}`;

/** Maximum number of stored failed rows of a batch; the batch's totals count all of them. */
export const maxQuarantined = 10_000;

export async function putQuarantined(
  reader: Reader,
  sealer: Sealer,
  batch: string,
  rows: readonly QuarantinedRow[],
): Promise<void> {
  for (let from = 0; from < rows.length; from += 500) {
    const slice = rows.slice(from, from + 500);
    await reader.query(
      `INSERT INTO quarantine (batch, nth, line, problems, sealed)
       SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::jsonb[], $5::bytea[])`,
      [
        batch,
        slice.map((row) => row.nth),
        slice.map((row) => row.line),
        slice.map((row) => JSON.stringify(row.problems)),
        slice.map((row) =>
          Buffer.from(sealer.seal(Buffer.from(JSON.stringify(row.raw), 'utf8'), contextOf(batch, row.nth))),
        ),
      ],
    );
  }
}

/** Deletes the failed rows of an attempt that did not finish. */
export async function clearQuarantine(reader: Reader, batch: string): Promise<void> {
  await reader.query('DELETE FROM quarantine WHERE batch = $1', [batch]);
}

/** Failed rows in the order of the file, opened. @param after `nth` of the last one seen, 0 for the first page */
export async function quarantinedRows(
  reader: Reader,
  sealer: Sealer,
  batch: string,
  after: number,
  limit: number,
): Promise<readonly QuarantinedRow[]> {
  const { rows } = await reader.query<{ nth: string; line: string; problems: RowProblem[]; sealed: Buffer }>(
    'SELECT nth, line, problems, sealed FROM quarantine WHERE batch = $1 AND nth > $2 ORDER BY nth LIMIT $3',
    [batch, after, limit],
  );
  return rows.map((row) => {
    const nth = Number(row.nth);
    const opened = Buffer.from(sealer.open(row.sealed, contextOf(batch, nth))).toString('utf8');
    const raw: unknown = JSON.parse(opened);
    return { nth, line: Number(row.line), problems: row.problems, raw };
  });
}
