/**
 * Urges (督办): a leader urges a department to deal with an overdue item. They are entries of the log, and nothing else stores them. An urge
 * counts for the deadline that had passed when it was made: an item with a new deadline begins without urges.
 */
import type { components } from '../../../api/openapi.ts';
import { chinaWorkingCalendar } from '../../../terms/calendar/chinaWorkingCalendar.ts';
import { afterWorkingDays, isWorkingDay } from '../../../terms/calendar/workingDays.ts';
import { dayInChina } from '../../../terms/civilDate.ts';
import type { LeafFacts } from '../../log/entry.ts';
import { leavesOfOperation } from '../../log/search/leavesOfOperation.ts';
import { readSize } from '../../log/store/head.ts';
import type { Pool } from '../../platform/database/database.ts';
import { namesOfIds } from '../common/namesOfIds.ts';
import type { Services } from '../common/services.ts';

export type Urged = components['schemas']['Urged'];

/** An item as the board has it. */
export interface UrgedItem {
  readonly kind: components['schemas']['BoardItem']['kind'];
  readonly id: string;
  /** the last day that was in time */
  readonly due?: string;
}

/** Urges of older entries are not read. */
const spanMs = 180 * 86_400_000;

/** What the entry of an urge says of its item. */
export const urgeOf = ({ kind, id }: UrgedItem): NonNullable<LeafFacts['change']> => ({
  kind: 'BoardItem',
  act: 'urge',
  of: kind,
  item: id,
});

/** The working day that an urge belongs to: today, or the next one. @param now Unix milliseconds */
export function urgeDay(now: number): string {
  const today = dayInChina(now);
  return isWorkingDay(today, chinaWorkingCalendar)
    ? today
    : afterWorkingDays(today, 1, chinaWorkingCalendar).day;
}

/** An urge as its entry has it. */
interface StoredUrge {
  readonly name: string;
  readonly at: string;
  readonly by: string;
}

/** What a process knows of the log: the urges by index, of the entries below `size`. */
interface KnownUrges {
  readonly size: number;
  readonly urges: ReadonlyMap<number, StoredUrge>;
}

const known = new WeakMap<Pool, KnownUrges>();
const knownOf = (pool: Pool): KnownUrges => known.get(pool) ?? { size: 0, urges: new Map() };

/**
 * The urges made by all processes, newest first. The first read of a process uses the index, a later one reads only new entries: the log is
 * append-only.
 */
async function newestUrges(pool: Pool, now: number): Promise<readonly StoredUrge[]> {
  const since = now - spanMs;
  const { size: from } = knownOf(pool);
  const to = await readSize(pool);
  if (to > from) {
    const leaves = await leavesOfOperation(pool, 'urgeItem', { from, to, since });
    const added = [...leaves].flatMap(([index, { decision, change = {}, actor, at }]) =>
      decision === 'allow' && actor.person !== undefined
        ? [[index, { name: nameOf(change['of'], change['item']), at, by: actor.person }] as const]
        : [],
    );
    // another read may have ended in the meantime: both cover the entries from the first on
    const { size, urges } = knownOf(pool);
    known.set(pool, { size: Math.max(size, to), urges: new Map([...urges, ...added]) });
  }
  return [...knownOf(pool).urges]
    .filter(([, { at }]) => Date.parse(at) >= since)
    .sort(([one], [other]) => other - one)
    .map(([, urge]) => urge);
}

const nameOf = (kind: unknown, item: unknown): string => `${String(kind)} ${String(item)}`;

/** Reads the urges of all items. @returns those of one item; undefined for none */
export async function readUrges(
  services: Pick<Services, 'database' | 'identity'>,
  now: number,
): Promise<(item: UrgedItem) => Urged | undefined> {
  const found = new Map<string, StoredUrge[]>();
  for (const urge of await newestUrges(services.database.app, now)) {
    const same = found.get(urge.name) ?? [];
    found.set(urge.name, same);
    same.push(urge);
  }
  return ({ kind, id, due = '' }) => {
    const urges = (found.get(nameOf(kind, id)) ?? []).filter(({ at }) => dayInChina(Date.parse(at)) > due);
    const [newest] = urges;
    if (newest === undefined) return undefined;
    const { at, by } = newest;
    return { count: urges.length, at, by, ...namesOfIds(services.identity, { by }) };
  };
}
