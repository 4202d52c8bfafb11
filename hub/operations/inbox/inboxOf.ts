import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Call } from '../../gate/call.ts';
import type { Services } from '../services.ts';
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

/** All that waits for a caller, a file a section. */
export async function inboxOf(call: Call<StaffCaller>, services: Services) {
  return {
    risks: await waitingRisks(call, services),
    evidence: await waitingReleases(call, services),
    expiring: await endingSoon(call, services),
    stops: await stoppedHere(call, services),
    silent: await silentHere(call, services),
    pulls: await failedPulls(call, services),
    batches: await waitingBatches(call, services),
    requests: await waitingRequests(call, services),
    disputes: await waitingDisputes(call, services),
    demands: await waitingDemands(call, services),
    tickets: await waitingTickets(call, services),
    duties: await openDuties(call, services),
    keys: await waitingKeys(call, services),
    codes: await openCodes(call, services),
    documents: await waitingDocuments(call, services),
    proposals: await waitingProposals(call, services),
    schemas: await waitingSchemas(call, services),
    catalogue: await waitingCatalogue(call, services),
    changeovers: await waitingChangeovers(call, services),
    retirements: await waitingRetirements(call, services),
    persons: waitingPersons(call, services),
    seconds: missingSeconds(call, services),
  };
}
