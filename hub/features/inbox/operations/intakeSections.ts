import { isSamePerson } from '../../../domain/standIn.ts';
import { verdictOf } from '../../../domain/permissions.ts';
import { batchAnswer } from '../../../flows/intake/answer.ts';
import type { InboxViewer } from './viewer.ts';
import { mayReportNext } from '../../../flows/intake/namedDecider.ts';
import { batchesWaiting } from '../../../flows/intake/store/batchesWaiting.ts';
import type { DatasetRow } from '../../../registry/store/datasets.ts';
import { moment } from '../../common/listing.ts';
import type { Services } from '../../common/services.ts';
import { placeOf, ownPlaces } from '../../../identity/staffPlaces.ts';
import { decidedBy, proposedIn } from '../../batches/operations/listBatches.ts';
import { releaseBatch } from '../../../flows/intake/releaseBatch.ts';
import { silentDatasets } from '../../../flows/intake/silentDatasets.ts';
import type { Undated } from './undated.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { pausedNow } from '../../../domain/pull.ts';
import { pagePulls } from '../../pulls/store/pagePulls.ts';
import { departmentsOf } from '../../tickets/operations/ticketParties.ts';
import { runPull } from '../../pulls/operations/showPull.ts';
import type { components } from '../../../../api/openapi.ts';
import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import { ticketUrgency, notificationDays } from '../../../domain/ticket.ts';
import { listTickets } from '../../tickets/store/tickets.ts';
import { ticketSummary } from '../../tickets/operations/ticketView.ts';
import { aWeekOn } from '../../../domain/duty.ts';
import { listDuties } from '../../duties/store/duties.ts';
import { dutyView } from '../../duties/operations/duties.ts';

/** Held batches, and proposals of others about batches, that the caller may decide. */
export async function waitingBatches(
  { caller, now }: InboxViewer,
  { database, identity, registry }: Services,
) {
  const mine = (department: string): boolean =>
    verdictOf(releaseBatch.permission, caller.grants, [placeOf(identity, department)]) === 'act';
  const rowOf = (dataset: string): DatasetRow | undefined => registry.current.datasets.get(dataset)?.row;
  const waiting = (await batchesWaiting(database.app)).filter(
    ({ batch, proposal }) =>
      mine(batch.department) &&
      !isSamePerson(caller, proposal?.proposedBy) &&
      (batch.state !== 'held' ||
        mayReportNext(caller.person, rowOf(batch.dataset), { identity, now, first: proposal?.proposedBy })),
  );
  return waiting.map(({ batch, proposal }) => ({
    ...batchAnswer({ ...batch, receipt: null }),
    ...decidedBy(batch, rowOf(batch.dataset), identity, now),
    ...(proposal === undefined ? {} : { ...proposedIn(proposal, identity), since: moment(proposal.at) }),
  }));
}

/** Datasets of hers whose expected batch did not come. */
export async function silentHere(
  { caller, now }: InboxViewer,
  { database, identity }: Services,
): Promise<readonly Undated<'silent', 'due'>[]> {
  const silent = await silentDatasets(database.app, now);
  return silent
    .filter(
      ({ department }) =>
        verdictOf(releaseBatch.permission, caller.grants, [placeOf(identity, department)]) === 'act',
    )
    .map(({ cameAt, ...one }) => ({ ...one, ...(cameAt === null ? {} : { lastCame: moment(cameAt) }) }));
}

type PullWaiting = Undated<'pulls'>;

/** items of one section at most */
const most = 1_000;

/** A run that its hub left is begun anew by itself. */
const mendedByItself = 'pull_broken_off';

/** Pulls of her departments that wait, or whose last run met a problem that nobody but a person mends. */
export async function failedPulls(
  { caller, now }: InboxViewer,
  { database, identity }: Services,
): Promise<PullWaiting[]> {
  const departments = departmentsOf(caller);
  if (departments.length === 0) return [];
  const pausedOn = dayInChina(now);
  const wanted = { after: undefined, most, departments, failed: true, pausedOn };
  const found = await pagePulls(database.app, wanted);
  return found.flatMap(({ dataset, department, pause, last, failingSince }): PullWaiting[] => {
    const mine = verdictOf(runPull.permission, caller.grants, [placeOf(identity, department)]) === 'act';
    if (!mine) return [];
    if (pause !== undefined && pausedNow(pause, now))
      return [{ dataset, department, outcome: 'pull_paused', at: moment(pause.at), until: pause.until }];
    if (last?.outcome === undefined || last.outcome === null || last.outcome === mendedByItself) return [];
    const { id, outcome, endedAt, begunAt } = last;
    const at = endedAt ?? begunAt;
    // while it was paused nobody could mend it
    const since = Math.max(failingSince ?? at, pause === undefined ? 0 : endOfDay(pause.until));
    return [{ dataset, department, run: id, outcome, at: moment(at), since: moment(Math.min(since, at)) }];
  });
}

/** Unix milliseconds at which a civil day of China is over. */
const endOfDay = (day: string): number => Date.parse(`${day}T00:00:00+08:00`) + 86_400_000;

const dayLength = 86_400_000;

/**
 * To a steward those that her departments have to answer, and what was mended of what they received; to a steward of the data office also
 * whatever is near its deadline. Those longest open come first.
 */
export async function waitingTickets(
  { caller, now }: InboxViewer,
  { database }: Services,
): Promise<readonly components['schemas']['TicketSummary'][]> {
  const own = departmentsOf(caller);
  const ofOffice = caller.grants.some(
    ({ role, department }) => role === 'steward' && department === undefined,
  );
  if (own.length === 0 && !ofOffice) return [];
  const filter = { since: now - notificationDays * dayLength, ...(ofOffice ? {} : { departments: own }) };
  const rows = await listTickets(database.app, filter, most);
  const hers = rows.filter(({ state, provider, openedAt, told: reported }) =>
    state === 'open'
      ? own.includes(provider) ||
        (ofOffice && ticketUrgency(openedAt, now, chinaWorkingCalendar) !== 'running')
      : reported.some(({ consumer }) => own.includes(consumer)),
  );
  return hers.toReversed().map((row) => ticketSummary(row, own, now));
}

/** What her departments owe within a week, and what is owed to them and overdue. */
export async function openDuties(
  { caller, now }: InboxViewer,
  { database, identity }: Services,
): Promise<readonly components['schemas']['Duty'][]> {
  const own = ownPlaces(identity, caller.grants);
  const openUntil = aWeekOn(dayInChina(now));
  const filter = { openUntil, ...(own === undefined ? {} : { departments: own }) };
  const duties = (await listDuties(database.app, filter, most)).map((row) => dutyView(row, now));
  return duties.filter(
    ({ consumer, state }) => own === undefined || own.includes(consumer) || state === 'overdue',
  );
}
