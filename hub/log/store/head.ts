/** The head's row, the locks of a repeated flush, and the values of the locked rows. */
import type { HeadRow } from './flush.ts';
import type { Reader } from '../../platform/database/reader.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { withLeaves } from './storedLeaves.ts';

/** The head's row as it is stored. */
export interface StoredHead {
  readonly size: string;
  readonly root: Buffer;
  readonly frontier: Buffer;
  readonly mac: Buffer;
  readonly state_epoch: string;
}

/** @param lock locks the row until the transaction ends: no other process can append before that */
export async function readHead(reader: Reader, lock: boolean): Promise<HeadRow> {
  const { rows } = await reader.query<StoredHead>(
    `SELECT size, root, frontier, mac, state_epoch FROM audit_head WHERE id = 1${lock ? ' FOR UPDATE' : ''}`,
  );
  return headOf(rows[0]);
}

/** @throws Error where the table has no row */
export function headOf(row: StoredHead | undefined): HeadRow {
  if (row === undefined) throw new Error('audit_head has no row');
  return {
    size: Number(row.size),
    root: row.root,
    frontier: row.frontier,
    mac: row.mac,
    epoch: Number(row.state_epoch),
  };
}

/** Begins a transaction. */
export const opening = 'BEGIN';

/**
 * Begins a transaction that has the turn at the head until it ends. It waits for less than a second, and may not idle for long: a holder
 * delays the others by that much. The limits are its own, because a pooler ignores those of the log's connection.
 */
export const openingInTurn = `BEGIN; SET LOCAL lock_timeout = 900; SET LOCAL idle_in_transaction_session_timeout = 3000;
SELECT pg_advisory_xact_lock(hashtext('turn at the head of the log')); SET LOCAL lock_timeout = 3000`;

export const beginInTurn = (client: Transaction): Promise<unknown> => client.query(openingInTurn);

/**
 * Calls taken so far, by `counter\tday` (the column `agreement` contains the counter). The rows remain locked; missing ones are created.
 */
export async function lockQuotas(
  reader: Reader,
  keys: readonly { readonly counter: string; readonly day: string; readonly max: number }[],
): Promise<Map<string, number>> {
  if (keys.length === 0) return new Map();
  const lists = [keys.map((key) => key.counter), keys.map((key) => key.day)];
  await reader.query(
    `INSERT INTO agreement_quota (agreement, day, calls, ceiling)
     SELECT agreement, day, 0, ceiling FROM unnest($1::text[], $2::date[], $3::bigint[]) AS k(agreement, day, ceiling)
      ORDER BY 1, 2 ON CONFLICT DO NOTHING`,
    [...lists, keys.map((key) => key.max)],
  );
  const { rows } = await reader.query<{ agreement: string; day: string; calls: string }>(
    `SELECT agreement, day::text, calls FROM agreement_quota
      WHERE (agreement, day) IN (SELECT * FROM unnest($1::text[], $2::date[])) ORDER BY 1, 2 FOR UPDATE`,
    lists,
  );
  return new Map(rows.map((row) => [`${row.agreement}\t${row.day}`, Number(row.calls)]));
}

/** Current batches by dataset. The rows remain locked. */
export async function lockPointers(
  reader: Reader,
  datasets: readonly string[],
): Promise<Map<string, string | null>> {
  if (datasets.length === 0) return new Map();
  const { rows } = await reader.query<{ id: string; batch: string | null }>(
    'SELECT id, current_batch AS batch FROM dataset WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE',
    [[...datasets]],
  );
  return new Map(rows.map((row) => [row.id, row.batch]));
}

/** The number of entries that every process has written. */
export async function readSize(reader: Reader): Promise<number> {
  const { rows } = await reader.query<{ size: string }>('SELECT size FROM audit_head WHERE id = 1');
  return Number(rows[0]?.size ?? 0);
}

/** The log's state_epoch: incremented by every entry that changes permissions. */
export async function readStateEpoch(reader: Reader): Promise<number> {
  const { rows } = await reader.query<{ readonly epoch: string }>(
    'SELECT state_epoch::text AS epoch FROM audit_head',
  );
  return Number(rows[0]?.epoch ?? 0);
}

const decided = Buffer.from('"operation":"acceptClock"');

/**
 * The latest time among the newest entries, Unix ms; undefined for an empty log. Entries of concurrent calls are not ordered by time, so
 * several of the newest are read. Only entries from the last recorded clock correction on count.
 */
export async function newestMoment(reader: Reader): Promise<number | undefined> {
  const { rows } = await reader.query<{ at: number; leaf: Uint8Array }>(
    `SELECT (extract(epoch FROM at) * 1000)::double precision AS at, leaf FROM audit_entry ORDER BY idx DESC LIMIT 100`,
  );
  const newest = withLeaves(rows);
  const last = newest.findIndex(({ leaf }) => Buffer.from(leaf).includes(decided));
  const times = newest.slice(0, last < 0 ? undefined : last + 1).map(({ at }) => at);
  return times.length === 0 ? undefined : Math.max(...times);
}
