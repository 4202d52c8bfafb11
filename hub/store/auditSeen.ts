/** What a process reads of entries it did not write itself: their ids and nonces, and their hashes. */
import type { Reader } from './reader.ts';

export interface SeenEntry {
  readonly index: number;
  readonly id: string;
  /** Unix seconds */
  readonly at: number;
  readonly nonce: { readonly keyid: string; readonly nonce: string } | undefined;
}

interface SeenRow {
  readonly idx: string;
  readonly id: string;
  readonly at: string;
  readonly keyid: string | null;
  readonly nonce: string | null;
}

/** Entries `from … to − 1`, ascending. */
export async function entriesSeen(reader: Reader, from: number, to: number): Promise<SeenEntry[]> {
  const { rows } = await reader.query<SeenRow>(
    `SELECT idx, id, floor(extract(epoch FROM at))::text AS at, keyid, nonce FROM audit_entry
      WHERE idx >= $1 AND idx < $2 ORDER BY idx`,
    [from, to],
  );
  return rows.map((row) => ({
    index: Number(row.idx),
    id: row.id,
    at: Number(row.at),
    nonce: row.keyid === null || row.nonce === null ? undefined : { keyid: row.keyid, nonce: row.nonce },
  }));
}

/** Stored leaf hashes of entries `from … to − 1`, ascending. @returns fewer where entries are missing */
export async function entryHashes(reader: Reader, from: number, to: number): Promise<Buffer[]> {
  const { rows } = await reader.query<{ hash: Buffer }>(
    'SELECT hash FROM audit_entry WHERE idx >= $1 AND idx < $2 ORDER BY idx',
    [from, to],
  );
  return rows.map((row) => row.hash);
}

/** Index of the entry with this id, below `size`. */
export async function indexOfEntry(reader: Reader, id: string): Promise<number | undefined> {
  const { rows } = await reader.query<{ idx: string }>('SELECT idx FROM audit_entry WHERE id = $1', [id]);
  const [row] = rows;
  return row === undefined ? undefined : Number(row.idx);
}
