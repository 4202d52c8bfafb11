/** Rows of a batch that refer to nothing: no value leaves the database, only how many there are and where. */
import { batchTable, type Column } from '../../../domain/rowTable/layout.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { isMissingTable } from '../../../platform/database/failure.ts';
import { longStatement } from '../../../platform/database/longStatement.ts';
import type { LeftOut } from './leftOut.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';

/** Rows whose places are told. */
const placesTold = 10;

export interface Unreferred {
  readonly compared: number;
  readonly missing: number;
  /** `_row` of the first of them */
  readonly rows: readonly number[];
}

/**
 * @param among tables in one of which each row's values must stand, in the columns `there`
 * @param but rows that are left out
 * @returns undefined where one of the tables is gone
 */
export async function rowsWithoutTarget(
  pool: Pool,
  batch: string,
  { here, there }: { readonly here: readonly Column[]; readonly there: readonly Column[] },
  among: readonly SqlName[],
  but: LeftOut,
): Promise<Unreferred | undefined> {
  const filled = here.map(({ name }) => `b.${name} IS NOT NULL`).join(' AND ');
  const same = here.map(({ name }, i) => `o.${there[i]?.name ?? name} = b.${name}`).join(' AND ');
  const nowhere = among.map((table) => ` AND NOT EXISTS (SELECT FROM ${table} AS o WHERE ${same})`).join('');
  const text = `
    WITH missing AS MATERIALIZED (SELECT b._row FROM ${batchTable(batch)} AS b WHERE ${filled}${but.condition}${nowhere})
    SELECT (SELECT count(*) FROM ${batchTable(batch)} AS b WHERE ${filled}${but.condition})::text AS compared,
           (SELECT count(*) FROM missing)::text AS missing,
           ARRAY(SELECT m._row::text FROM missing AS m ORDER BY m._row LIMIT ${placesTold}) AS rows`;
  try {
    const { rows } = await withTransaction(pool, (transaction) =>
      longStatement<{ compared: string; missing: string; rows: string[] }>(transaction, text, [
        ...but.values,
      ]),
    );
    const [found] = rows;
    if (found === undefined) throw new TypeError('counts are always answered');
    return {
      compared: Number(found.compared),
      missing: Number(found.missing),
      rows: found.rows.map(Number),
    };
  } catch (error) {
    if (isMissingTable(error)) return undefined;
    throw error;
  }
}
