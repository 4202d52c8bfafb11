/**
 * The nonces of the last 400 s, by this process's monotonic clock, so that a change of the database's clock expires none of them. There is
 * no table of nonces. A process that wins the swap of the head has read every earlier entry, written by any process. A nonce that is not
 * in this memory is therefore unused.
 */
import { keyMark } from '../store/flush.ts';
import type { QuotaClaim } from '../draft.ts';

/** A request is valid for at most 300 s, with 30 s of skew on both sides. */
export const nonceLife = 400;
const sweepEvery = 20;

/** @param keyid a key's id, or the mark of it in an entry's row */
const keyOf = (keyid: string, nonce: string): string => `${keyMark(keyid)} ${nonce}`;

export class NonceMemory {
  /** used by durable entries → time at which this process learned it */
  private readonly used = new Map<string, number>();
  /** taken by entries in progress → their exchange */
  private readonly taken = new Map<string, string>();
  private swept = 0;

  /** @param exchange whose own claim does not count */
  has(keyid: string, nonce: string, exchange?: string): boolean {
    const key = keyOf(keyid, nonce);
    if (this.used.has(key)) return true;
    const holder = this.taken.get(key);
    return holder !== undefined && holder !== exchange;
  }

  /** Takes a nonce for an exchange in progress. @returns false when another exchange has it */
  take(keyid: string, nonce: string, exchange: string): boolean {
    const key = keyOf(keyid, nonce);
    if (this.used.has(key)) return false;
    const holder = this.taken.get(key);
    if (holder !== undefined) return holder === exchange;
    this.taken.set(key, exchange);
    return true;
  }

  /** Releases the nonce of an exchange that ended without an entry. */
  release(keyid: string, nonce: string, exchange: string): void {
    const key = keyOf(keyid, nonce);
    if (this.taken.get(key) === exchange) this.taken.delete(key);
  }

  /** Marks the nonce of a durable entry as used. */
  use(keyid: string, nonce: string): void {
    const at = performance.now() / 1000;
    const key = keyOf(keyid, nonce);
    this.taken.delete(key);
    this.used.set(key, at);
    if (at - this.swept > sweepEvery) this.sweep(at);
  }

  /**
   * Records that another process's entry used it.
   * @returns the exchange of this process that had taken the same nonce and has now lost it
   */
  seen(keyid: string, nonce: string): string | undefined {
    const loser = this.taken.get(keyOf(keyid, nonce));
    this.use(keyid, nonce);
    return loser;
  }

  private sweep(now: number): void {
    this.swept = now;
    for (const [key, at] of this.used) if (at < now - nonceLife) this.used.delete(key);
  }
}

/* Known amounts taken from today's quotas. A count only grows, so a quota exhausted here is exhausted in the database too. A caller that
   continues after exhausting its quota is refused in memory, without a rolled-back flush. */

/** Maximum of cached counters: there is one for each subject of a fact. The database has those that were removed here. */
const maxCounters = 50_000;

export class QuotaMemory {
  private day = '';
  private readonly counts = new Map<string, number>();

  /** Whether the claim is certainly lost. */
  isExhausted(claim: QuotaClaim): boolean {
    return (this.taken(claim) ?? 0) + claim.calls > claim.max;
  }

  /** The known amount taken from the claim's counter on its day. */
  taken({ counter, day }: QuotaClaim): number | undefined {
    return day === this.day ? this.counts.get(counter) : undefined;
  }

  /** Records a lower bound of the amount taken. */
  know(counter: string, day: string, calls: number): void {
    if (day > this.day || this.counts.size >= maxCounters) this.counts.clear();
    if (day > this.day) this.day = day;
    if (day === this.day) this.counts.set(counter, Math.max(calls, this.counts.get(counter) ?? 0));
  }
}
