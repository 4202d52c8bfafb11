/**
 * In-memory cache of the parts of entries that the risk rules judge. A day is judged repeatedly while it lasts; its entries are read and
 * parsed once, by the job that reads the log. The cache stores no position and nothing that is not in the log. Missing entries are read on
 * demand, for example if another process read them or this one started later.
 */
import { chinaOffsetMs, dayInChina } from '../../../../../terms/civilDate.ts';
import type { FollowedLeaf } from '../../../../log/search/leaves.ts';
import { followedBetween, storedReader, type FollowedEntry } from '../../../../log/search/storedReader.ts';
import type { Look, SubjectSearch } from '../../../../domain/risks/risk.ts';
import { countErasures } from '../../../../log/store/erasures.ts';
import { tokensBetween } from '../../../../log/store/subjects.ts';
import type { Pool } from '../../../../platform/database/database.ts';
import type { Onlooker } from './follower.ts';

/** Judged data of one day. */
export interface SeenDay {
  /** index of its first judged entry, and its time in Unix milliseconds */
  readonly first: number;
  readonly at: number;
  readonly looks: readonly Look[];
  readonly searches: readonly SubjectSearch[];
}

/** Data that is judged together. */
export interface SeenDays {
  /** by day, `YYYY-MM-DD` in the calendar of China, ordered by their beginning */
  readonly days: ReadonlyMap<string, SeenDay>;
  /** index after the last included entry */
  readonly to: number;
}

export interface WatchedEntries extends Onlooker {
  /**
   * Entries `from … to − 1`, or fewer if they name more persons than may be judged together. At least one entry that names a person is
   * included.
   */
  between(from: number, to: number, maxPersons: number): Promise<SeenDays>;
  /** Entries before this one are no longer requested. */
  forget(before: number): void;
}

/** A staff search about a person, with its time in Unix milliseconds. */
interface Search extends SubjectSearch {
  readonly at: number;
}

/** Judged data of one entry, either an access or a search. */
type Seen = (Omit<Look, 'persons'> & { persons: readonly string[] }) | Search;

/** Judged entries of `from … to − 1`. */
interface Range {
  readonly from: number;
  to: number;
  readonly seen: Seen[];
  /** number of persons in them; before they are read, the number that the leaves state */
  persons: number;
}

/** Maximum size of the cache; the newest entries are retained. */
export interface WatchLimits {
  readonly entries: number;
  readonly persons: number;
}

const chunk = 1_000;
/** Number of entries whose persons are read at once. An altered leaf may state that it has no persons. */
const maxNamed = 4 * chunk;
/** Number of persons read at once, unless one entry names more. The counts in the leaves limit the size of the result. */
const maxPersonsNamed = 20 * chunk;
/** Two processes that read in turns each cache every other range. */
const maxRanges = 1_000;

export function watchedEntries(pool: Pool, limits: WatchLimits): WatchedEntries {
  let ranges: Range[] = [];
  const readLeaf = storedReader();
  /** ranges being read: consecutive, each with as many persons as are read at once */
  let coming: Range[] = [];
  let erasures: { readonly count: number } | undefined;

  const endOf = (index: number): number | undefined =>
    ranges.find(({ from, to }) => from <= index && index < to)?.to;

  /** @returns index of the first entry from there on that is not cached; `to` or more: each is */
  function firstUnknown(from: number, to: number): number {
    let first = from;
    for (let known = endOf(first); known !== undefined && first < to; known = endOf(first)) first = known;
    return first;
  }

  /** If a range arrives twice, the first is retained: entries never change. */
  function keep({ from, to, seen }: Range): void {
    const first = firstUnknown(from, to);
    const end = ranges.reduce((least, one) => (one.from > first ? Math.min(least, one.from) : least), to);
    if (first >= end) return;
    const own =
      first === from && end === to ? seen : seen.filter(({ index }) => index >= first && index < end);
    const before = ranges.find((one) => one.to === first);
    if (before === undefined) ranges.push(rangeOf(first, end, own));
    else {
      for (const one of own) before.seen.push(one);
      before.to = end;
      before.persons += personsIn(own);
    }
    shrink();
  }

  /** Removes the oldest entries until the limits are met. */
  function shrink(): void {
    let entries = ranges.reduce((sum, one) => sum + one.seen.length, 0);
    let persons = ranges.reduce((sum, one) => sum + one.persons, 0);
    while (entries > limits.entries || persons > limits.persons || ranges.length > maxRanges) {
      const oldest = ranges.reduce((one, other) => (other.from < one.from ? other : one));
      let [gone, forgotten] = [0, 0];
      for (const one of oldest.seen) {
        const fits = entries - gone <= limits.entries && persons - forgotten <= limits.persons;
        // removes some more than necessary, so that the next ranges fit for a while
        if (fits && (gone >= chunk || forgotten * 50 >= limits.persons)) break;
        gone += 1;
        forgotten += personsOf(one).length;
      }
      const rest = oldest.seen.slice(gone);
      ranges = ranges.filter((one) => one !== oldest);
      if (rest[0] !== undefined) ranges.push(rangeOf(rest[0].index, oldest.to, rest));
      entries -= gone;
      persons -= forgotten;
    }
  }

  /** Adds the subjects of entries. It reads many entries at once without sorting, because sorted lookups suit only few entries. */
  async function name(range: Range): Promise<void> {
    const tokens = await tokensBetween(pool, range.from, range.to);
    for (const one of range.seen) if ('consumer' in one) one.persons = tokens.get(one.index) ?? noPersons;
    range.persons = personsIn(range.seen);
  }

  return {
    take: ({ from, to, entries }) => {
      const first = firstUnknown(from, to);
      const end = coming.at(-1)?.to;
      if (end === undefined || first < (coming[0]?.from ?? 0) || first > end)
        coming = [rangeOf(first, first, [])];
      look(coming, to, entries);
    },
    end: async () => {
      const read = coming;
      coming = [];
      for (const range of read) {
        if (range.from === range.to) continue;
        // counted before the tokens are read: tokens affected by a concurrent erasure are read again
        erasures ??= { count: await countErasures(pool) };
        const under = erasures;
        await name(range);
        if (under === erasures) keep(range);
      }
    },
    between: async (from, to, maxPersons) => {
      const count = await countErasures(pool);
      // subjects erased from entries are removed here too
      if (erasures?.count !== count) {
        ranges = [];
        erasures = { count };
      }
      const all: Seen[] = [];
      let persons = 0;
      /** index of the first entry that does not fit */
      let cut = to;
      const judge = ({ seen }: Range, at: number): void => {
        for (const one of seen) {
          if (cut < to || one.index >= to) return;
          if (one.index < at) continue;
          const count = personsOf(one).length;
          if (persons > 0 && persons + count > maxPersons) cut = one.index;
          else {
            persons += count;
            all.push(one);
          }
        }
      };
      for (let at = from; at < cut;) {
        const known = ranges.find((one) => one.from <= at && at < one.to);
        if (known !== undefined) {
          judge(known, at);
          at = known.to;
          continue;
        }
        const end = ranges.reduce(
          (least, one) => (one.from > at ? Math.min(least, one.from) : least),
          Math.min(at + maxNamed, to),
        );
        const read = [rangeOf(at, at, [])];
        for (let first = at; first < end; first += chunk) {
          const last = Math.min(first + chunk, end);
          look(read, last, await followedBetween(pool, first, last, readLeaf));
        }
        for (const range of read) {
          if (cut < to) break;
          await name(range);
          keep(range);
          judge(range, at);
        }
        at = end;
      }
      return { days: byDay(all), to: cut };
    },
    forget: (before) => {
      ranges = ranges.flatMap((one) => {
        if (one.to <= before) return [];
        if (one.from >= before) return [one];
        return [
          rangeOf(
            before,
            one.to,
            one.seen.filter(({ index }) => index >= before),
          ),
        ];
      });
    },
  };
}

const noPersons: readonly string[] = [];
const personsOf = (one: Seen): readonly string[] => ('consumer' in one ? one.persons : noPersons);
const personsIn = (seen: readonly Seen[]): number =>
  seen.reduce((sum, one) => sum + personsOf(one).length, 0);
const rangeOf = (from: number, to: number, seen: Seen[]): Range => ({
  from,
  to,
  seen,
  persons: personsIn(seen),
});

/** Appends entries up to `to − 1` without their subjects. It starts a new range if the last one names too many persons. */
function look(ranges: Range[], to: number, entries: readonly FollowedEntry[]): void {
  let last = ranges.at(-1) ?? rangeOf(to, to, []);
  if (last.to >= to) return;
  const times = new Times();
  const from = last.to;
  for (const { index, leaf } of entries) {
    if (index < from || index >= to) continue;
    const persons = leaf?.subjects?.count ?? 0;
    const full = last.persons > 0 && last.persons + persons > maxPersonsNamed;
    if (full || index - last.from >= maxNamed) {
      last.to = index;
      ranges.push((last = rangeOf(index, index, [])));
    }
    last.persons += persons;
    const one = leaf && (lookOf(index, leaf, times) ?? searchOf(index, leaf));
    if (one !== undefined) last.seen.push(one);
  }
  last.to = to;
}

const aDay = 86_400_000;

function byDay(all: readonly Seen[]): ReadonlyMap<string, SeenDay> {
  const days = new Map<number, { first: number; at: number; looks: Look[]; searches: SubjectSearch[] }>();
  for (const one of all) {
    const { index, at } = one;
    const day = Math.floor((at + chinaOffsetMs) / aDay);
    let own = days.get(day);
    if (own === undefined) days.set(day, (own = { first: index, at, looks: [], searches: [] }));
    if ('consumer' in one) own.looks.push(one);
    else own.searches.push(one);
  }
  return new Map([...days.values()].map((own) => [dayInChina(own.at), own]));
}

/** Caches the last time: hundreds of consecutive calls share one timestamp, which is parsed once. */
class Times {
  private text = '';
  private time = NaN;

  of(at: string): number {
    if (at !== this.text) {
      this.text = at;
      this.time = Date.parse(at);
    }
    return this.time;
  }
}

/** Undefined unless the entry is a data call by an authenticated department. */
function lookOf(index: number, leaf: FollowedLeaf, times: Times): Seen | undefined {
  const { kind, provider, dataset, onBehalfOf: official, matter, agreement } = leaf;
  const consumer = leaf.consumer ?? leaf.actor.department;
  if (kind !== 'release' || consumer === undefined) return undefined;
  const at = times.of(leaf.at);
  const denied = leaf.decision === 'deny';
  const rows = denied ? 0 : (leaf.rows?.delivered ?? 1);
  const by = { consumer, provider, official, matter, agreement, dataset };
  return { index, at, ...by, denied, rows, persons: noPersons };
}

/** Undefined unless the entry is a staff search of the log about a person. A further page of a search is not another search. */
function searchOf(index: number, leaf: FollowedLeaf): Search | undefined {
  const { person } = leaf.actor;
  if (person === undefined || leaf.decision === 'deny') return undefined;
  if (leaf.operation !== 'searchEntries' && leaf.operation !== 'askEvidence') return undefined;
  const by = String(leaf.change?.['by'] ?? '').split(' ');
  if (!by.includes('subject') || by.includes('before')) return undefined;
  return { index, at: Date.parse(leaf.at), person, department: leaf.actor.department };
}
