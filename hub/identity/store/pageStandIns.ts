import { composer, rowsOf } from '../../platform/database/compiled.ts';
import { momentAt } from '../../platform/database/moment.ts';
import type { Page } from '../../platform/database/page.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { standInColumns, type StandInRow } from './standIns.ts';

export interface StandInsWanted extends Page {
  /** only of these; undefined: of every department, and of the data office */
  readonly departments: readonly string[] | undefined;
  readonly kind: string | undefined;
  /** Unix milliseconds */
  readonly now: number;
}

/** Those that nobody has ended and whose time is not over: the first named comes first. `after` is an id. */
export async function pageStandIns(
  reader: Reader,
  { after, most, departments, kind, now }: StandInsWanted,
): Promise<StandInRow[]> {
  const query = composer('stand_in').select(composer.raw(standInColumns)).whereNull('ended_by');
  query.whereRaw(`(until IS NULL OR until > ${momentAt('?')})`, [now]);
  if (after !== undefined)
    query.whereRaw('(begins, id) > (SELECT s.begins, s.id FROM stand_in s WHERE s.id = ?)', [after]);
  if (departments !== undefined) query.whereRaw('department = ANY(?)', [[...departments]]);
  if (kind !== undefined) query.where('kind', kind);
  return rowsOf<StandInRow>(reader, query.orderByRaw('stand_in.begins, stand_in.id').limit(most));
}
