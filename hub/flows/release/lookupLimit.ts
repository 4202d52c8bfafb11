/**
 * Limits the persons that one department may look up in one dataset within an hour: look-ups without a match, and distinct persons. It
 * slows a department that tries values one by one, whichever officials, cases and agreements it names. Owns the counts, in memory of one
 * process; it stores no looked-up value.
 */
import { randomInt } from 'node:crypto';
import type { DecisionRequest, FilterTerm, Permission } from '../../../policies/decision.ts';
import { Problem } from '../../../terms/problem.ts';
import type { LookupSettings } from '../../platform/config/hubConfig.ts';

const defaultLookups: LookupSettings = { unfoundPerHour: 120, distinctPerHour: 100_000 };

/** Values that a call looks up individually. @param subject field of the dataset's subject */
export function valuesLookedUp(
  { batch, fact, filter }: Pick<DecisionRequest, 'batch' | 'fact' | 'filter'>,
  { lookup }: Pick<Permission, 'lookup'>,
  subject: string | undefined,
): readonly unknown[] {
  if (fact !== undefined) return [fact.subject];
  if (batch !== undefined) return batch.values;
  if (lookup !== undefined) return [lookup.value];
  return filter.flatMap((term) => (term.field === subject ? (namedBy(term) ?? []) : []));
}

interface Counts {
  /** remaining look-ups without a match; below 0 after a large batch */
  left: number;
  at: number;
  distinct: DistinctCount;
  /** start of the hour in which distinct persons are counted */
  since: number;
}

const hourMs = 3_600_000;
/** departments × datasets in memory; the least recently used is evicted first, which resets its counts */
const maxKeys = 10_000;

export class LookupLimit {
  private readonly settings: LookupSettings;
  private readonly newSeed: () => number;
  private readonly counts = new Map<string, Counts>();

  /** @param newSeed 32 random bits for each count of distinct values */
  constructor(settings: LookupSettings = defaultLookups, newSeed: () => number = () => randomInt(2 ** 32)) {
    this.settings = settings;
    this.newSeed = newSeed;
  }

  /** @param now Unix milliseconds @throws Problem lookups_limited with the time of the next attempt */
  check(consumer: string, dataset: string, now: number): void {
    const one = this.of(consumer, dataset, now);
    const { unfoundPerHour, distinctPerHour } = this.settings;
    if (one.left < 1) throw limited({ unfound: unfoundPerHour }, ((1 - one.left) / unfoundPerHour) * hourMs);
    if (one.distinct.size >= distinctPerHour)
      throw limited({ distinct: distinctPerHour }, one.since + hourMs - now);
  }

  /** @param unfound how many of the values matched no person; 0 where the answer does not disclose it */
  count(
    { consumer, dataset }: Pick<DecisionRequest, 'consumer' | 'dataset'>,
    values: readonly unknown[],
    unfound: number,
    now: number,
  ): void {
    if (values.length === 0) return;
    const one = this.of(consumer, dataset, now);
    for (const value of values) one.distinct.add(String(value));
    const { unfoundPerHour: maxUnfound } = this.settings;
    one.left = Math.max(-maxUnfound, Math.min(maxUnfound, one.left + values.length - 2 * unfound));
  }

  private of(consumer: string, dataset: string, now: number): Counts {
    const key = `${consumer} ${dataset}`;
    const { unfoundPerHour: maxUnfound } = this.settings;
    let one = this.counts.get(key);
    if (one === undefined) {
      one = { left: maxUnfound, at: now, distinct: new DistinctCount(this.newSeed()), since: now };
      const oldest = this.counts.size >= maxKeys ? this.counts.keys().next().value : undefined;
      if (oldest !== undefined) this.counts.delete(oldest);
    } else this.counts.delete(key);
    this.counts.set(key, one);
    one.left = Math.min(maxUnfound, one.left + (Math.max(0, now - one.at) / hourMs) * maxUnfound);
    one.at = now;
    if (now - one.since >= hourMs) {
      one.distinct = new DistinctCount(this.newSeed());
      one.since = now;
    }
    return one;
  }
}

function limited({ unfound, distinct }: { unfound?: number; distinct?: number }, waitMs: number): Problem {
  const reason =
    unfound === undefined
      ? { zh: `一小时内查询了 ${distinct} 个不同的对象`, en: `${distinct} different values within an hour` }
      : {
          zh: `查无此人的查询超过每小时 ${unfound} 次`,
          en: `more than ${unfound} look-ups an hour that found no person`,
        };
  const headers = { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) };
  return new Problem('lookups_limited', { reason }, { check: 'lookup', headers });
}

/** Number of distinct texts, within about 3 per cent, in 1 KiB (HyperLogLog). The texts cannot be recovered from it. */
class DistinctCount {
  private readonly seed: number;
  private readonly ranks = new Uint8Array(1024);
  /** sum of 2^-rank over all registers, and the number of registers with rank 0: every call reads the size, few change it */
  private sum = this.ranks.length;
  private empty = this.ranks.length;

  constructor(seed: number) {
    this.seed = seed;
  }

  add(text: string): void {
    let hash = this.seed;
    for (let at = 0; at < text.length; at += 1)
      hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) ^ (hash >>> 15);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash = (hash ^ (hash >>> 16)) >>> 0;
    const place = hash & 1023;
    const rank = Math.clz32(hash >>> 10) - 9;
    const before = this.ranks[place] ?? 0;
    if (rank <= before) return;
    this.ranks[place] = rank;
    this.sum += 2 ** -rank - 2 ** -before;
    if (before === 0) this.empty -= 1;
  }

  get size(): number {
    const { sum, empty } = this;
    const { length } = this.ranks;
    const raw = ((0.7213 / (1 + 1.079 / length)) * length * length) / sum;
    return raw <= 2.5 * length && empty > 0 ? length * Math.log(length / empty) : raw;
  }
}

/** The values that a term names individually; undefined for a range that leaves them open. */
export function namedBy({ op, value }: FilterTerm): readonly unknown[] | undefined {
  if (op === 'eq') return [value];
  if (op === 'within') return undefined;
  if (op === 'in') return Array.isArray(value) ? (value as readonly unknown[]) : [];
  const { gte, lte } = Object(value) as { readonly gte?: unknown; readonly lte?: unknown };
  return gte !== undefined && gte === lte ? [gte] : undefined;
}
