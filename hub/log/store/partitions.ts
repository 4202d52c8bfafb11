import { failureOf } from '../../platform/database/failure.ts';
import type { Reader } from '../../platform/database/reader.ts';

/** Entries of one partition of `audit_entry`. */
export const partitionSize = 2 ** 20;

/** Creates the partition for entry `index`, and the next one when this one is half full. Run as owner; repeatable. */
export async function ensurePartitions(owner: Reader, index: number): Promise<void> {
  const first = Math.floor(index / partitionSize);
  const last = Math.floor((index + partitionSize / 2) / partitionSize);
  const { rows } = await owner.query<{ n: string }>(
    `SELECT n::text FROM generate_series($1::bigint, $2::bigint) AS n WHERE to_regclass('audit_entry_' || n) IS NULL`,
    [first, last],
  );
  for (const { n } of rows) await owner.query('SELECT create_audit_partition($1)', [n]);
}

/** Whether an append failed because its partition is missing. */
export const isPartitionMissing = (error: unknown): boolean => {
  const { table } = error as { table?: string };
  return failureOf(error) === 'check' && table === 'audit_entry';
};
