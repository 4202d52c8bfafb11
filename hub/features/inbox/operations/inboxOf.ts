import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import { describedDue, type DescribedDue } from '../../../domain/inboxClock.ts';
import type { InboxViewer } from './viewer.ts';
import { newestProcedure } from '../../requests/store/procedures.ts';
import type { Services } from '../../common/services.ts';
import {
  waitingPersons,
  waitingKeys,
  openCodes,
  missingSecondApprovers,
  endingCertificates,
} from './identitySections.ts';
import {
  waitingDocuments,
  waitingRequests,
  waitingDemands,
  endingSoon,
  stoppedHere,
} from './agreementSections.ts';
import {
  waitingBatches,
  silentHere,
  dueCasesHere,
  failedPulls,
  waitingTickets,
  waitingDisputes,
  openDuties,
} from './intakeSections.ts';
import { waitingEvents } from './eventSections.ts';
import { waitingCatalogue } from './waitingCatalogue.ts';
import {
  waitingSchemas,
  waitingChangeovers,
  waitingRetirements,
  waitingProposals,
} from './registrySections.ts';
import { isSamePerson } from '../../../domain/standIn.ts';
import { listRisks } from '../../risks/store/risks.ts';
import { riskView, riskPlaces, acknowledgeRisk } from '../../risks/operations/risks.ts';
import type { components } from '../../../../api/openapi.ts';
import { verdictOf } from '../../../domain/permissions.ts';
import { waitingEvidence } from '../../../log/store/evidence.ts';
import { evidenceView, answerEvidence } from '../../log/operations/evidence.ts';
import { readUrges, type UrgedItem } from '../../board/urges.ts';
import { moment } from '../../common/listing.ts';
import { defined } from '../../../../terms/defined.ts';

const maxItems = 1_000;

/** Risk findings that the viewer may answer. Excludes findings that the viewer handed on, and findings about the viewer. */
async function waitingRisks(viewer: InboxViewer, services: Services) {
  const departments = riskPlaces(viewer.caller, services, acknowledgeRisk.permission);
  const filter = { unanswered: true, ...defined({ departments }) };
  const risks = await listRisks(services.database.app, filter, maxItems);
  return risks
    .filter(
      ({ escalatedBy, person }) => ![escalatedBy, person].some((one) => isSamePerson(viewer.caller, one)),
    )
    .map((row) => riskView(row, viewer.now, services.identity));
}

/** Evidence about persons that another person requested and the viewer may release. */
async function waitingReleases(
  { caller }: InboxViewer,
  { database, identity }: Services,
): Promise<readonly components['schemas']['EvidenceRequested'][]> {
  if (verdictOf(answerEvidence.permission, caller.grants, [undefined]) !== 'act') return [];
  const rows = await waitingEvidence(database.app);
  return rows
    .filter(({ askedBy: requestedBy }) => !isSamePerson(caller, requestedBy))
    .map((row) => ({ ...evidenceView(row, identity), since: moment(row.askedAt) }));
}

/** Every section of the inbox; one file each. */
const sections = {
  risks: waitingRisks,
  evidence: waitingReleases,
  expiring: endingSoon,
  stops: stoppedHere,
  silent: silentHere,
  dueCases: dueCasesHere,
  events: waitingEvents,
  pulls: failedPulls,
  batches: waitingBatches,
  requests: waitingRequests,
  disputes: waitingDisputes,
  demands: waitingDemands,
  tickets: waitingTickets,
  duties: openDuties,
  keys: waitingKeys,
  codes: openCodes,
  documents: waitingDocuments,
  proposals: waitingProposals,
  schemas: waitingSchemas,
  catalogue: waitingCatalogue,
  changeovers: waitingChangeovers,
  retirements: waitingRetirements,
  persons: waitingPersons,
  seconds: missingSecondApprovers,
  certificates: endingCertificates,
} as const;

export type InboxSection = keyof typeof sections;
export type Inbox = Readonly<Record<InboxSection, readonly (object & DescribedDue)[]>>;

/** Maximum number of sections read in parallel. Each may use a connection of the pool, which department calls need too. */
const maxParallel = 4;

/** All items pending for a viewer, each with the day by which it is due. */
export const inboxOf = async (viewer: InboxViewer, services: Services): Promise<Inbox> =>
  (await sectionsOf(Object.keys(sections) as InboxSection[], viewer, services)) as Inbox;

/** Some sections of an inbox, each item with the day by which it is due. */
export async function sectionsOf(
  names: readonly InboxSection[],
  viewer: InboxViewer,
  services: Services,
): Promise<Partial<Inbox>> {
  const clock = (await newestProcedure(services.database.app))?.clock;
  const described = { now: viewer.now, clock, calendar: chinaWorkingCalendar };
  const found = new Map<InboxSection, readonly (object & DescribedDue)[]>();
  const remaining = names.values();
  const readNext = async (): Promise<void> => {
    for (const name of remaining) {
      const items = await sectionOf(name, viewer, services);
      found.set(
        name,
        items.map((one) => ({ ...one, ...describedDue(name, one, described) })),
      );
    }
  };
  await Promise.all(Array.from({ length: maxParallel }, readNext));
  const isUrgeable = (name: InboxSection): boolean =>
    urgeable.has(name) && found.get(name)?.some(({ overdue }) => overdue === true) === true;
  const urgedOf = names.some(isUrgeable) ? await readUrges(services, viewer.now) : undefined;
  return Object.fromEntries(names.map((name) => [name, withUrges(name, found.get(name) ?? [], urgedOf)]));
}

/** Kind of the board's items of a section, and the member with their id. */
const urgeable: ReadonlyMap<InboxSection, readonly [kind: UrgedItem['kind'], member: string]> = new Map([
  ['requests', ['request', 'id']],
  ['duties', ['duty', 'id']],
  ['silent', ['file', 'dataset']],
]);

/** Items with the urges of leaders. */
function withUrges(
  name: InboxSection,
  items: readonly (object & DescribedDue)[],
  urgedOf: Awaited<ReturnType<typeof readUrges>> | undefined,
): readonly (object & DescribedDue)[] {
  const [kind, member = ''] = urgeable.get(name) ?? [];
  if (kind === undefined || urgedOf === undefined) return items;
  return items.map((one) => {
    const id = (one as Readonly<Record<string, unknown>>)[member];
    const { due, overdue } = one;
    const urged = overdue === true ? urgedOf({ kind, id: String(id), ...defined({ due }) }) : undefined;
    return { ...one, ...defined({ urged }) };
  });
}

/** Number of overdue items, including catalogue changes, which also have a deadline. */
export const overdueIn = (inbox: Inbox): number =>
  new Set(
    Object.values(inbox)
      .flat()
      .filter(({ overdue }) => overdue === true)
      .map((one: object) => ('proposal' in one ? one.proposal : one)),
  ).size;

/** One section of the inbox, without due days. */
export const sectionOf = async (
  name: InboxSection,
  viewer: InboxViewer,
  services: Services,
): Promise<readonly object[]> => sections[name](viewer, services);
