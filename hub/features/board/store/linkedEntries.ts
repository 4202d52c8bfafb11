import type { Reader } from '../../../platform/database/reader.ts';
import { isLinked } from '../../../registry/store/isLinked.ts';

export interface LinkedEntries {
  readonly department: string;
  /** entries that have data now */
  readonly linked: number;
  /** entries that should: all but what is not shared (不予共享) */
  readonly should: number;
}

/**
 * 挂接率: live entries of the catalogue by department; a department without any that should be linked is left out.
 * @param departments of these; undefined: of all
 */
export async function linkedEntries(
  reader: Reader,
  departments: readonly string[] | undefined,
): Promise<LinkedEntries[]> {
  const theirs = departments === undefined ? '' : ' AND e.department = ANY ($1::text[])';
  const { rows } = await reader.query<LinkedEntries>(
    `SELECT e.department, count(*)::integer AS should, count(*) FILTER (WHERE ${isLinked('e')})::integer AS linked
       FROM catalogue_entry AS e WHERE NOT e.superseded AND e.sharing <> 'none'${theirs}
      GROUP BY e.department ORDER BY e.department`,
    departments === undefined ? [] : [[...departments]],
  );
  return rows;
}
