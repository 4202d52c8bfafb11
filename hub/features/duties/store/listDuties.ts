import { composer, rowsOf } from '../../../platform/database/compiled.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { dutyColumns, type DutyRow } from './dutyRow.ts';

export interface DutyFilter {
  /** as consumer or provider; absent: of everybody */
  readonly departments?: readonly string[];
  /** and this one is consumer or provider */
  readonly with?: string;
  /** only those nobody answered, due on this day or before */
  readonly openUntil?: string;
  /** only those behind this one */
  readonly after?: DutyPlace;
}

/** Where one stands in the list. Days are `YYYY-MM-DD`. */
export interface DutyPlace {
  readonly answered: boolean;
  readonly due: string;
  readonly receivedFrom: string;
  readonly id: string;
}

/** Duties by the day they are due, the earliest first; what was answered comes last. */
export async function listDuties(reader: Reader, filter: DutyFilter, most: number): Promise<DutyRow[]> {
  const { departments, with: other, openUntil, after } = filter;
  const query = composer('duty').select(composer.raw(dutyColumns));
  if (departments !== undefined)
    query.whereRaw('(consumer = ANY (?) OR provider = ANY (?))', [[...departments], [...departments]]);
  if (other !== undefined) query.whereRaw('? IN (consumer, provider)', [other]);
  if (openUntil !== undefined)
    query
      .whereNull('answered_by')
      .whereRaw("(due <= ?::date OR obligation = 'delete-withdrawn')", [openUntil]);
  if (after !== undefined)
    query.whereRaw(
      '((answered_by IS NOT NULL), due, received_from, id) > (?::boolean, ?::date, ?::date, ?::uuid)',
      [...[after.answered, after.due, after.receivedFrom, after.id]],
    );
  return rowsOf<DutyRow>(
    reader,
    query.orderByRaw('(duty.answered_by IS NOT NULL), duty.due, duty.received_from, duty.id').limit(most),
  );
}

export async function dutiesById(reader: Reader, ids: readonly string[]): Promise<DutyRow[]> {
  const { rows } = await reader.query<DutyRow>(
    `SELECT ${dutyColumns} FROM duty WHERE id = ANY ($1::uuid[]) ORDER BY id`,
    [[...ids]],
  );
  return rows;
}

/** Duties that nobody answered although their day has passed. @param today `YYYY-MM-DD`, calendar of China */
export async function countOverdue(reader: Reader, today: string): Promise<number> {
  const { rows } = await reader.query<{ count: string }>(
    'SELECT count(*) FROM duty WHERE answered_by IS NULL AND due < $1::date',
    [today],
  );
  return Number(rows[0]?.count ?? 0);
}

/** Overdue ones that were not told yet. */
export async function untoldOverdue(reader: Reader, today: string, most: number): Promise<DutyRow[]> {
  const { rows } = await reader.query<DutyRow>(
    `SELECT ${dutyColumns} FROM duty WHERE answered_by IS NULL AND due < $1::date AND told_by IS NULL ORDER BY duty.due, duty.id LIMIT $2`,
    [today, most],
  );
  return rows;
}
