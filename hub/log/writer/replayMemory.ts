/**
 * The nonces of the last 400 s, by this process's monotonic clock: whoever sets the database's clock ahead makes none of them old. There is no table of nonces: a process that wins the swap of the head has seen every earlier entry,
 * so what is not in here has not been used, whichever process wrote it.
 */
import { keyMark } from '../store/flush.ts';
import type { QuotaClaim } from '../draft.ts';

/** A request is valid for at most 300 s, with 30 s of skew on both sides. */
export const nonceLife = 400;
const sweepEvery = 20;

/** @param keyid a key's id, or the mark of it that an entry's row holds */
const keyOf = (keyid: string, nonce: string): string => `${keyMark(keyid)} ${nonce}`;

export class NonceMemory {
  private readonly seconds: () => number;
  /** used by durable entries → when this process learned it */
  private readonly used = new Map<string, number>();
  /** taken by entries on their way → their exchange */
  private readonly taken = new Map<string, string>();
  private swept = 0;

  /** @param seconds a clock that nobody sets */
  constructor(seconds: () => number = () => performance.now() / 1000) {
    this.seconds = seconds;
  }

  /** @param exchange whose own claim does not count */
  has(keyid: string, nonce: string, exchange?: string): boolean {
    const key = keyOf(keyid, nonce);
    if (this.used.has(key)) return true;
    const holder = this.taken.get(key);
    return holder !== undefined && holder !== exchange;
  }

  /** Takes a nonce for an exchange on its way. @returns false when another one has it */
  take(keyid: string, nonce: string, exchange: string): boolean {
    const key = keyOf(keyid, nonce);
    if (this.used.has(key)) return false;
    const holder = this.taken.get(key);
    if (holder !== undefined) return holder === exchange;
    this.taken.set(key, exchange);
    return true;
  }

  /** The exchange came to nothing: its nonce may be used. */
  release(keyid: string, nonce: string, exchange: string): void {
    const key = keyOf(keyid, nonce);
    if (this.taken.get(key) === exchange) this.taken.delete(key);
  }

  /** An entry with it is durable. */
  use(keyid: string, nonce: string): void {
    const at = this.seconds();
    const key = keyOf(keyid, nonce);
    this.taken.delete(key);
    this.used.set(key, at);
    if (at - this.swept > sweepEvery) this.sweep(at);
  }

  /**
   * Another process's entry used it.
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

/*
 * What is known to be taken of today's quotas. A count only grows, so what is over the limit here is over it in the database too:
 * a caller that goes on after its quota is used up loses in memory and costs nobody a rolled-back flush.
 */

/** Counters remembered: there is one for each subject of a fact. Whatever is forgotten, the database knows. */
const maxCounters = 50_000;

export class QuotaMemory {
  private day = '';
  private readonly counts = new Map<string, number>();

  /** Whether the claim is certainly lost. */
  isExhausted(claim: QuotaClaim): boolean {
    return (this.taken(claim) ?? 0) + claim.calls > claim.max;
  }

  /** What is taken of the claim's counter on its day, as far as it is known. */
  taken({ counter, day }: QuotaClaim): number | undefined {
    return day === this.day ? this.counts.get(counter) : undefined;
  }

  /** At least so much is taken. */
  know(counter: string, day: string, calls: number): void {
    if (day > this.day || this.counts.size >= maxCounters) this.counts.clear();
    if (day > this.day) this.day = day;
    if (day === this.day) this.counts.set(counter, Math.max(calls, this.counts.get(counter) ?? 0));
  }
}
