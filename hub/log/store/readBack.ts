import { leafHash } from '../../../log/hash.ts';
import { binaryRows, placesInArray } from '../../platform/database/binaryRows.ts';
import type { Pool } from '../../platform/database/database.ts';
import { leafOf, storedHash, storedLeaf } from './storedLeaves.ts';

export interface ReadBack {
  /** number of present entries */
  readonly count: number;
  /** of the newest of them: the leaf hash of their bytes, and the stored hash */
  readonly hashes: readonly { readonly computed: Uint8Array; readonly stored: Uint8Array }[];
}

/**
 * The stored entries `from … to − 1`, read in binary. An altered leaf that is too long is returned as empty and so has another hash.
 * @param bytesFrom from this index on the bytes are read too
 * @throws RangeError
 */
export async function readBack(pool: Pool, from: number, to: number, bytesFrom: number): Promise<ReadBack> {
  if (![from, to, bytesFrom].every(Number.isSafeInteger)) throw new RangeError('no entries');
  let found: ReadBack = { count: 0, hashes: [] };
  const statement = `SELECT (SELECT count(*) FROM audit_entry WHERE idx >= ${from} AND idx < ${to})::int4, array_agg(leaf), array_agg(hash)
    FROM (SELECT ${storedLeaf}, ${storedHash} FROM audit_entry WHERE idx >= ${bytesFrom} AND idx < ${to} ORDER BY idx) AS newest`;
  await binaryRows(pool, statement, ([counted, leaves, hashes]) => {
    found = { count: counted?.readInt32BE() ?? 0, hashes: leaves && hashes ? hashesOf(leaves, hashes) : [] };
  });
  return found;
}

/** From arrays owned by the driver. */
function hashesOf(leaves: Buffer, digests: Buffer): ReadBack['hashes'] {
  const leafAt = placesInArray(leaves);
  const hashes = Buffer.from(digests);
  const hashAt = placesInArray(hashes);
  return Array.from({ length: leafAt.length / 2 }, (_, nth) => {
    const [begin, end] = [2 * nth, 2 * nth + 1];
    return {
      computed: leafHash(leafOf(leaves.subarray(leafAt[begin], leafAt[end]))),
      stored: hashes.subarray(hashAt[begin], hashAt[end]),
    };
  });
}
