import type { UpperApproval } from '../../../../policies/documents/agreement.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** Whether an approval was imported before. */
export async function isImported(
  reader: Reader,
  { number, resource }: Pick<UpperApproval, 'number' | 'resource'>,
): Promise<boolean> {
  const { rows } = await reader.query('SELECT 1 FROM upper_approval WHERE number = $1 AND resource = $2', [
    number,
    resource,
  ]);
  return rows.length > 0;
}

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
