import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import { dueSaid, type DueSaid } from '../../../domain/inboxClock.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import type { Call } from '../../../pipeline/call.ts';
import { newestProcedure } from '../../requests/store/procedures.ts';
import type { Services } from '../../common/services.ts';
import { waitingPersons, waitingKeys, openCodes, missingSeconds, endingCertificates } from './identitySections.ts';
import { waitingDocuments, waitingRequests, waitingDemands, endingSoon, stoppedHere } from './agreementSections.ts';
import { waitingBatches, silentHere, failedPulls, waitingTickets, openDuties } from './intakeSections.ts';
import { waitingCatalogue } from './waitingCatalogue.ts';
import { waitingSchemas, waitingChangeovers, waitingRetirements, waitingProposals } from './registrySections.ts';
import { waitingRisks, waitingReleases } from './oversightSections.ts';
import { waitingDisputes } from './waitingDisputes.ts';

/** Every section of the inbox, a file each. */
const sections = {
  risks: waitingRisks,
  evidence: waitingReleases,
  expiring: endingSoon,
  stops: stoppedHere,
  silent: silentHere,
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
  seconds: missingSeconds,
  certificates: endingCertificates,
} as const;

export type InboxSection = keyof typeof sections;
export type Inbox = Readonly<Record<InboxSection, readonly (object & DueSaid)[]>>;

/** All that waits for a caller, each thing with the day by which it is to be done. */
export async function inboxOf(call: Call<StaffCaller>, services: Services): Promise<Inbox> {
  const { now } = call;
  const clock = (await newestProcedure(services.database.app))?.clock;
  const found: [string, readonly object[]][] = [];
  for (const name of Object.keys(sections) as InboxSection[]) {
    const things = await sectionOf(name, call, services);
    const said = { now, clock, calendar: chinaWorkingCalendar };
    found.push([name, things.map((one) => ({ ...one, ...dueSaid(name, one, said) }))]);
  }
  return Object.fromEntries(found) as unknown as Inbox;
}

/** How much of it is behind its day: a change of the catalogue, which stands under its clock too, is one. */
export const overdueIn = (inbox: Inbox): number =>
  new Set(
    Object.values(inbox)
      .flat()
      .filter(({ overdue }) => overdue === true)
      .map((one: object) => ('proposal' in one ? one.proposal : one)),
  ).size;

/** One section of it, without that day. */
export const sectionOf = async (
  name: InboxSection,
  call: Call<StaffCaller>,
  services: Services,
): Promise<readonly object[]> => sections[name](call, services);
