/**
 * What the rules over the log judge of each entry, kept in memory from one look to the next: a day is judged again and again while it goes
 * on, and its entries are read and parsed once, by whoever reads the log as it grows. It holds no mark and nothing that the log does not:
 * what is not in it, because another process has read it or this one began later, is read when it is wanted.
 */
import type { Leaf } from '../../../log/leaf.ts';
import { civilDateInChina, civilDateText } from '../../../terms/civilDate.ts';
import type { IndexedEntry } from '../../audit/search/indexEntries.ts';
import { leafReader } from '../../audit/search/leafReader.ts';
import type { Look, SubjectSearch } from '../../domain/risks/risk.ts';
import { leavesBetween } from '../../store/audit/entries.ts';
import { countErasures } from '../../store/audit/erasures.ts';
import { tokensBetween } from '../../store/audit/subjects.ts';
import type { Pool } from '../../store/database/database.ts';
import type { Onlooker } from './follower.ts';

/** What is judged of one day. */
export interface SeenDay {
  /** index of its first entry that is looked at, and its moment in Unix milliseconds */
  readonly first: number;
  readonly at: number;
  readonly looks: readonly Look[];
  readonly searches: readonly SubjectSearch[];
}

export interface WatchedEntries extends Onlooker {
  /** Entries `from … to − 1` by day, `YYYY-MM-DD` in the calendar of China, in the order in which they begin. */
  between(from: number, to: number): Promise<ReadonlyMap<string, SeenDay>>;
  /** What lies before an entry is not asked for any more. */
  forget(before: number): void;
}

/** A question of staff about a person, with its moment in Unix milliseconds. */
interface Search extends SubjectSearch {
  readonly at: number;
}

/** What is judged of one entry: no entry is both. */
type Seen = (Omit<Look, 'persons'> & { persons: readonly string[] }) | Search;

/** Entries `from … to − 1`, as far as they are judged. */
interface Stretch {
  readonly from: number;
  to: number;
  readonly seen: Seen[];
}

const chunk = 1_000;
/** Entries whose persons are read at once. */
const mostNamed = 10 * chunk;
/** Of two processes that read in turns each remembers every other stretch. */
const mostStretches = 1_000;

/** @param most entries that are remembered; of more the newest */
export function watchedEntries(pool: Pool, most: number): WatchedEntries {
  let stretches: Stretch[] = [];
  const readLeaf = leafReader();
  /** what is being read */
  let coming: Stretch | undefined;
  let erasures: { readonly count: number } | undefined;

  const endOf = (index: number): number | undefined =>
    stretches.find(({ from, to }) => from <= index && index < to)?.to;

  /** Of what came twice the first holds: entries never change. */
  function keep({ from, to, seen }: Stretch): void {
    let first = from;
    for (let known = endOf(first); known !== undefined && first < to; known = endOf(first)) first = known;
    const end = stretches.reduce((least, one) => (one.from > first ? Math.min(least, one.from) : least), to);
    if (first >= end) return;
    const own = seen.filter(({ index }) => index >= first && index < end);
    const before = stretches.find((one) => one.to === first);
    if (before === undefined) stretches.push({ from: first, to: end, seen: own });
    else {
      for (const one of own) before.seen.push(one);
      before.to = end;
    }
    let count = stretches.reduce((sum, one) => sum + one.seen.length, 0);
    while (count > most || stretches.length > mostStretches) {
      const oldest = stretches.reduce((one, other) => (other.from < one.from ? other : one));
      const gone = Math.min(oldest.seen.length, Math.max(count - most, chunk));
      const rest = oldest.seen.slice(gone);
      stretches = stretches.filter((one) => one !== oldest);
      if (rest[0] !== undefined) stretches.push({ from: rest[0].index, to: oldest.to, seen: rest });
      count -= gone;
    }
  }

  /** Entries that are judged, without those whom they concern. */
  function look(stretch: Stretch, entries: readonly IndexedEntry[]): void {
    for (const { index, leaf } of entries) {
      if (leaf === undefined || index < stretch.from || index >= stretch.to) continue;
      const one = lookOf(index, leaf) ?? searchOf(index, leaf);
      if (one !== undefined) stretch.seen.push(one);
    }
  }

  /** With those whom they concern: for many entries at once, as they lie without an order that would find few. */
  async function name({ from, to, seen }: Stretch): Promise<void> {
    const tokens = await tokensBetween(pool, from, to);
    for (const one of seen) if ('consumer' in one) one.persons = tokens.get(one.index) ?? nobody;
  }

  return {
    take: ({ from, to, entries }) => {
      let first = from;
      for (let known = endOf(first); known !== undefined && first < to; known = endOf(first)) first = known;
      if (coming === undefined || first < coming.from || first > coming.to)
        coming = { from: first, to: first, seen: [] };
      if (to <= coming.to) return;
      look({ ...coming, from: coming.to, to }, entries);
      coming.to = to;
    },
    end: async () => {
      const stretch = coming;
      coming = undefined;
      if (stretch === undefined || stretch.from === stretch.to) return;
      // before the tokens are read: what an erasure meets on its way is read again
      erasures ??= { count: await countErasures(pool) };
      const under = erasures;
      await name(stretch);
      if (under === erasures) keep(stretch);
    },
    between: async (from, to) => {
      const count = await countErasures(pool);
      // whom entries no longer concern is forgotten here too
      if (erasures?.count !== count) {
        stretches = [];
        erasures = { count };
      }
      const all: Seen[] = [];
      for (let at = from; at < to;) {
        const known = stretches.find((one) => one.from <= at && at < one.to);
        if (known !== undefined) {
          for (const one of known.seen) if (one.index >= at && one.index < to) all.push(one);
          at = known.to;
          continue;
        }
        const end = stretches.reduce(
          (least, one) => (one.from > at ? Math.min(least, one.from) : least),
          Math.min(at + mostNamed, to),
        );
        const read: Stretch = { from: at, to: end, seen: [] };
        for (let first = at; first < end; first += chunk) {
          const leaves = await leavesBetween(pool, first, Math.min(first + chunk, end));
          look(
            read,
            leaves.map(({ index, leaf }) => ({ index, ...readLeaf(leaf) })),
          );
        }
        await name(read);
        for (const one of read.seen) all.push(one);
        keep(read);
        at = end;
      }
      return byDay(all);
    },
    forget: (before) => {
      stretches = stretches.flatMap(({ from, to, seen }) => {
        if (to <= before) return [];
        if (from >= before) return [{ from, to, seen }];
        return [{ from: before, to, seen: seen.filter(({ index }) => index >= before) }];
      });
    },
  };
}

const nobody: readonly string[] = [];
const aDay = 86_400_000;
/** by which days of China begin before those of UTC */
const zone = 8 * 3_600_000;

function byDay(all: readonly Seen[]): ReadonlyMap<string, SeenDay> {
  const days = new Map<number, { first: number; at: number; looks: Look[]; searches: SubjectSearch[] }>();
  for (const one of all) {
    const { index, at } = one;
    const day = Math.floor((at + zone) / aDay);
    let own = days.get(day);
    if (own === undefined) days.set(day, (own = { first: index, at, looks: [], searches: [] }));
    if ('consumer' in one) own.looks.push(one);
    else own.searches.push(one);
  }
  return new Map([...days.values()].map((own) => [civilDateText(civilDateInChina(own.at)), own]));
}

/** Undefined for what is no call for data of a department that proved who it is. */
function lookOf(index: number, leaf: Leaf): Seen | undefined {
  const { kind, provider, onBehalfOf: official, matter, agreement } = leaf;
  const consumer = leaf.consumer ?? leaf.actor.department;
  if (kind !== 'release' || consumer === undefined) return undefined;
  const at = Date.parse(leaf.at);
  const denied = leaf.decision === 'deny';
  const rows = denied ? 0 : (leaf.rows?.delivered ?? 1);
  return { index, at, consumer, provider, official, matter, agreement, denied, rows, persons: nobody };
}

/** Undefined for what is no question of staff to the log about a person. A further page of one is not another. */
function searchOf(index: number, leaf: Leaf): Search | undefined {
  const { person } = leaf.actor;
  if (person === undefined || leaf.decision === 'deny') return undefined;
  if (leaf.operation !== 'searchEntries' && leaf.operation !== 'askEvidence') return undefined;
  const by = String(leaf.change?.['by'] ?? '').split(' ');
  if (!by.includes('subject') || by.includes('before')) return undefined;
  return { index, at: Date.parse(leaf.at), person, department: leaf.actor.department };
}
