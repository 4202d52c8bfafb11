/** Rows that stand and would go with a batch: no value leaves the database, only how many there are. */
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import type { DeleteWhere } from '../../../domain/intakeRules.ts';
import { batchTable, datasetTable, layoutOf } from '../../../domain/rowTable/layout.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { longStatement } from '../../../platform/database/longStatement.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';
import { isTable } from './fetch.ts';

export interface ToDelete {
  /** rows that stand whose keys the batch wants deleted */
  readonly going: number;
  /** rows that stand, counted no further than to where `going` is not too many of them */
  readonly standing: number;
}

/**
 * @param where rows of the batch that ask for the deletion of their key
 * @param share of the rows that stand which may go; 0 counts them all
 */
export async function rowsToDelete(
  pool: Pool,
  batch: string,
  dataset: string,
  schema: DatasetSchema,
  where: DeleteWhere,
  share: number,
): Promise<ToDelete> {
  const { key, byField } = layoutOf(schema);
  const column = byField.get(where.field);
  const table = datasetTable(dataset, schema);
  if (column === undefined || !(await isTable(pool, table))) return { going: 0, standing: 0 };
  return withTransaction(pool, async (transaction) => {
    const same = key.map(({ name }) => `o.${name} = b.${name}`).join(' AND ');
    const { rows: asked } = await longStatement<{ n: string }>(
      transaction,
      `SELECT count(*)::text AS n FROM ${batchTable(batch)} AS b JOIN ${table} AS o ON ${same} WHERE b.${column.name}::text = ANY($1)`,
      [[...where.is]],
    );
    const going = Number(asked[0]?.n ?? 0);
    if (going === 0) return { going, standing: 0 };
    // a dataset of millions is not counted because some rows go
    const enough = share === 0 ? null : Math.ceil(going / share);
    const { rows: stand } = await longStatement<{ n: string }>(
      transaction,
      `SELECT count(*)::text AS n FROM (SELECT FROM ${table} LIMIT $1::bigint) AS stand`,
      [enough],
    );
    return { going, standing: Number(stand[0]?.n ?? 0) };
  });
}
