/** Delays of what a person is shown: access by one department, until a day. */
import { sealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { composer, rowsOf } from '../../../platform/database/values.ts';

export interface ViewDelayRow {
  readonly id: string;
  /** keyed hash, hex */
  readonly subject: string;
  readonly department: string;
  readonly reference: string;
  readonly clause: string;
  /** Unix milliseconds */
  readonly until: number;
  readonly digest: string;
  /** ids of persons */
  readonly author: string;
  readonly approver: string;
  readonly endedBy: string | null;
  readonly reason: string | null;
}

const columns = `id, encode(subject, 'hex') AS subject, department, reference, clause,
  (extract(epoch FROM until) * 1000)::double precision AS until, digest, author, approver, ended_by AS "endedBy", reason`;

export async function viewDelayById(reader: Reader, id: string): Promise<ViewDelayRow | undefined> {
  const rows = await sealedRows<ViewDelayRow>(
    reader,
    'view_delay',
    `SELECT ${columns} FROM view_delay WHERE id = $1`,
    [id],
  );
  return rows[0];
}

export interface DelayFilter {
  /** departments whose access they delay; absent: all */
  readonly departments?: readonly string[];
  /** Unix milliseconds */
  readonly now: number;
  /** only delays after this one in the list; the moment in whole milliseconds, as stored */
  readonly after?: { readonly until: number; readonly id: string };
}

/** Delays in effect, the first to end first. */
export async function listViewDelays(
  reader: Reader,
  filter: DelayFilter,
  most: number,
): Promise<ViewDelayRow[]> {
  const query = composer('view_delay').select(composer.raw(columns)).whereNull('ended_by');
  query.whereRaw('until > to_timestamp(? / 1000.0)', [filter.now]);
  if (filter.departments !== undefined) query.whereIn('department', [...filter.departments]);
  if (filter.after !== undefined)
    query.whereRaw('(until, id) > (to_timestamp(? / 1000.0), ?)', [filter.after.until, filter.after.id]);
  return rowsOf<ViewDelayRow>(reader, query.orderByRaw('until, id').limit(most));
}

/** Departments whose access to a person's data is not shown now. @param subject keyed hash, 32 bytes */
export async function delayedDepartments(
  reader: Reader,
  subject: Uint8Array,
  now: number,
): Promise<ReadonlySet<string>> {
  const rows = await sealedRows<{ department: string }>(
    reader,
    'view_delay',
    `SELECT department FROM view_delay
      WHERE subject = $1 AND ended_by IS NULL AND until > to_timestamp($2 / 1000.0)`,
    [Buffer.from(subject), now],
  );
  return new Set(rows.map(({ department }) => department));
}

/** Stores a delay; it replaces one that ended or expired. @param row.approver another person than the author: the table enforces it */
export async function putViewDelay(
  transaction: Reader,
  row: Omit<ViewDelayRow, 'approver' | 'endedBy' | 'reason'> & { readonly approver: string | null },
  exchange: string,
): Promise<void> {
  await transaction.query(
    `INSERT INTO view_delay (id, subject, department, reference, clause, until, digest, author, approver, exchange)
     VALUES ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0), $7, $8, $9, $10)
     ON CONFLICT (id) DO UPDATE SET reference = EXCLUDED.reference, clause = EXCLUDED.clause, until = EXCLUDED.until,
       digest = EXCLUDED.digest, author = EXCLUDED.author, approver = EXCLUDED.approver, exchange = EXCLUDED.exchange,
       ended_by = NULL, reason = NULL`,
    [
      ...[row.id, Buffer.from(row.subject, 'hex'), row.department, row.reference, row.clause],
      ...[row.until, row.digest, row.author, row.approver, exchange],
    ],
  );
}

/** @returns false when it was ended before */
export async function endViewDelay(
  transaction: Reader,
  { id, by, reason }: { readonly id: string; readonly by: string; readonly reason: string },
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'UPDATE view_delay SET ended_by = $2, reason = $3 WHERE id = $1 AND ended_by IS NULL',
    [id, by, reason],
  );
  return rowCount === 1;
}
