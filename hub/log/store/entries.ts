/** Stored entries: leaf, hash and search columns. */
import { binaryRows, int8At, placesInArray, textsInArray } from '../../platform/database/binaryRows.ts';
import type { Pool } from '../../platform/database/database.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { keyMark, type EntryColumns } from './flush.ts';
import { leafCopied, leafOf, storedHash, storedLeaf } from './storedLeaves.ts';

export interface StoredEntry {
  readonly index: number;
  readonly leaf: Uint8Array;
  readonly hash: Uint8Array;
  readonly columns: EntryColumns;
  /** mark of the key of the request's signature (`keyMark`) if the entry claimed a nonce; entries of earlier versions store the whole id */
  readonly keyid: string | null;
  readonly nonce: string | null;
}

interface EntryRow {
  readonly idx: string;
  readonly id: string;
  readonly at: string;
  readonly consumer: string | null;
  readonly provider: string | null;
  readonly dataset: string | null;
  readonly decision: string;
  readonly code: string | null;
  readonly keyid: string | null;
  readonly nonce: string | null;
  readonly leaf: Uint8Array;
  readonly hash: Buffer;
}

const moment = `to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const columns = `idx, id, ${moment} AS at,
  consumer, provider, dataset, decision, code, keyid, nonce, leaf, hash`;

const stored = (row: EntryRow): StoredEntry => entryOf(row, Number(row.idx), leafOf(row.leaf));

const entryOf = (row: Omit<EntryRow, 'idx' | 'leaf'>, index: number, leaf: Uint8Array): StoredEntry => ({
  index,
  leaf,
  hash: row.hash,
  keyid: row.keyid,
  nonce: row.nonce,
  columns: {
    id: row.id,
    at: row.at,
    consumer: row.consumer ?? undefined,
    provider: row.provider ?? undefined,
    dataset: row.dataset ?? undefined,
    decision: row.decision,
    code: row.code ?? undefined,
  },
});

/** Entries `from … to − 1`, ascending. */
export async function entriesBetween(reader: Reader, from: number, to: number): Promise<StoredEntry[]> {
  const { rows } = await reader.query<EntryRow>(
    `SELECT ${columns} FROM audit_entry WHERE idx >= $1 AND idx < $2 ORDER BY idx`,
    [from, to],
  );
  return rows.map(stored);
}

/**
 * Entries per result row. Each row has a fixed cost. The driver copies a row that exceeds one socket read several times, which triggers
 * garbage collection earlier. Measured: 128 saves a fifth of the hub's time compared with 1,024.
 */
const inOneRow = 128;

/**
 * A statement that returns entries `from … to − 1`, ascending, several per row. It names the whole range in addition to each row's range,
 * so that the planner excludes other partitions.
 * @param values aggregates over @param columns of each entry
 * @throws RangeError
 */
function inRows(from: number, to: number, values: string, columns: string): string {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) throw new RangeError('no entries');
  return `SELECT of.* FROM generate_series(${from}::bigint, ${to - 1}::bigint, ${inOneRow}) AS first, LATERAL (
    SELECT ${values} FROM (
      SELECT ${columns} FROM audit_entry
       WHERE idx >= ${from} AND idx < ${to} AND idx >= first AND idx < first + ${inOneRow} ORDER BY idx) AS e) AS of`;
}

/**
 * Texts of one entry, in the order in which `scanned` takes them. Columns are truncated above any valid length: an altered one could
 * exceed a row.
 */
const texts = [
  'id::text',
  moment,
  ...['consumer', 'provider', 'dataset', 'decision', 'code', 'keyid', 'nonce'].map(
    (name) => `left(${name}, 1000)`,
  ),
];

/**
 * The same for sequential reads of the whole log; takes a fifth less of the hub's time. Altered bytes that are too long for a leaf, or are
 * no hash, are returned as empty.
 */
export async function scanEntries(pool: Pool, from: number, to: number): Promise<StoredEntry[]> {
  const entries: StoredEntry[] = [];
  const statement = inRows(
    from,
    to,
    'array_agg(idx), array_agg(texts), array_agg(leaf), array_agg(hash)',
    `idx, ARRAY[${texts.join(', ')}] AS texts, ${storedLeaf}, ${storedHash}`,
  );
  await binaryRows(pool, statement, (columns) => scanned(columns, entries));
  return entries;
}

function scanned([indexes, said, leaves, digests]: readonly (Buffer | null)[], into: StoredEntry[]): void {
  if (!indexes || !said || !leaves || !digests) return; // a row without entries
  const own = placesInArray(indexes);
  const read = textsInArray(said);
  const leafAt = placesInArray(leaves);
  const hashes = Buffer.from(digests); // retained with the entries
  const hashAt = placesInArray(hashes);
  for (let nth = 0; nth < own.length / 2; nth += 1) {
    const hash = hashes.subarray(hashAt[2 * nth], hashAt[2 * nth + 1]);
    into.push(
      entryOf(
        columnsOf(read.slice(nth * texts.length, (nth + 1) * texts.length), hash),
        int8At(indexes, own[2 * nth] ?? 0),
        leafCopied(leaves.subarray(leafAt[2 * nth], leafAt[2 * nth + 1])),
      ),
    );
  }
}

/** @param values `texts` of one entry */
const columnsOf = (
  [
    id,
    at,
    consumer = null,
    provider = null,
    dataset = null,
    decision,
    code = null,
    keyid = null,
    nonce = null,
  ]: readonly (string | null)[],
  hash: Buffer,
): Parameters<typeof entryOf>[0] => ({
  id: id ?? '',
  at: at ?? '',
  decision: decision ?? '',
  consumer,
  provider,
  dataset,
  code,
  keyid,
  nonce,
  hash,
});

/**
 * Receives the stored leaf of a row: range `from … to − 1` of a buffer owned by the driver. The receiver copies the bytes that it retains.
 */
type TakeStored = (index: number, bytes: Buffer, from: number, to: number) => void;

/**
 * Reads leaves of entries `from … to − 1` as stored, ascending. Altered bytes that are too long for a leaf are returned as empty, because
 * they could exceed a row. Sequential readers of the log request a thousand at a time.
 */
export async function storedBetween(pool: Pool, from: number, to: number, take: TakeStored): Promise<void> {
  // binary format: hexadecimal text would cost five times the processing itself
  const statement = inRows(from, to, 'array_agg(idx), array_agg(leaf)', `idx, ${storedLeaf}`);
  await binaryRows(pool, statement, ([indexes, leaves]) => {
    if (!indexes || !leaves) return; // a row without entries
    const own = placesInArray(indexes);
    const places = placesInArray(leaves);
    for (let nth = 0; nth < own.length; nth += 2) {
      const index = int8At(indexes, own[nth] ?? 0);
      take(index, leaves, places[nth] ?? 0, places[nth + 1] ?? 0);
    }
  });
}

/** The same, unpacked. */
export async function leavesBetween(
  pool: Pool,
  from: number,
  to: number,
): Promise<{ readonly index: number; readonly leaf: Uint8Array }[]> {
  const read: { index: number; leaf: Uint8Array }[] = [];
  await storedBetween(pool, from, to, (index, bytes, begin, end) => {
    read.push({ index, leaf: leafCopied(bytes.subarray(begin, end)) });
  });
  return read;
}

/**
 * Leaves at these indexes only, with their stored hashes, ascending.
 * @param keyid no leaf is read if another key signed the request; the presence of the entry is reported in any case
 */
export async function leavesAt(
  reader: Reader,
  indexes: readonly number[],
  keyid?: string,
): Promise<{ readonly index: number; readonly leaf: Uint8Array | undefined; readonly hash: Uint8Array }[]> {
  // an entry that claimed no nonce, such as a part of a stream, has no column that names its key
  const leaf =
    keyid === undefined
      ? 'leaf'
      : 'CASE WHEN left(keyid, length($2)) = $2 OR keyid IS NULL THEN leaf END AS leaf';
  const { rows } = await reader.query<{ idx: string; leaf: Uint8Array | null; hash: Buffer }>(
    `SELECT idx, ${leaf}, hash FROM audit_entry WHERE idx = ANY($1::bigint[]) ORDER BY idx`,
    [[...indexes], ...(keyid === undefined ? [] : [keyMark(keyid)])],
  );
  return rows.map(({ idx, leaf: bytes, hash }) => ({
    index: Number(idx),
    leaf: bytes === null ? undefined : leafOf(bytes),
    hash,
  }));
}

/** The first leaves from an index on that no department signed, ascending. */
export async function unsignedLeaves(
  reader: Reader,
  from: number,
  limit: number,
): Promise<{ readonly index: number; readonly leaf: Uint8Array }[]> {
  const { rows } = await reader.query<{ idx: string; leaf: Uint8Array }>(
    'SELECT idx, leaf FROM audit_entry WHERE nonce IS NULL AND idx >= $1 ORDER BY idx LIMIT $2',
    [from, limit],
  );
  return rows.map(({ idx, leaf }) => ({ index: Number(idx), leaf: leafOf(leaf) }));
}

/** Entries of these exchanges, ascending. */
export async function entriesOfExchanges(
  reader: Reader,
  exchanges: readonly string[],
): Promise<StoredEntry[]> {
  const { rows } = await reader.query<EntryRow>(
    `SELECT ${columns} FROM audit_entry WHERE id = ANY($1::uuid[]) ORDER BY idx`,
    [[...exchanges]],
  );
  return rows.map(stored);
}

/** Entries at these indexes, ascending. */
export async function entriesAt(reader: Reader, indexes: readonly number[]): Promise<StoredEntry[]> {
  const { rows } = await reader.query<EntryRow>(
    `SELECT ${columns} FROM audit_entry WHERE idx = ANY($1::bigint[]) ORDER BY idx`,
    [[...indexes]],
  );
  return rows.map(stored);
}
