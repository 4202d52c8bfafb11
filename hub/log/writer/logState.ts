/**
 * State of the log that a process knows: its head, and the nonces and quotas it has seen. Only one flush at a time changes this state; the
 * changing code holds the mutex of the writer.
 */
import { Problem } from '../../../terms/problem.ts';
import type { HeadRow, QuotaState } from '../store/flush.ts';
import { readHead } from '../store/head.ts';
import { entriesSeen, readHeadAndSeen, type SeenEntry } from '../store/seen.ts';
import type { Reader } from '../../platform/database/reader.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { sameHash } from '../../../log/hash.ts';
import type { ConflictingClaim, QuotaClaim } from '../draft.ts';
import { trustedHead, type HeadSeal, type LogHead } from '../head.ts';
import type { FlushPlan } from './planFlush.ts';
import { type NonceMemory, QuotaMemory } from './replayMemory.ts';
import type { Waiting } from './waiting.ts';

/** entries per read */
const chunk = 10_000;
/** of an approach: enough for a log of ten thousand million entries */
const maxRounds = 1_000_000;

/** Values of the locked rows, for a flush that is repeated in steps. Granted claims are deducted. */
export interface LockedRows {
  /** calls taken, by `counter\tday` */
  readonly quotas: Map<string, number>;
  /** current batch, by dataset */
  readonly pointers: ReadonlyMap<string, string | null>;
}

export class LogState {
  readonly seal: HeadSeal;
  readonly nonces: NonceMemory;
  readonly quotas = new QuotaMemory();
  /** exchanges whose nonce another process has used in between */
  readonly lostNonces = new Set<string>();
  head: LogHead;
  /** the head may have moved without the knowledge of this process */
  stale = false;
  /** entries below have been read; at least the head's size, more while this process is catching up */
  private read: number;
  /**
   * Reads the keys that sign the log whenever the epoch has moved. The returned function makes this process sign by them, once that is
   * durable.
   * @throws Problem keys_missing, log_inconsistent: from the returned function
   */
  readonly keysIn: (reader: Reader) => Promise<() => void>;

  constructor(seal: HeadSeal, nonces: NonceMemory, head: LogHead, keysIn: LogState['keysIn']) {
    this.keysIn = keysIn;
    this.seal = seal;
    this.nonces = nonces;
    this.head = head;
    this.read = head.tree.size;
  }

  /** Applies a durable flush. */
  onCommitted(plan: FlushPlan, taken: readonly QuotaState[]): void {
    this.head = plan.head;
    this.read = plan.head.tree.size;
    for (const { claims } of plan.batch) {
      const { nonce } = claims;
      if (nonce !== undefined) this.nonces.use(nonce.keyid, nonce.nonce);
    }
    for (const { counter, day, calls } of taken) this.quotas.know(counter, day, calls);
  }

  /**
   * Reads entries of other processes without a lock until at most one chunk is left. A process far behind thus does not block appends
   * while it reads. `catchUp` continues from there. Another approach starts anew, because it may search for other drafts.
   * @param from index at which the search for `mine` begins, if it is below the known head
   * @returns as `catchUp`
   * @throws Problem log_busy when the others append faster than this process reads
   */
  async approach(
    reader: Reader,
    mine: ReadonlySet<string>,
    from = this.head.tree.size,
  ): Promise<Map<string, number>> {
    const arrived = new Map<string, number>();
    this.read = Math.min(from, this.head.tree.size);
    for (let rounds = 0; rounds < maxRounds; rounds += 1) {
      const { size } = await readHead(reader, false);
      if (size - this.read <= chunk) return arrived;
      await this.readUpTo(reader, this.read + chunk, mine, arrived);
    }
    throw new Problem('log_busy');
  }

  /**
   * Locks the head and reads the entries of other processes that `approach` has not read.
   * @returns indexes of those of `mine` that are already durable: the answer to their flush was lost
   * @throws Problem log_behind, log_inconsistent, keys_missing
   */
  async catchUp(client: Transaction, mine: ReadonlySet<string>): Promise<Map<string, number>> {
    const arrived = new Map<string, number>();
    const head = this.continuing(await readHead(client, true));
    const { size } = head.tree;
    while (this.read < size) await this.readUpTo(client, Math.min(this.read + chunk, size), mine, arrived);
    await this.moveTo(head, client);
    return arrived;
  }

  /**
   * Reads the head and the entries of other processes without a lock, in one statement.
   * @returns number of those entries; undefined, with the state unchanged, where it does not fit the head: they are more than a chunk, or
   * one is missing
   * @throws Problem log_behind, log_inconsistent, keys_missing
   */
  async learnNewest(client: Transaction): Promise<number | undefined> {
    const from = this.head.tree.size;
    const { head: row, entries } = await readHeadAndSeen(client, from, chunk);
    const head = this.continuing(row);
    if (entries.length !== head.tree.size - from) return undefined;
    for (const entry of entries) this.learn(entry);
    this.read = head.tree.size;
    await this.moveTo(head, client);
    return entries.length;
  }

  /** The head in a row, which continues the known one. @throws Problem log_behind, log_inconsistent */
  private continuing(row: HeadRow): LogHead {
    const head = trustedHead(row, this.seal);
    const { size: known, root } = this.head.tree;
    const { size } = head.tree;
    if (size < known) throw new Problem('log_behind', { size, known });
    if (size === known && !sameHash(head.tree.root, root))
      throw new Problem('log_inconsistent', { what: 'root' });
    return head;
  }

  /** @throws Problem log_inconsistent, keys_missing */
  private async moveTo(head: LogHead, client: Transaction): Promise<void> {
    if (head.epoch !== this.head.epoch) (await this.keysIn(client))();
    this.head = head;
    this.stale = false;
  }

  private async readUpTo(
    reader: Reader,
    to: number,
    mine: ReadonlySet<string>,
    arrived: Map<string, number>,
  ): Promise<void> {
    for (const entry of await entriesSeen(reader, this.read, to)) {
      if (mine.has(entry.id)) arrived.set(entry.id, entry.index);
      this.learn(entry);
    }
    this.read = to;
  }

  /** Remembers the nonce of an entry of another process; a waiting draft that has the same one has lost it. */
  private learn({ id, nonce }: Pick<SeenEntry, 'id' | 'nonce'>): void {
    if (nonce === undefined) return;
    const loser = this.nonces.seen(nonce.keyid, nonce.nonce);
    if (loser !== undefined && loser !== id) this.lostNonces.add(loser);
  }

  /**
   * The claim that this draft has lost, with the rows locked and the head caught up. Its granted claims are counted for the drafts after
   * it.
   */
  lossOf({ claims, exchange }: Waiting, rows: LockedRows): ConflictingClaim | undefined {
    if (this.lostNonces.has(exchange)) return 'nonce';
    const { epoch, quotas = [], publish } = claims;
    if (epoch !== undefined && epoch !== this.head.epoch) return 'epoch';
    if (publish !== undefined && rows.pointers.get(publish.dataset) !== publish.from) return 'publish';
    const keyOf = ({ counter, day }: QuotaClaim): string => `${counter}\t${day}`;
    const takenOf = (quota: QuotaClaim): number => rows.quotas.get(keyOf(quota)) ?? 0;
    for (const quota of quotas) this.quotas.know(quota.counter, quota.day, takenOf(quota));
    if (quotas.some((quota) => takenOf(quota) + quota.calls > quota.max)) return 'quotas';
    for (const quota of quotas) rows.quotas.set(keyOf(quota), takenOf(quota) + quota.calls);
    return undefined;
  }
}
