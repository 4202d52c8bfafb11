/** Delays of what a person is shown: access by one department, until a day. */
import type { Knex } from 'knex';
import { refuseUnauthentic } from '../../../platform/database/authenticated/rowSealing.ts';
import { sealedRow, sealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { inSnapshot } from '../../../platform/database/transaction.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import {
  byDepartment,
  pageRows,
  type ListOrder,
  type OrderedPage,
  type PageRows,
} from '../../../platform/database/pages.ts';

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

export const viewDelayById = (reader: Reader, id: string): Promise<ViewDelayRow | undefined> =>
  sealedRow<ViewDelayRow>(reader, 'view_delay', `SELECT ${columns} FROM view_delay WHERE id = $1`, [id]);

export interface DelayFilter {
  /** departments whose access they delay; absent: all */
  readonly departments?: readonly string[];
  /** Unix milliseconds */
  readonly now: number;
}

/** Delays in effect, usually the first to end first. */
export const pageViewDelays = (
  reader: Reader,
  { departments, now }: DelayFilter,
  page: OrderedPage,
): Promise<PageRows<ViewDelayRow>> => {
  const permit = (rows: Knex.QueryBuilder): void => {
    if (departments !== undefined) rows.whereIn('view_delay.department', [...departments]);
  };
  const narrow = (rows: Knex.QueryBuilder): void => {
    rows.whereNull('ended_by').whereRaw('view_delay.until > to_timestamp(? / 1000.0)', [now]);
  };
  return pageRows(reader, { columns, order, permit, narrow }, page, (row: ViewDelayRow) => row);
};

const order: ListOrder = {
  table: 'view_delay',
  id: ['id'],
  sorts: { until: (row) => [`${row}.until`], department: (row) => [byDepartment(`${row}.department`)] },
  usual: 'until',
};

/** Delays that were in effect when all were compared with their seals. */
interface Compared {
  /** Unix milliseconds */
  readonly at: number;
  /** by keyed hash of the person, hex */
  readonly bySubject: Promise<ReadonlyMap<string, readonly DelayInEffect[]>>;
}

interface DelayInEffect {
  readonly department: string;
  /** Unix milliseconds */
  readonly until: number;
}

/** A comparison reads all stored delays, so the views of this time share one. */
const comparedMs = 10_000;
const compared = new WeakMap<Pool, Compared>();

/**
 * The delays in effect at the last comparison of all with their seals, in the same snapshot: one that is hidden would end before its day.
 * @throws Problem rows_unauthenticated
 */
function comparedDelays(pool: Pool, now: number): Compared['bySubject'] {
  const last = compared.get(pool);
  if (last !== undefined && Math.abs(now - last.at) < comparedMs) return last.bySubject;
  const bySubject = inSnapshot(pool, async (snapshot) => {
    await refuseUnauthentic(snapshot, ['view_delay']);
    const rows = await sealedRows<DelayInEffect & { subject: string }>(
      snapshot,
      'view_delay',
      // the condition uses no index: an entry that a superuser removed from it would end the delay
      `SELECT encode(subject, 'hex') AS subject, department, (extract(epoch FROM until) * 1000)::double precision AS until FROM view_delay
        WHERE ended_by IS NULL AND until + interval '0' > to_timestamp($1 / 1000.0)`,
      [now],
    );
    const found = new Map<string, DelayInEffect[]>();
    for (const { subject, ...delay } of rows) {
      const same = found.get(subject) ?? [];
      same.push(delay);
      found.set(subject, same);
    }
    return found;
  });
  const current = { at: now, bySubject };
  compared.set(pool, current);
  // a refusal holds only for the calls that wait for it
  bySubject.catch(() => {
    if (compared.get(pool) === current) compared.delete(pool);
  });
  return bySubject;
}

/**
 * Departments whose access to a person's data is not shown now: by the last comparison of all delays, at most ten seconds before, and by
 * the rows of the person now. A delay that is hidden after that comparison still applies; one that another process ended may apply for
 * these seconds.
 * @param subject keyed hash, 32 bytes @throws Problem rows_unauthenticated
 */
export async function delayedDepartments(
  pool: Pool,
  subject: Uint8Array,
  now: number,
): Promise<ReadonlySet<string>> {
  const before = (await comparedDelays(pool, now)).get(Buffer.from(subject).toString('hex')) ?? [];
  const rows = await sealedRows<{ department: string }>(
    pool,
    'view_delay',
    // without an index, as above
    `SELECT department FROM view_delay
      WHERE subject || ''::bytea = $1 AND ended_by IS NULL AND until > to_timestamp($2 / 1000.0)`,
    [Buffer.from(subject), now],
  );
  return new Set([...before.filter(({ until }) => until > now), ...rows].map(({ department }) => department));
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

/** Has this process compare the delays again at the next view: one has ended. */
export const compareDelaysAgain = (pool: Pool): boolean => compared.delete(pool);

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

/** Deletes delays whose last day is before a moment. One without a valid seal stays: a comparison finds it. @param before Unix milliseconds */
export async function deleteViewDelays(reader: Reader, before: number): Promise<void> {
  const ended = await sealedRows<{ id: string }>(
    reader,
    'view_delay',
    'SELECT id FROM view_delay WHERE until < to_timestamp($1 / 1000.0)',
    [before],
  );
  // a new delay of the same person and department may have replaced one of them
  if (ended.length > 0)
    await reader.query(
      'DELETE FROM view_delay WHERE id = ANY ($1::text[]) AND until < to_timestamp($2 / 1000.0)',
      [ended.map(({ id }) => id), before],
    );
}
