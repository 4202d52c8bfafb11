/** Who stopped an agreement, who may lift that, and how long a provider may stop it alone. Stops of different sides are separate. */
import { dayInChina } from '../../terms/civilDate.ts';
import { afterWorkingDays, type Deadline, type WorkingCalendar } from '../../terms/calendar/workingDays.ts';
import { type Owner, canDecide, type RoleGrant } from './permissions.ts';

export const stopSides = ['consumer', 'provider', 'security', 'office'] as const;
/** a party's, the data office's security officer's, or the data office's own */
export type StopSide = (typeof stopSides)[number];

interface Parties {
  readonly consumer: Owner;
  readonly provider: Owner;
}

/** The sides a person may stop for. @param parties as owners: undefined where the party is the data office itself */
export function sidesOf(grants: readonly RoleGrant[], { consumer, provider }: Parties): readonly StopSide[] {
  const sides = new Set<StopSide>();
  for (const { role, department } of grants) {
    if (!canDecide(role)) continue;
    if (department === undefined) sides.add(role === 'security' ? 'security' : 'office');
    else {
      if (department === consumer) sides.add('consumer');
      if (department === provider) sides.add('provider');
    }
  }
  return stopSides.filter((side) => sides.has(side));
}

/** The sides whose stop a person may lift: their own, and every side for a steward of the data office. An operator may only stop. */
export function liftableBy(grants: readonly RoleGrant[], parties: Parties): readonly StopSide[] {
  const lifting = grants.filter(({ role }) => role !== 'operator');
  const sides = sidesOf(lifting, parties);
  return sides.includes('office') ? stopSides : sides;
}

/** Working days for which a provider alone may stop an agreement (政务数据共享条例: 不得擅自终止). */
const providerStopDays = 5;
/** Stops within this time count as one: lifting a stop and stopping again gains no time. */
const oneStop = 30 * 86_400_000;

/**
 * @param first when the provider's last stops began to count, Unix milliseconds; undefined where it never stopped it @returns the same
 * for a stop now
 */
export const countedFrom = (first: number | undefined, now: number): number =>
  first !== undefined && now - first < oneStop ? first : now;

/** The last day of a provider's stop that the data office has not confirmed by stopping the agreement too. */
export const providerStopEnds = (first: number, calendar: WorkingCalendar): Deadline =>
  afterWorkingDays(dayInChina(first), providerStopDays, calendar);

/** Whether that day has passed in China. */
export const isSpent = ({ day }: Deadline, now: number): boolean => dayInChina(now) > day;
