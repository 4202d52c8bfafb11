/** Demands (数据需求申请) for data that no catalogue entry offers: the data office assigns them to a department, or answers with a reason, within a clock. */
import { dayInChina } from '../../terms/civilDate.ts';
import { afterWorkingDays, type Deadline, type WorkingCalendar } from '../../terms/calendar/workingDays.ts';
import { Problem } from '../../terms/problem.ts';
import { transition, type LifeCycle } from './lifeCycle.ts';

/** Before the office; with the department it was assigned to; a catalogue entry offers it now; answered with a reason; taken back. */
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

/** Working days of the data office, and of a department it is assigned to. */
export interface DemandClock {
  readonly officeDays: number;
  readonly departmentDays: number;
}

/** Where a city has registered nothing. */
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

/** For whom a person acts. */
export interface DemandSides {
  /** departments of which she is a steward */
  readonly departments: readonly string[];
  /** whether she is a steward of the data office */
  readonly office: boolean;
  /** persons of one hand with her, herself included */
  readonly hands: readonly string[];
}

/**
 * Where an act leads. Nobody answers what she asked for, in whatever role.
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
  if (act !== 'withdraw' && made !== undefined && by.hands.includes(made.person))
    throw new Problem('four_eyes');
  return to;
}

/** Until when whose turn it is has to act; undefined where it is over. */
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
