import type { Reader } from '../database/reader.ts';

export interface ReadBack {
  /** entries that are there */
  readonly count: number;
  /** SHA-256 over the leaf hashes of the newest of them, computed from their bytes */
  readonly digest: Buffer;
}

/** What the database holds of entries `from … to − 1`. @param bytesFrom from here on the bytes are read too */
export async function readBack(
  reader: Reader,
  from: number,
  to: number,
  bytesFrom: number,
): Promise<ReadBack> {
  const { rows } = await reader.query<{ count: number; digest: Buffer }>(
    `SELECT (SELECT count(*) FROM audit_entry WHERE idx >= $1 AND idx < $2)::int AS count,
            (SELECT sha256(coalesce(string_agg(sha256('\\x00'::bytea || leaf), ''::bytea ORDER BY idx), ''::bytea))
               FROM audit_entry WHERE idx >= $3 AND idx < $2) AS digest`,
    [from, to, bytesFrom],
  );
  const [row] = rows;
  if (row === undefined) throw new TypeError('a SELECT without FROM has one row');
  return row;
}
