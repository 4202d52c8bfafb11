import type { UpperApproval } from '../../../../policies/documents/agreement.ts';
import { hasKeyedRow } from '../../../platform/database/authenticated/keyedRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** Whether an approval was imported before. @throws Problem rows_unauthenticated where the hub cannot know */
export const isImported = (
  reader: Reader,
  { number, resource }: Pick<UpperApproval, 'number' | 'resource'>,
): Promise<boolean> => hasKeyedRow(reader, 'upper_approval', [[number, resource]]);

/** @throws the database's unique violation where it was imported meanwhile */
export async function insertApproval(
  transaction: Reader,
  { number, resource, sha256 }: UpperApproval,
  { id, version }: { readonly id: string; readonly version: number },
  exchange: string,
): Promise<void> {
  await transaction.query(
    `INSERT INTO upper_approval (number, resource, sha256, agreement, version, exchange) VALUES ($1, $2, $3, $4, $5, $6)`,
    [number, resource, sha256, id, version, exchange],
  );
}
