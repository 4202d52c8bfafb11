/** The operations of the exchange listener, in addition to those that move rows. */
import type { intakeOperations, releaseOperations } from '../flows/flows.ts';
import type { OperationIdOf } from '../pipeline/contract.ts';
import { explainDecision } from '../features/agreements/operations/simulatePolicy.ts';
import { listBatches } from '../features/batches/operations/listBatches.ts';
import { listExchanges, getReceipt, diagnoseExchange } from '../features/log/operations/exchanges.ts';
import { giveConsent } from '../features/consents/operations/giveConsent.ts';
import { withdrawConsent } from '../features/consents/operations/withdrawConsent.ts';
import { listConsents } from '../features/consents/operations/listConsents.ts';
import { listCertificates } from '../features/departments/operations/listCertificates.ts';
import { viewSubject } from '../features/subjects/operations/viewSubject.ts';
import { openOwnSession } from '../features/subjects/operations/ownSession.ts';
import { stateDuties, listDuties } from '../features/duties/operations/duties.ts';
import { renewCertificate } from '../features/departments/operations/enrolment.ts';
import { listDepartments } from '../features/departments/operations/departments.ts';
import { listCodeLists } from '../features/registry/operations/codeLists.ts';
import { listPurposes } from '../features/registry/operations/purposes.ts';
import { showUses } from '../features/registry/operations/showUses.ts';
import { listElementSources } from '../features/catalogue/operations/elementSources.ts';
import { showMatter, listMatters } from '../features/matters/operations/matters.ts';
import { showCatalogueEntry, searchCatalogue } from '../features/catalogue/operations/showCatalogueEntry.ts';
import { showSchema, listSchemas, describeReceived } from '../features/registry/operations/showSchema.ts';
import { showDataset, listDatasets } from '../features/registry/operations/showDataset.ts';
import { showQuality } from '../features/batches/operations/showQuality.ts';
import { listPolicyDocuments } from '../features/agreements/operations/listPolicyDocuments.ts';
import { showTicket, listTickets } from '../features/tickets/operations/showTicket.ts';
import { openTicket } from '../features/tickets/operations/openTicket.ts';
import { answerTicket } from '../features/tickets/operations/answerTicket.ts';
import { listRequests } from '../features/requests/operations/listRequests.ts';
import { listRequestTemplates } from '../features/requests/operations/templates/requestTemplates.ts';
import { endSubscription } from '../features/events/operations/endSubscription.ts';
import { listSubscriptions } from '../features/events/operations/listSubscriptions.ts';
import { pullEvents } from '../features/events/operations/pullEvents.ts';
import { subscribe } from '../features/events/operations/subscribe.ts';
import {
  acknowledgeEvent,
  closeEvent,
  listOpenEvents,
  showOpenEvent,
} from '../features/events/operations/openEvents.ts';
import { archiveEvent } from '../features/events/operations/archiveEvent.ts';
import { listResponsePlans } from '../features/events/operations/responsePlans.ts';
import { listTopics } from '../features/events/operations/listTopics.ts';
import { describeTopic } from '../features/events/operations/describeTopic.ts';
import { showTopic } from '../features/events/operations/showTopic.ts';
import { publishEvents } from '../features/events/operations/publishEvents.ts';
import { changeSink, rotateWebhookSecret } from '../features/events/operations/webhooks.ts';
import { listDeadLetters, replayDeadLetters } from '../features/events/operations/deadLetters.ts';
import { diagnose } from '../features/departments/operations/diagnose.ts';

type Elsewhere =
  keyof typeof releaseOperations | keyof typeof intakeOperations | keyof typeof eventOperations;
type Exchange = OperationIdOf<'exchange', 'signedRequest'>;

/** Departments publish and receive events. */
export const eventOperations = {
  publishEvents,
  subscribe,
  pullEvents,
  changeSink,
  rotateWebhookSecret,
  replayDeadLetters,
} as const;

/** Authenticated by a department's certificate and signature. */
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
  listResponsePlans,
  listOpenEvents,
  showOpenEvent,
  acknowledgeEvent,
  archiveEvent,
  closeEvent,
  describeTopic,
  showTopic,
  listSubscriptions,
  endSubscription,
  listDeadLetters,
} as const satisfies { readonly [Id in Exclude<Exchange, Elsewhere>]: { readonly id: Id } };

/** Authenticated by a department's certificate only. */
export const certificateOperations = { diagnose } as const satisfies {
  readonly [Id in OperationIdOf<'exchange', 'clientCertificate'>]: { readonly id: Id };
};
