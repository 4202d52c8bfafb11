/** The columns that a process reads of entries written by others: their ids and nonces, and their hashes. */
import type { Reader } from '../../platform/database/reader.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { headOf, type StoredHead } from './head.ts';
import type { HeadRow } from './flush.ts';

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

/** What a process needs to plan a flush on the newest head. */
export interface HeadAndSeen {
  readonly head: HeadRow;
  /** the entries below the head from `from` on, ascending; fewer where there are more than `limit` */
  readonly entries: readonly Pick<SeenEntry, 'id' | 'nonce'>[];
}

const headAndSeen = {
  name: 'head_and_seen',
  // none of these columns holds a tab or a line feed; keyid and nonce are both there or neither
  text: `SELECT size, root, frontier, mac, state_epoch,
       (SELECT string_agg(concat_ws(E'\\t', id, keyid, nonce), E'\\n' ORDER BY idx)
          FROM (SELECT idx, id, keyid, nonce FROM audit_entry WHERE idx >= $1 ORDER BY idx LIMIT $2) AS newest) AS entries
  FROM audit_head WHERE id = 1`,
};

/** The head and the entries from `from` on, as of one moment. Locks nothing. */
export async function readHeadAndSeen(
  reader: Transaction,
  from: number,
  limit: number,
): Promise<HeadAndSeen> {
  const { rows } = await reader.query<StoredHead & { readonly entries: string | null }>(headAndSeen, [
    from,
    limit,
  ]);
  const lines = rows[0]?.entries?.split('\n') ?? [];
  return {
    head: headOf(rows[0]),
    entries: lines.map((line) => {
      const [id = '', keyid, nonce] = line.split('\t');
      return { id, nonce: keyid === undefined || nonce === undefined ? undefined : { keyid, nonce } };
    }),
  };
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
