import { leafHash } from '../../../log/hash.ts';
import type { Reader } from '../database/reader.ts';
import { leafOf } from './storedLeaves.ts';

export interface ReadBack {
  /** entries that are there */
  readonly count: number;
  /** of the newest of them: the leaf hash of their bytes, and the one that stands beside them */
  readonly hashes: readonly { readonly computed: Uint8Array; readonly stored: Uint8Array }[];
}

/** What the database holds of entries `from … to − 1`. @param bytesFrom from here on the bytes are read too */
export async function readBack(
  reader: Reader,
  from: number,
  to: number,
  bytesFrom: number,
): Promise<ReadBack> {
  const { rows } = await reader.query<{ count: number; leaves: Buffer[]; hashes: Buffer[] }>(
    `SELECT (SELECT count(*) FROM audit_entry WHERE idx >= $1 AND idx < $2)::int AS count,
            coalesce(array_agg(leaf ORDER BY idx), '{}') AS leaves, coalesce(array_agg(hash ORDER BY idx), '{}') AS hashes
       FROM audit_entry WHERE idx >= $3 AND idx < $2`,
    [from, to, bytesFrom],
  );
  const [row] = rows;
  if (row === undefined) throw new TypeError('an aggregate without GROUP BY has one row');
  const { count, leaves, hashes } = row;
  return {
    count,
    hashes: leaves.map((leaf, nth) => ({
      computed: leafHash(leafOf(leaf)),
      stored: hashes[nth] ?? new Uint8Array(),
    })),
  };
}
