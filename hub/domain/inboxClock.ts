/**
 * Computes the deadline of each inbox item, section by section; no other module does. An item with a deadline by law or procedure brings
 * its day. All others get working days from the moment since which they wait, as the city's procedure sets (`clock.waiting`). Pure:
 * calendar and procedure are arguments.
 */
import { afterWorkingDays, type Deadline, type WorkingCalendar } from '../../terms/calendar/workingDays.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { dayInChina } from '../../terms/civilDate.ts';
import { usualCatalogueDays } from './catalogue.ts';
import type { ReminderSection } from './reminder.ts';
import { usualWaitingDays, type WaitingClock } from './requests/requestLife.ts';
import { decree809, type ProcedureClock } from './requests/procedure.ts';
import { defined } from '../../terms/defined.ts';

type Clock = Pick<ProcedureClock, 'answerDays' | 'catalogueDays' | 'waiting'>;
type Members = Readonly<Record<string, unknown>>;

/**
 * `due`: its own clock gives the day. `ends`: a member gives its end, as its last day or as the moment at which it has ended. `city`: the
 * city's clock, from `since` on. `none`: it has none, for this reason. The first rule that applies counts.
 */
export type DueRule =
  'due' | { readonly ends: string } | { readonly city: WaitingClock } | { readonly none: Bilingual };

/** The clock that gives the day of each section. */
export const dueBy: Readonly<Record<ReminderSection, readonly DueRule[]>> = {
  requests: ['due', { city: 'requests' }],
  documents: [{ city: 'documents' }],
  proposals: [{ city: 'proposals' }],
  schemas: [{ city: 'schemas' }],
  changeovers: [{ city: 'changeovers' }],
  retirements: ['due'],
  persons: [{ city: 'persons' }],
  batches: [{ ends: 'heldUntil' }, { city: 'batches' }],
  silent: ['due'],
  dueCases: [{ ends: 'deadline' }],
  events: [{ ends: 'deadline' }],
  pulls: [{ ends: 'until' }, { city: 'pulls' }],
  tickets: ['due'],
  disputes: [{ city: 'disputes' }],
  demands: ['due'],
  duties: ['due'],
  keys: [
    { city: 'keys' },
    {
      none: {
        zh: '已由另一人核对的密钥仅供知悉，不等待任何人',
        en: 'a key that a second person has checked is reported and needs no action',
      },
    },
  ],
  codes: [{ ends: 'expires' }],
  expiring: [{ ends: 'until' }],
  stops: [{ ends: 'until' }, { city: 'stops' }],
  seconds: [
    {
      none: {
        zh: '不等待答复，是指定AB角之前的状态',
        en: 'it needs no answer: a department is in this state until it has a second person',
      },
    },
  ],
  risks: ['due'],
  evidence: [{ city: 'evidence' }],
  catalogue: ['due'],
  certificates: [{ ends: 'ends' }],
};

/** What every item contains about its deadline, in addition to its own members. */
export interface DescribedDue {
  /** civil date of China: the last day that is in time */
  readonly due?: string;
  /** of working days: the official holiday calendar does not reach that far */
  readonly provisional?: boolean;
  /** that day has passed */
  readonly overdue?: boolean;
}

const ofCatalogue: readonly unknown[] = ['registerCatalogueEntry', 'importCatalogue'];

/** Working days of an item. @param clock of the procedure in force; undefined where none is registered */
function daysOf(name: WaitingClock, one: Members, clock: Clock | undefined): number {
  const { answerDays } = clock ?? decree809.clock;
  // a change of the catalogue has one clock, in every section that shows it
  if (name === 'proposals' && ofCatalogue.includes(one['operation']))
    return clock?.catalogueDays ?? usualCatalogueDays;
  return clock?.waiting?.[name] ?? (name === 'documents' ? answerDays : usualWaitingDays[name]);
}

function deadlineBy(
  rule: DueRule,
  one: Members,
  clock: Clock | undefined,
  calendar: WorkingCalendar,
): Partial<Deadline> | undefined {
  if (rule === 'due') return typeof one['due'] === 'string' ? { day: one['due'] } : undefined;
  if ('ends' in rule) {
    const text = one[rule.ends];
    if (typeof text !== 'string') return undefined;
    // it lasts until just before that moment: what ends at midnight can be done on the day before, not on the day that begins
    return { day: /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : dayInChina(Date.parse(text) - 1) };
  }
  const since = one['since'];
  if (!('city' in rule) || typeof since !== 'string') return undefined;
  return afterWorkingDays(dayInChina(Date.parse(since)), daysOf(rule.city, one, clock), calendar);
}

/**
 * @param one with its own members; its own values of provisional and overdue are unchanged
 * @param at.now Unix milliseconds
 */
export function describedDue(
  section: ReminderSection,
  one: object,
  {
    now,
    clock,
    calendar,
  }: { readonly now: number; readonly clock: Clock | undefined; readonly calendar: WorkingCalendar },
): DescribedDue {
  const members: Members = { ...one };
  for (const rule of dueBy[section]) {
    const deadline = deadlineBy(rule, members, clock, calendar);
    if (deadline?.day === undefined) continue;
    const { day, provisional } = deadline;
    const overdue = members['overdue'];
    return {
      due: day,
      ...defined({ provisional }),
      overdue: typeof overdue === 'boolean' ? overdue : dayInChina(now) > day,
    };
  }
  return {};
}
