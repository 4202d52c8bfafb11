/**
 * What a process knows of the log: its head, the nonces and quotas it has seen. Everything in here is moved by one flush at a time;
 * whoever changes it has the turn.
 */
import { Problem } from '../../../terms/problem.ts';
import { readHead } from '../../store/auditHead.ts';
import { entriesSeen } from '../../store/auditSeen.ts';
import type { Transaction } from '../../store/transaction.ts';
import { sameHash } from '../../../log/hash.ts';
import type { LostClaim } from '../draft.ts';
import { trustedHead, type HeadSeal, type LogHead } from '../head.ts';
import type { Laid } from './compose.ts';
import type { NonceMemory } from './nonceMemory.ts';
import { QuotaMemory } from './quotaMemory.ts';
import type { Waiting } from './waiting.ts';

const chunk = 10_000;

/** What locked rows say, for a flush that is repeated in steps. Claims are counted off as they are granted. */
export interface LockedRows {
  /** calls taken, by `agreement\tday` */
  readonly quotas: Map<string, number>;
  /** current batch, by dataset */
  readonly pointers: ReadonlyMap<string, string | null>;
}

export class LogState {
  readonly seal: HeadSeal;
  readonly nonces: NonceMemory;
  readonly quotas = new QuotaMemory();
  /** exchanges whose nonce another process has used meanwhile */
  readonly lostNonces = new Set<string>();
  head: LogHead;
  /** the head may have moved without this process knowing */
  stale = false;

  constructor(seal: HeadSeal, nonces: NonceMemory, head: LogHead) {
    this.seal = seal;
    this.nonces = nonces;
    this.head = head;
  }

  /** A flush is durable. */
  won(laid: Laid): void {
    this.head = laid.head;
    for (const { claims, at } of laid.batch) {
      const { nonce, quota } = claims;
      if (nonce !== undefined) this.nonces.use(nonce.keyid, nonce.nonce, at);
      if (quota !== undefined) this.quotas.add(quota.agreement, quota.day, quota.calls);
    }
  }

  /**
   * Locks the head and reads what others appended.
   * @returns where those of `mine` stand that are durable already: the answer to their flush got lost
   * @throws Problem log_behind, log_inconsistent
   */
  async catchUp(client: Transaction, mine: ReadonlySet<string>): Promise<Map<string, number>> {
    const arrived = new Map<string, number>();
    const head = trustedHead(await readHead(client, true), this.seal);
    const { size: known, root } = this.head.tree;
    const { size } = head.tree;
    if (size < known) throw new Problem('log_behind', { size, known });
    if (size === known && !sameHash(head.tree.root, root))
      throw new Problem('log_inconsistent', { what: 'root' });
    for (let from = known; from < size; from += chunk) {
      for (const entry of await entriesSeen(client, from, Math.min(from + chunk, size))) {
        if (mine.has(entry.id)) arrived.set(entry.id, entry.index);
        if (entry.nonce === undefined) continue;
        const loser = this.nonces.seen(entry.nonce.keyid, entry.nonce.nonce, entry.at);
        if (loser !== undefined && loser !== entry.id) this.lostNonces.add(loser);
      }
    }
    this.head = head;
    this.stale = false;
    return arrived;
  }

  /** With the rows locked and the head caught up: what this draft has lost. What it takes is counted for the drafts behind it. */
  lossOf({ claims, exchange }: Waiting, rows: LockedRows): LostClaim | undefined {
    if (this.lostNonces.has(exchange)) return 'nonce';
    const { epoch, quota, publish } = claims;
    if (epoch !== undefined && epoch !== this.head.epoch) return 'epoch';
    if (publish !== undefined && rows.pointers.get(publish.dataset) !== publish.from) return 'publish';
    if (quota === undefined) return undefined;
    const key = `${quota.agreement}\t${quota.day}`;
    const calls = rows.quotas.get(key) ?? 0;
    this.quotas.know(quota.agreement, quota.day, calls);
    if (calls + quota.calls > quota.max) return 'quota';
    rows.quotas.set(key, calls + quota.calls);
    return undefined;
  }
}
