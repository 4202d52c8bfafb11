/** The operations of the exchange listener next to those that move rows. */
import type { intakeOperations, releaseOperations } from '../flows/flows.ts';
import type { OperationIdOf } from '../pipeline/contract.ts';
import { explainDecision } from '../features/agreements/operations/explainDecision.ts';
import { listBatches } from '../features/batches/operations/listBatches.ts';
import { listExchanges } from '../features/log/operations/listExchanges.ts';
import { getReceipt } from '../features/log/operations/getReceipt.ts';
import { diagnoseExchange } from '../features/log/operations/diagnoseExchange.ts';
import { giveConsent } from '../features/consents/operations/giveConsent.ts';
import { withdrawConsent } from '../features/consents/operations/withdrawConsent.ts';
import { listConsents } from '../features/consents/operations/listConsents.ts';
import { listCertificates } from '../features/departments/operations/listCertificates.ts';
import { viewSubject } from '../features/subjects/operations/viewSubject.ts';
import { openOwnSession } from '../features/subjects/operations/openOwnSession.ts';
import { listDuties } from '../features/duties/operations/listDuties.ts';
import { stateDuties } from '../features/duties/operations/stateDuties.ts';
import { renewCertificate } from '../features/departments/operations/renewCertificate.ts';
import { listDepartments } from '../features/departments/operations/listDepartments.ts';
import { listCodeLists } from '../features/registry/operations/listCodeLists.ts';
import { listPurposes } from '../features/registry/operations/listPurposes.ts';
import { showUses } from '../features/registry/operations/showUses.ts';
import { listElementSources } from '../features/catalogue/operations/listElementSources.ts';
import { listMatters } from '../features/matters/operations/listMatters.ts';
import { showMatter } from '../features/matters/operations/showMatter.ts';
import { searchCatalogue } from '../features/catalogue/operations/searchCatalogue.ts';
import { showCatalogueEntry } from '../features/catalogue/operations/showCatalogueEntry.ts';
import { listSchemas } from '../features/registry/operations/listSchemas.ts';
import { showSchema } from '../features/registry/operations/showSchema.ts';
import { listDatasets } from '../features/registry/operations/listDatasets.ts';
import { showDataset } from '../features/registry/operations/showDataset.ts';
import { showQuality } from '../features/batches/operations/showQuality.ts';
import { describeReceived } from '../features/registry/operations/describeReceived.ts';
import { listPolicyDocuments } from '../features/agreements/operations/listPolicyDocuments.ts';
import { listTickets } from '../features/tickets/operations/listTickets.ts';
import { openTicket } from '../features/tickets/operations/openTicket.ts';
import { showTicket } from '../features/tickets/operations/showTicket.ts';
import { answerTicket } from '../features/tickets/operations/answerTicket.ts';
import { listRequests } from '../features/requests/operations/listRequests.ts';
import { listRequestTemplates } from '../features/requests/operations/templates/listRequestTemplates.ts';
import { endSubscription } from '../features/events/operations/endSubscription.ts';
import { listSubscriptions } from '../features/events/operations/listSubscriptions.ts';
import { pullEvents } from '../features/events/operations/pullEvents.ts';
import { subscribe } from '../features/events/operations/subscribe.ts';
import { listTopics } from '../features/events/operations/listTopics.ts';
import { showTopic } from '../features/events/operations/showTopic.ts';
import { publishEvents } from '../features/events/operations/publishEvents.ts';
import { diagnose } from '../features/departments/operations/diagnose.ts';

type Elsewhere =
  keyof typeof releaseOperations | keyof typeof intakeOperations | keyof typeof eventOperations;
type Exchange = OperationIdOf<'exchange', 'signedRequest'>;

/** Departments receive events. */
export const eventOperations = { subscribe, pullEvents } as const;

/** By a department's certificate and signature. */
export const exchangeOperations = {
  explainDecision,
  listBatches,
  listExchanges,
  getReceipt,
  diagnoseExchange,
  giveConsent,
  withdrawConsent,
  listConsents,
  listCertificates,
  viewSubject,
  openOwnSession,
  listDuties,
  stateDuties,
  renewCertificate,
  listDepartments,
  listCodeLists,
  listPurposes,
  showUses,
  listElementSources,
  listMatters,
  showMatter,
  searchCatalogue,
  showCatalogueEntry,
  listSchemas,
  showSchema,
  listDatasets,
  showDataset,
  showQuality,
  describeReceived,
  listPolicyDocuments,
  listTickets,
  openTicket,
  showTicket,
  answerTicket,
  listRequests,
  listRequestTemplates,
  listTopics,
  showTopic,
  publishEvents,
  listSubscriptions,
  endSubscription,
} as const satisfies { readonly [Id in Exclude<Exchange, Elsewhere>]: { readonly id: Id } };

/** By a department's certificate alone. */
export const certificateOperations = { diagnose } as const satisfies {
  readonly [Id in OperationIdOf<'exchange', 'clientCertificate'>]: { readonly id: Id };
};
