/**
 * Demands (数据需求申请) for data that no catalogue entry offers. The data office assigns them to a department, or answers with a reason,
 * within a deadline.
 */
import { dayInChina } from '../../terms/civilDate.ts';
import { afterWorkingDays, type Deadline, type WorkingCalendar } from '../../terms/calendar/workingDays.ts';
import { Problem } from '../../terms/problem.ts';
import { transition, type LifeCycle } from './lifeCycle.ts';

/** With the office; with the assigned department; a catalogue entry offers it now; answered with a reason; withdrawn. */
export type DemandState = 'office' | 'assigned' | 'met' | 'refused' | 'withdrawn';
export type DemandAct = 'assign' | 'decline' | 'meet' | 'refuse' | 'withdraw';

export const demandLife: LifeCycle<DemandState, DemandAct> = {
  office: { assign: 'assigned', refuse: 'refused', withdraw: 'withdrawn' },
  assigned: { meet: 'met', decline: 'office', withdraw: 'withdrawn' },
  met: {},
  refused: {},
  withdrawn: {},
};

export interface DemandEvent {
  readonly seq: number;
  /** `make` is the first */
  readonly act: DemandAct | 'make';
  readonly person: string;
  /** Unix milliseconds */
  readonly at: number;
  /** the reason */
  readonly said: string;
  /** of `assign`: the department */
  readonly provider?: string;
}

/** Working days of the data office, and of an assigned department. */
export interface DemandClock {
  readonly officeDays: number;
  readonly departmentDays: number;
}

/** Used where a city has registered nothing. */
export const usualDemandClock: DemandClock = { officeDays: 5, departmentDays: 10 };

export interface Demand extends DemandClock {
  readonly id: string;
  readonly consumer: string;
  readonly provider: string | null;
  readonly title: string;
  readonly fields: readonly string[];
  readonly purpose: string;
  readonly state: DemandState;
  /** of the catalogue, once it is met */
  readonly entry: string | null;
  readonly events: readonly DemandEvent[];
}

/** The parties for whom a person acts. */
export interface DemandSides {
  /** departments of which the person is a steward */
  readonly departments: readonly string[];
  /** whether the person is a steward of the data office */
  readonly office: boolean;
  /** persons who count as one with this person, themselves included */
  readonly actingPersons: readonly string[];
}

/**
 * The state after an act. A person cannot answer their own demand, in any role.
 * @throws Problem transition_not_allowed, not_your_department, four_eyes
 */
export function actOnDemand(
  { id, state, consumer, provider, events }: Demand,
  act: DemandAct,
  by: DemandSides,
): DemandState {
  const to = transition(demandLife, `demand ${id}`, state, act);
  const ofOffice = act === 'assign' || act === 'refuse';
  const side = act === 'withdraw' ? consumer : (provider ?? '');
  if (ofOffice ? !by.office : !by.departments.includes(side))
    throw new Problem('not_your_department', { department: ofOffice ? 'office' : side });
  const [made] = events;
  if (act !== 'withdraw' && made !== undefined && by.actingPersons.includes(made.person))
    throw new Problem('four_eyes');
  return to;
}

/** Deadline of the party that has to act; undefined where the demand has ended. */
export function demandDeadline(
  { state, events, officeDays, departmentDays }: Demand,
  calendar: WorkingCalendar,
): Deadline | undefined {
  const since = events.at(-1)?.at;
  if (since === undefined || (state !== 'office' && state !== 'assigned')) return undefined;
  const days = state === 'office' ? officeDays : departmentDays;
  return afterWorkingDays(dayInChina(since), days, calendar);
}

/** @param now Unix milliseconds */
export const isOverdue = (deadline: Deadline | undefined, now: number): boolean =>
  deadline !== undefined && dayInChina(now) > deadline.day;
