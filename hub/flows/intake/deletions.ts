/** Batches whose rows ask for deletions: a file in which a column of marks was filled in too far empties a register. */
import { worthGuarding } from '../../domain/drift.ts';
import type { Finding } from '../../domain/guards.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import type { Pool } from '../../platform/database/database.ts';
import { intakeRulesOf } from '../../registry/store/datasets.ts';
import { rowsToDelete } from '../rows/store/rowsToDelete.ts';

/** @param asked rows of the batch that ask for a deletion, whether or not their key stands */
export async function deletionFindings(
  pool: Pool,
  batch: string,
  { row, schema }: LiveDataset,
  asked = 0,
): Promise<readonly Finding[]> {
  const { deleteWhere, mayDelete, onDrift } = intakeRulesOf(row);
  if (row.mode !== 'upsert' || deleteWhere === undefined || asked === 0 || mayDelete >= 1) return [];
  const { going, standing } = await rowsToDelete(pool, batch, row.id, schema, deleteWhere, mayDelete);
  if (standing < worthGuarding || going <= standing * mayDelete) return [];
  return [{ code: 'batch_deletes_many', severity: onDrift, facts: { rows: going, reference: standing } }];
}
