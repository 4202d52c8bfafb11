/** A page of an inbox, ordered by deadline; items without a deadline come last. Pure. */
import { itemIdentity, type ReminderSection } from './reminder.ts';

/** Pending items, by section: each with members of its own. */
export type Sections = Readonly<Record<ReminderSection, readonly object[]>>;

export interface InboxPage {
  /** the same sections with the items of this page only, each in its own order */
  readonly sections: Sections;
  /** where the next page begins; undefined: there is none */
  readonly next: string | undefined;
}

/** The written form of a position: day, section and the item's identity, truncated where it is long. */
export const inboxPlace = /^[0-9]{4}-[0-9]{2}-[0-9]{2}~[a-zA-Z]{3,12}~[\x20-\x7e]{2,270}$/;
const maxCursorLength = 270;
/** After every day that a deadline can be. */
const never = '9999-12-31';

/**
 * @param after position of the last item of the previous page, from `next`; undefined: the first page
 * @param kind only of this section
 * @param most maximum of items on a page
 */
export function inboxPage(
  all: Sections,
  {
    after,
    kind,
    maxItems,
  }: { readonly after: string | undefined; readonly kind?: string | undefined; readonly maxItems: number },
): InboxPage {
  const places = new Map<object, string>();
  for (const [section, items] of Object.entries(all) as [ReminderSection, readonly object[]][])
    if ((kind ?? section) === section) for (const one of items) places.set(one, placeOf(section, one));
  const behind = [...places]
    .filter(([, place]) => after === undefined || place > after)
    .sort(([, place], [, other]) => (place < other ? -1 : place > other ? 1 : 0));
  const page = behind.slice(0, maxItems);
  const shown = new Set(page.map(([one]) => one));
  const sections = Object.fromEntries(
    Object.entries(all).map(([section, items]) => [section, items.filter((one) => shown.has(one))]),
  ) as Record<ReminderSection, object[]>;
  return { sections, next: behind.length > maxItems ? page.at(-1)?.[1] : undefined };
}

function placeOf(section: ReminderSection, one: object): string {
  const { due } = one as { readonly due?: unknown };
  const day = typeof due === 'string' && /^\d{4}-\d{2}-\d{2}/.test(due) ? due.slice(0, 10) : never;
  const same = JSON.stringify(itemIdentity(section, one));
  // a position is part of a URL: each character beyond ASCII is replaced by its number
  const plain = same.replaceAll(/[^\x20-\x7e]/g, (found) => `\\u${found.charCodeAt(0).toString(16)}`);
  return `${day}~${section}~${plain.slice(0, maxCursorLength)}`;
}
