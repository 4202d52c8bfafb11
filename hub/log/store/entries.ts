/** Entries as they are stored: leaf, hash and search columns. */
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
  /** mark of the key of the request's signature (`keyMark`), where the entry claimed a nonce; entries of before hold all of its id */
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
 * Entries that come in one row: each row has its price, and of one that is longer than what a socket brings at once the driver makes several
 * copies, which bring the collector nearer. A fifth of the hub's time is spared between one of 1,024 and one of 128.
 */
const inOneRow = 128;

/**
 * A statement that tells of entries `from … to − 1`, ascending, many in one row. The whole stretch is named beside each row's own, so that
 * partitions without it are left out when the statement is planned.
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

/** Texts of one entry, in the order in which `scanned` takes them. Columns are cut behind what any entry has: one could be altered into more than a row can hold. */
const texts = [
  'id::text',
  moment,
  ...['consumer', 'provider', 'dataset', 'decision', 'code', 'keyid', 'nonce'].map(
    (name) => `left(${name}, 1000)`,
  ),
];

/**
 * The same, for whoever reads the log from end to end: a fifth less of the hub's time. Bytes that are too long for a leaf or no hash,
 * which somebody altered, come as none.
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
  if (!indexes || !said || !leaves || !digests) return; // of no entry
  const own = placesInArray(indexes);
  const read = textsInArray(said);
  const leafAt = placesInArray(leaves);
  const hashes = Buffer.from(digests); // kept with the entries
  const hashAt = placesInArray(hashes);
  for (let nth = 0; nth < own.length / 2; nth += 1) {
    const [
      id = '',
      at = '',
      consumer = null,
      provider = null,
      dataset = null,
      decision = '',
      code = null,
      keyid = null,
      nonce = null,
    ] = read.slice(nth * texts.length, (nth + 1) * texts.length);
    const columns = { consumer, provider, dataset, code, keyid, nonce };
    const hash = hashes.subarray(hashAt[2 * nth], hashAt[2 * nth + 1]);
    into.push(
      entryOf(
        { id: id ?? '', at: at ?? '', decision: decision ?? '', ...columns, hash },
        int8At(indexes, own[2 * nth] ?? 0),
        leafCopied(leaves.subarray(leafAt[2 * nth], leafAt[2 * nth + 1])),
      ),
    );
  }
}

/** Takes what a row holds of its leaf: `from … to − 1` of bytes that are the driver's own, to be copied by whoever keeps them. */
type TakeStored = (index: number, bytes: Buffer, from: number, to: number) => void;

/**
 * Leaves of entries `from … to − 1` as they are stored, ascending; nothing in the place of bytes that are too long for one: somebody altered
 * them, and they could be more than a row can hold. Whoever reads the log from end to end asks for a thousand at a time.
 */
export async function storedBetween(pool: Pool, from: number, to: number, take: TakeStored): Promise<void> {
  // as bytes: hexadecimal text would cost five times what is done with them
  const statement = inRows(from, to, 'array_agg(idx), array_agg(leaf)', `idx, ${storedLeaf}`);
  await binaryRows(pool, statement, ([indexes, leaves]) => {
    if (!indexes || !leaves) return; // of no entry
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
 * Leaves at these indexes alone, with the hashes that were stored with them, ascending.
 * @param keyid no leaf is read where another key signed the request; that the entry is there, is told all the same
 */
export async function leavesAt(
  reader: Reader,
  indexes: readonly number[],
  keyid?: string,
): Promise<{ readonly index: number; readonly leaf: Uint8Array | undefined; readonly hash: Uint8Array }[]> {
  // of an entry that claimed no nonce, as a part of a stream, no column says whose key it was
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
