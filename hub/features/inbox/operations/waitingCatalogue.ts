import type { components } from '../../../../api/openapi.ts';
import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import { afterWorkingDays, type Deadline } from '../../../../terms/calendar/workingDays.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import {
  cycleDeadline,
  isShownInInbox,
  minCycle,
  usualCatalogueDays,
  type CatalogueClock,
} from '../../../domain/catalogue.ts';
import type { InboxViewer } from './viewer.ts';
import {
  entriesContradicted,
  entriesOfRetired,
  entriesWithCycle,
  waitingRevisions,
} from '../../../registry/store/catalogueClocks.ts';
import { newestProcedure } from '../../requests/store/procedures.ts';
import { isOfOffice } from '../../../domain/permissions.ts';
import type { Services } from '../../common/services.ts';
import { departmentsOf } from '../../tickets/operations/ticketParties.ts';
import { ownerOf } from '../../../identity/owners.ts';
import { present } from '../../../../terms/defined.ts';

type Waiting = components['schemas']['Waiting']['catalogue'][number];
interface Running {
  readonly clock: CatalogueClock;
  readonly name: string;
  /** code; null: the data office */
  readonly owner: string | null;
  /** `YYYY-MM-DD` */
  readonly since: string;
  readonly deadline: Deadline;
  readonly dataset?: string;
  readonly proposal?: string;
}

const maxItems = 1_000;
/** Creation time of an id (RFC 9562 §5.7). @returns Unix milliseconds */
const madeAt = (uuid7: string): number => Number.parseInt(uuid7.replaceAll('-', '').slice(0, 12), 16);

/**
 * Returns to stewards the entries of their departments that must be updated, or whose data does not arrive as promised. Stewards of the
 * data office get the overdue ones of departments. The earliest due day comes first. Deadlines follow the current procedure.
 */
export async function waitingCatalogue(
  { caller, now }: InboxViewer,
  services: Services,
): Promise<readonly Waiting[]> {
  const own = departmentsOf(caller);
  const office = isOfOffice(caller.grants, ['steward']);
  if (own.length === 0 && !office) return [];
  const today = dayInChina(now);
  const isOwner = (owner: string | null): boolean => {
    const department = ownerOf(services.identity, owner);
    return department === undefined ? office : own.includes(department);
  };
  return (await running(services, office ? undefined : own, now))
    .map((one) => ({ ...one, overdue: today > one.deadline.day }))
    .filter(({ clock, owner, deadline, overdue }) =>
      isOwner(owner) ? isShownInInbox(clock, deadline.day, today, chinaWorkingCalendar) : office && overdue,
    )
    .sort((one, other) => (one.deadline.day < other.deadline.day ? -1 : 1))
    .slice(0, maxItems)
    .map(({ owner, deadline: { day, provisional }, ...one }) => ({
      ...one,
      ...present({ department: owner }),
      due: day,
      provisional,
    }));
}

async function running(
  { database: { app } }: Services,
  departments: readonly string[] | undefined,
  now: number,
): Promise<readonly Running[]> {
  const days = (await newestProcedure(app))?.clock.catalogueDays ?? usualCatalogueDays;
  const update = (moment: number): Pick<Running, 'since' | 'deadline'> => {
    const since = dayInChina(moment);
    return { since, deadline: afterWorkingDays(since, days, chinaWorkingCalendar) };
  };
  const revisions = (await waitingRevisions(app, departments)).map(({ since, ...one }): Running => ({
    clock: 'revision',
    ...one,
    ...update(since),
  }));
  const retired = (await entriesOfRetired(app, departments)).map(
    ({ entry, department, dataset, retiredBy }): Running => ({
      clock: 'retired',
      name: entry,
      owner: department,
      dataset,
      ...update(madeAt(retiredBy)),
    }),
  );
  const late = (await entriesWithCycle(app, departments, now - minCycle)).flatMap(
    ({ entry, department, dataset, frequency, cameAt }): Running[] => {
      const since = dayInChina(cameAt);
      const deadline = cycleDeadline(frequency, since, chinaWorkingCalendar);
      if (deadline === undefined) return [];
      return [{ clock: 'cycle', name: entry, owner: department, dataset, since, deadline }];
    },
  );
  const contradicted = (await entriesContradicted(app, departments)).map(
    ({ entry, department, dataset, since }): Running => ({
      clock: 'contradicted',
      name: entry,
      owner: department,
      dataset,
      ...update(since),
    }),
  );
  return [...revisions, ...retired, ...contradicted, ...late];
}
