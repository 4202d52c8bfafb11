import type { Reader } from '../../platform/database/reader.ts';
import { leafOf } from './storedLeaves.ts';

/** The leaf of an exchange, if its entry is about one of these subjects. @param tokens of one person, one a year */
export async function entryAbout(
  reader: Reader,
  exchange: string,
  tokens: readonly Uint8Array[],
): Promise<Uint8Array | undefined> {
  const { rows } = await reader.query<{ leaf: Uint8Array }>(
    `SELECT e.leaf FROM audit_entry AS e JOIN audit_subject AS s ON s.idx = e.idx
      WHERE e.id = $1 AND s.tokens && $2::bytea[] LIMIT 1`,
    [exchange, tokens.map((token) => Buffer.from(token))],
  );
  const [row] = rows;
  return row && leafOf(row.leaf);
}
