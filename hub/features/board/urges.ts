/**
 * Urges (督办): a leader urges a department to deal with an overdue item. They are entries of the log, and nothing else stores them. An urge
 * counts for the deadline that had passed when it was made: an item with a new deadline begins without urges.
 */
import type { components } from '../../../api/openapi.ts';
import { chinaWorkingCalendar } from '../../../terms/calendar/chinaWorkingCalendar.ts';
import { afterWorkingDays, isWorkingDay } from '../../../terms/calendar/workingDays.ts';
import { dayInChina } from '../../../terms/civilDate.ts';
import { newestCheckpoint } from '../../log/evidence/logAccess.ts';
import { newestAnswers } from '../../log/evidence/searchEntries.ts';
import { leafIn } from '../../log/search/leaves.ts';
import type { LeafFacts } from '../../log/entry.ts';
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
/** Entries read at once. */
const portion = 1_000;

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

/** Reads the urges of all items in one search. @returns those of one item; undefined for none */
export async function readUrges(
  services: Services,
  now: number,
): Promise<(item: UrgedItem) => Urged | undefined> {
  const found = new Map<string, { readonly at: string; readonly by: string }[]>();
  const question = {
    operation: 'urgeItem',
    decision: 'allow',
    from: new Date(now - spanMs).toISOString(),
  } as const;
  for (let end: number | undefined = newestCheckpoint(services).size; end !== undefined;) {
    const { entries, next }: Awaited<ReturnType<typeof newestAnswers>> = await newestAnswers(
      services.database.app,
      question,
      end,
      portion,
    );
    for (const { leaf: bytes } of entries) {
      const leaf = leafIn(bytes);
      const { of: kind, item } = leaf?.change ?? {};
      const by = leaf?.actor.person;
      if (leaf === undefined || by === undefined) continue;
      const name = `${String(kind)} ${String(item)}`;
      found.set(name, [...(found.get(name) ?? []), { at: leaf.at, by }]);
    }
    end = next;
  }
  return ({ kind, id, due = '' }) => {
    const urges = (found.get(`${kind} ${id}`) ?? []).filter(({ at }) => dayInChina(Date.parse(at)) > due);
    const [newest] = urges;
    if (newest === undefined) return undefined;
    return { count: urges.length, ...newest, ...namesOfIds(services.identity, { by: newest.by }) };
  };
}
