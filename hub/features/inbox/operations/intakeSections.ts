import { isSamePerson } from '../../../domain/standIn.ts';
import { isOfOffice, verdictOf } from '../../../domain/permissions.ts';
import { batchAnswer } from '../../../flows/intake/answer.ts';
import type { InboxViewer } from './viewer.ts';
import { mayApproveNext } from '../../../flows/intake/namedDecider.ts';
import { batchesWaiting } from '../../../flows/intake/store/batchesWaiting.ts';
import { countNotices } from '../../../flows/intake/store/caseNotices.ts';
import { receives } from '../../../domain/dataset.ts';
import { transitionTitle } from '../../../domain/cases.ts';
import { intakeRulesOf, type DatasetRow } from '../../../registry/store/datasets.ts';
import { moment } from '../../common/listing.ts';
import type { Services } from '../../common/services.ts';
import { ownerOf, departmentsOfRoles } from '../../../identity/owners.ts';
import { decidedBy, proposedIn } from '../../batches/operations/listBatches.ts';
import { sent } from '../../../domain/cells.ts';
import { releaseBatch } from '../../../flows/intake/releaseBatch.ts';
import { silentDatasets } from '../../../flows/intake/silentDatasets.ts';
import type { Undated } from './undated.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { pausedNow } from '../../../domain/pull.ts';
import { pagePulls } from '../../pulls/store/pagePulls.ts';
import { decisiveRuns, newestRuns } from '../../pulls/store/runs.ts';
import { departmentsOf } from '../../tickets/operations/ticketParties.ts';
import { nextRunOf, problemOf, runPull } from '../../pulls/operations/showPull.ts';
import type { components } from '../../../../api/openapi.ts';
import type { Dispute } from '../../../domain/dispute.ts';
import { type DisputeFilter, pageDisputes } from '../../disputes/store/disputes.ts';
import { disputeView } from '../../disputes/operations/disputes.ts';
import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import { ticketUrgency, notificationDays } from '../../../domain/ticket.ts';
import { pageTickets } from '../../tickets/store/tickets.ts';
import { ticketSummary } from '../../tickets/operations/ticketView.ts';
import { aWeekOn } from '../../../domain/duty.ts';
import { pageDuties } from '../../duties/store/duties.ts';
import { dutyView } from '../../duties/operations/duties.ts';
import { defined, present } from '../../../../terms/defined.ts';

/**
 * Held batches, and proposals by others about batches, that the caller may decide; and held batches that the caller may only mend, because
 * they send files of that department (`mend`).
 */
export async function waitingBatches(
  { caller, now }: InboxViewer,
  { database, identity, registry }: Services,
) {
  const mine = (department: string): boolean =>
    verdictOf(releaseBatch.permission, caller.grants, [ownerOf(identity, department)]) === 'act';
  const sends = (department: string): boolean =>
    verdictOf(sent, caller.grants, [ownerOf(identity, department)]) === 'act';
  const rowOf = (dataset: string): DatasetRow | undefined => registry.current.datasets.get(dataset)?.row;
  const concerned = identity.departments().filter(({ code }) => mine(code) || sends(code));
  const all = await batchesWaiting(
    database.app,
    concerned.map(({ code }) => code),
  );
  const waiting = all.filter(
    ({ batch, proposal }) =>
      mine(batch.department) &&
      !isSamePerson(caller, proposal?.proposedBy) &&
      (batch.state !== 'held' ||
        mayApproveNext(caller.person, rowOf(batch.dataset), { identity, now, first: proposal?.proposedBy })),
  );
  const mended = all.filter(
    ({ batch }) => batch.state === 'held' && !mine(batch.department) && sends(batch.department),
  );
  return [...waiting, ...mended].map(({ batch, proposal }) => ({
    ...batchAnswer({ ...batch, receipt: null }),
    ...decidedBy(batch, rowOf(batch.dataset), identity, now),
    ...(proposal === undefined ? {} : { ...proposedIn(proposal, identity), since: moment(proposal.at) }),
    ...(mine(batch.department) ? {} : { mend: true as const }),
  }));
}

/** Datasets of the caller's departments whose expected batch did not arrive. */
export async function silentHere(
  { caller, now }: InboxViewer,
  { database, identity }: Services,
): Promise<readonly Undated<'silent', 'due'>[]> {
  const silent = await silentDatasets(database.app, now);
  return silent
    .filter(
      ({ department }) =>
        verdictOf(releaseBatch.permission, caller.grants, [ownerOf(identity, department)]) === 'act',
    )
    .map(({ cameAt, ...one }) => ({ ...one, ...(cameAt === null ? {} : { lastCame: moment(cameAt) }) }));
}

/**
 * Cases whose transition is nearly due or late, of datasets of the caller's departments, or that these departments may make: their number by
 * dataset, transition and stage. A department sees the number of its own cases only.
 */
export async function dueCasesHere(
  { caller }: InboxViewer,
  { database, identity, registry }: Services,
): Promise<readonly Undated<'dueCases', 'overdue'>[]> {
  const isMine = (department: string): boolean =>
    verdictOf(sent, caller.grants, [ownerOf(identity, department)]) === 'act';
  const items = new Map<string, Undated<'dueCases', 'overdue'>>();
  for (const one of await countNotices(database.app, maxItems)) {
    const { dataset, provider, transition, departments, missed: overdue, rows, due } = one;
    const known = registry.current.datasets.get(dataset);
    if (known === undefined || !receives(known.row.state)) continue;
    if (![provider, ...departments].some(isMine)) continue;
    const name = `${dataset} ${transition} ${overdue}`;
    const former = items.get(name);
    const deadline = former?.deadline ?? moment(due);
    const cases = rows + (former?.cases ?? 0);
    const { cases: rules } = intakeRulesOf(known.row);
    const title = rules === undefined ? undefined : transitionTitle(rules, transition);
    const named = { transition, ...defined({ transitionTitle: title }) };
    items.set(name, { dataset, provider, ...named, cases, deadline, overdue });
  }
  return [...items.values()];
}

type PullWaiting = Undated<'pulls'>;

/** maximum number of items of one section */
const maxItems = 1_000;

/** A run that its hub process abandoned restarts by itself. */
const mendedByItself = 'pull_broken_off';

/** Pulls of the caller's departments that wait, or whose last run or its batch met a problem that needs a person to fix it. */
export async function failedPulls(
  { caller, now }: InboxViewer,
  { database, identity }: Services,
): Promise<PullWaiting[]> {
  const departments = departmentsOf(caller);
  if (departments.length === 0) return [];
  const pausedOn = dayInChina(now);
  const wanted = { after: undefined, maxRows: maxItems, departments, failed: true, pausedOn };
  const { rows } = await pagePulls(database.app, wanted);
  const mine = rows.filter(
    ({ department }) =>
      verdictOf(runPull.permission, caller.grants, [ownerOf(identity, department)]) === 'act',
  );
  const runs = await newestRuns(
    database.app,
    mine.map(({ dataset }) => dataset),
    decisiveRuns,
  );
  return mine.flatMap((pull): PullWaiting[] => {
    const { dataset, department, pause, last, failingSince } = pull;
    if (pause !== undefined && pausedNow(pause, now))
      return [{ dataset, department, outcome: 'pull_paused', at: moment(pause.at), until: pause.until }];
    const problem = last === undefined ? null : problemOf(last);
    if (last === undefined || problem === null || problem === mendedByItself) return [];
    const at = last.endedAt ?? last.begunAt;
    // a paused pull cannot be fixed, so the time counts from the end of the pause
    const since = Math.max(failingSince ?? at, pause === undefined ? 0 : endOfDay(pause.until));
    const next = nextRunOf(pull, runs.get(dataset) ?? [], now);
    return [
      {
        ...{ dataset, department, run: last.id, outcome: problem },
        ...{ at: moment(at), since: moment(Math.min(since, at)) },
        ...(last.outcome === 'read' ? present({ batch: last.batch }) : {}),
        ...(next === undefined ? {} : { nextRunAt: moment(next) }),
      },
    ];
  });
}

/** Unix milliseconds of the end of a civil day in China. */
const endOfDay = (day: string): number => Date.parse(`${day}T00:00:00+08:00`) + 86_400_000;

const dayLength = 86_400_000;

/**
 * Returns to a steward the tickets that their departments must answer, and corrections of data they received. A steward of the data office
 * also gets tickets close to their deadline. Those open longest come first.
 */
export async function waitingTickets(
  { caller, now }: InboxViewer,
  { database }: Services,
): Promise<readonly components['schemas']['TicketSummary'][]> {
  const own = departmentsOf(caller);
  const ofOffice = isOfOffice(caller.grants, ['steward']);
  if (own.length === 0 && !ofOffice) return [];
  const filter = { since: now - notificationDays * dayLength, ...(ofOffice ? {} : { departments: own }) };
  const { rows } = await pageTickets(database.app, filter, { after: undefined, maxRows: maxItems });
  const decidable = rows.filter(({ state, provider, openedAt, told: reported }) =>
    state === 'open'
      ? own.includes(provider) ||
        (ofOffice && ticketUrgency(openedAt, now, chinaWorkingCalendar) !== 'running')
      : reported.some(({ consumer }) => own.includes(consumer)),
  );
  return decidable.toReversed().map((row) => ticketSummary(row, own, now));
}

/** Duties of the caller's departments due within a week, and overdue duties of others to them. */
export async function openDuties(
  { caller, now }: InboxViewer,
  { database, identity }: Services,
): Promise<readonly components['schemas']['Duty'][]> {
  const own = departmentsOfRoles(identity, caller.grants);
  const openUntil = aWeekOn(dayInChina(now));
  const filter = { openUntil, ...defined({ departments: own }) };
  const { rows } = await pageDuties(database.app, filter, { after: undefined, maxRows: maxItems });
  const duties = rows.map((row) => dutyView(row, now));
  return duties.filter(
    ({ consumer, state }) => own === undefined || own.includes(consumer) || state === 'overdue',
  );
}

/**
 * Returns the open disputes that wait for the caller. Stewards of the two departments get those between them and those that the office
 * decided. Stewards of the data office get those at the office or at the government.
 */
export async function waitingDisputes(
  { caller }: InboxViewer,
  { database, identity }: Services,
): Promise<readonly components['schemas']['DisputeView'][]> {
  const own = departmentsOf(caller);
  const ofOffice = isOfOffice(caller.grants, ['steward']);
  const page = { after: undefined, maxRows: maxItems };
  const read = async (filter: DisputeFilter): Promise<readonly Dispute[]> =>
    (await pageDisputes(database.app, { open: true, ...filter }, page)).rows;
  const found = [
    ...(own.length === 0 ? [] : await read({ departments: own, states: ['between', 'decided'] })),
    ...(ofOffice ? await read({ states: ['office', 'government'] }) : []),
  ];
  return found.map((dispute) => ({ ...disputeView(dispute, identity), ...sinceOf(dispute.events.at(-1)) }));
}

/** The last step began the current state. */
const sinceOf = (last: { readonly at: number } | undefined): { readonly since?: string } =>
  last === undefined ? {} : { since: moment(last.at) };
