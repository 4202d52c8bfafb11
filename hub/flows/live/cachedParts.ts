/**
 * Providers' answers, cached for as long as an agreement allows reuse for the same question. They are stored only in the memory of one
 * process. Each use is evaluated again, with the masks, consents and corrections of the call.
 */
import { LRUCache } from 'lru-cache';
import type { LivePart } from './liveQuestion.ts';

export interface CachedPart {
  readonly part: LivePart;
  /** Unix ms at which it was received */
  readonly at: number;
}

/** A part as a call receives it. */
export interface TakenPart extends CachedPart {
  /** whether an earlier call received it */
  readonly again: boolean;
}

/** Characters of rows, of one part and of all. */
const maxOfOne = 1_000_000;
const maxOfAll = 32_000_000;

export class CachedParts {
  private readonly parts = new LRUCache<string, CachedPart>({
    maxSize: maxOfAll,
    maxEntrySize: maxOfOne,
    ttl: 1,
    // rows of persons are removed on expiry, not only on the next request
    ttlAutopurge: true,
    sizeCalculation: ({ part }, key) => key.length + JSON.stringify(part.answer.rows).length,
  });

  /** @param seconds maximum age now @param now Unix ms */
  find(key: string, seconds: number, now: number): CachedPart | undefined {
    const found = this.parts.get(key);
    const age = found === undefined ? -1 : now - found.at;
    return age >= 0 && age < seconds * 1_000 ? found : undefined;
  }

  /** A part that is too large is not cached. */
  keep(key: string, seconds: number, one: CachedPart): void {
    this.parts.set(key, one, { ttl: seconds * 1_000 });
  }
}
