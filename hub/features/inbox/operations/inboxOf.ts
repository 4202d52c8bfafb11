import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import { dueSaid, type DueSaid } from '../../../domain/inboxClock.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import type { Call } from '../../../pipeline/call.ts';
import { newestProcedure } from '../../requests/store/procedures.ts';
import type { Services } from '../../common/services.ts';
import { endingCertificates } from './endingCertificates.ts';
import { endingSoon } from './endingSoon.ts';
import { failedPulls } from './failedPulls.ts';
import { missingSeconds } from './missingSeconds.ts';
import { openCodes } from './openCodes.ts';
import { openDuties } from './openDuties.ts';
import { stoppedHere } from './stoppedHere.ts';
import { silentHere } from './silentHere.ts';
import { waitingBatches } from './waitingBatches.ts';
import { waitingCatalogue } from './waitingCatalogue.ts';
import { waitingChangeovers } from './waitingChangeovers.ts';
import { waitingDocuments } from './waitingDocuments.ts';
import { waitingKeys } from './waitingKeys.ts';
import { waitingPersons } from './waitingPersons.ts';
import { waitingProposals } from './waitingProposals.ts';
import { waitingReleases } from './waitingReleases.ts';
import { waitingRequests } from './waitingRequests.ts';
import { waitingRetirements } from './waitingRetirements.ts';
import { waitingRisks } from './waitingRisks.ts';
import { waitingSchemas } from './waitingSchemas.ts';
import { waitingDemands } from './waitingDemands.ts';
import { waitingDisputes } from './waitingDisputes.ts';
import { waitingTickets } from './waitingTickets.ts';

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
