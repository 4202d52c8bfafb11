/**
 * Providers' answers, cached for as long as an agreement allows reuse for the same question. They are stored only in the memory of one
 * process. Each use is evaluated again, with the masks, consents and corrections of the call.
 */
import { LRUCache } from 'lru-cache';
import type { LivePart } from './liveQuestion.ts';

export interface CachedPart {
  /** what each use needs; rows that failed are reported and stored when they arrive, so that only their number is used again */
  readonly part: Omit<LivePart, 'failed' | 'report'>;
  /** number of rows that do not fit the schema and are not in `part` */
  readonly failedRows: number;
  /** Unix ms at which it was received */
  readonly at: number;
}

/** A part as a call receives it. */
export interface TakenPart extends CachedPart {
  /** with the rows that failed; absent: an earlier call received it */
  readonly received?: LivePart;
}

/** Characters of one part and of all, with their statements and keys. */
const maxOfOne = 1_000_000;
const maxOfAll = 32_000_000;

export class CachedParts {
  private readonly parts = new LRUCache<string, CachedPart>({
    maxSize: maxOfAll,
    maxEntrySize: maxOfOne,
    ttl: 1,
    // rows of persons are removed on expiry, not only on the next request
    ttlAutopurge: true,
    sizeCalculation: (one, key) => key.length + JSON.stringify(one).length,
  });

  /** @param seconds maximum age now @param now Unix ms */
  find(key: string, seconds: number, now: number): CachedPart | undefined {
    const found = this.parts.get(key);
    const age = found === undefined ? -1 : now - found.at;
    return age >= 0 && age < seconds * 1_000 ? found : undefined;
  }

  /** A part that is too large is not cached. */
  store(key: string, seconds: number, one: CachedPart): void {
    this.parts.set(key, one, { ttl: seconds * 1_000 });
  }
}

/** A part that was just received. @param at Unix ms */
export function receivedPart(received: LivePart, at: number): Required<TakenPart> {
  const { answer, behind, pushed, hubOnly, failed, statements, signed } = received;
  const part = { answer, behind, pushed, hubOnly, statements, signed };
  return { part, failedRows: failed.length, at, received };
}
