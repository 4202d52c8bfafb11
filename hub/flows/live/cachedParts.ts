/**
 * What providers gave, for as long as an agreement lets it answer the same question again. Kept in the memory of one process and nowhere
 * else; it is judged anew whenever it is used, so that masks, consents and corrections are those of the call.
 */
import { LRUCache } from 'lru-cache';
import type { LivePart } from './liveQuestion.ts';

export interface CachedPart {
  readonly part: LivePart;
  /** Unix ms at which it was given */
  readonly at: number;
}

/** One as a call has it. */
export interface TakenPart extends CachedPart {
  /** whether it was given to an earlier call */
  readonly again: boolean;
}

/** Characters of rows, of one part and of all. */
const maxOfOne = 1_000_000;
const maxOfAll = 32_000_000;

export class CachedParts {
  private readonly kept = new LRUCache<string, CachedPart>({
    maxSize: maxOfAll,
    maxEntrySize: maxOfOne,
    ttl: 1,
    // rows of persons do not lie about until somebody asks for them again
    ttlAutopurge: true,
    sizeCalculation: ({ part }, key) => key.length + JSON.stringify(part.answer.rows).length,
  });

  /** @param seconds that it may be old by now @param now Unix ms */
  find(key: string, seconds: number, now: number): CachedPart | undefined {
    const found = this.kept.get(key);
    const age = found === undefined ? -1 : now - found.at;
    return age >= 0 && age < seconds * 1_000 ? found : undefined;
  }

  /** One that is too large is not kept. */
  keep(key: string, seconds: number, one: CachedPart): void {
    this.kept.set(key, one, { ttl: seconds * 1_000 });
  }
}
