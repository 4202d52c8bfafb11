/** The columns that a process reads of entries written by others: their ids and nonces, and their hashes. */
import type { Reader } from '../../platform/database/reader.ts';

export interface SeenEntry {
  readonly index: number;
  readonly id: string;
  /** Unix seconds */
  readonly at: number;
  /** with the mark of its key */
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

/** Stored leaf hashes of entries `from … to − 1`, ascending. @returns fewer if entries are missing */
export async function entryHashes(reader: Reader, from: number, to: number): Promise<Buffer[]> {
  const { rows } = await reader.query<{ hash: Buffer }>(
    'SELECT hash FROM audit_entry WHERE idx >= $1 AND idx < $2 ORDER BY idx',
    [from, to],
  );
  return rows.map((row) => row.hash);
}

/** The same, with a gap for each missing entry: as long as the range. */
export async function entryHashesOrGaps(
  reader: Reader,
  from: number,
  to: number,
): Promise<(Buffer | undefined)[]> {
  const { rows } = await reader.query<{ idx: string; hash: Buffer }>(
    'SELECT idx, hash FROM audit_entry WHERE idx >= $1 AND idx < $2 ORDER BY idx',
    [from, to],
  );
  const hashes = new Array<Buffer | undefined>(to - from).fill(undefined);
  // a hash of another length would shift all following hashes of a tile
  for (const { idx, hash } of rows) if (hash.length === 32) hashes[Number(idx) - from] = hash;
  return hashes;
}
