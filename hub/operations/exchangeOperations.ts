/** The operations of the exchange listener next to those that move rows. */
import type { intakeOperations, releaseOperations } from '../exchange/walks.ts';
import type { OperationIdOf } from '../gate/contract.ts';
import { explainDecision } from './policy/explainDecision.ts';
import { listBatches } from './intake/listBatches.ts';
import { listExchanges } from './log/listExchanges.ts';
import { getReceipt } from './log/getReceipt.ts';
import { diagnoseExchange } from './log/diagnoseExchange.ts';
import { giveConsent } from './consents/giveConsent.ts';
import { withdrawConsent } from './consents/withdrawConsent.ts';
import { listConsents } from './consents/listConsents.ts';
import { listCertificates } from './identity/listCertificates.ts';
import { viewSubject } from './subjects/viewSubject.ts';
import { openOwnSession } from './subjects/openOwnSession.ts';
import { listDuties } from './duties/listDuties.ts';
import { stateDuties } from './duties/stateDuties.ts';
import { renewCertificate } from './identity/renewCertificate.ts';
import { listDepartments } from './identity/listDepartments.ts';
import { listCodeLists } from './registry/listCodeLists.ts';
import { listPurposes } from './registry/listPurposes.ts';
import { showUses } from './registry/showUses.ts';
import { listElementSources } from './catalogue/listElementSources.ts';
import { listMatters } from './matters/listMatters.ts';
import { showMatter } from './matters/showMatter.ts';
import { searchCatalogue } from './catalogue/searchCatalogue.ts';
import { showCatalogueEntry } from './catalogue/showCatalogueEntry.ts';
import { listSchemas } from './registry/listSchemas.ts';
import { showSchema } from './registry/showSchema.ts';
import { listDatasets } from './registry/listDatasets.ts';
import { showDataset } from './registry/showDataset.ts';
import { showQuality } from './intake/showQuality.ts';
import { describeReceived } from './registry/describeReceived.ts';
import { listPolicyDocuments } from './policy/listPolicyDocuments.ts';
import { listTickets } from './tickets/listTickets.ts';
import { openTicket } from './tickets/openTicket.ts';
import { showTicket } from './tickets/showTicket.ts';
import { answerTicket } from './tickets/answerTicket.ts';
import { listRequests } from './requests/listRequests.ts';
import { listRequestTemplates } from './requestTemplates/listRequestTemplates.ts';
import { diagnose } from './identity/diagnose.ts';

type Elsewhere = keyof typeof releaseOperations | keyof typeof intakeOperations;
type Exchange = OperationIdOf<'exchange', 'signedRequest'>;

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
} as const satisfies { readonly [Id in Exclude<Exchange, Elsewhere>]: { readonly id: Id } };

/** By a department's certificate alone. */
export const certificateOperations = { diagnose } as const satisfies {
  readonly [Id in OperationIdOf<'exchange', 'clientCertificate'>]: { readonly id: Id };
};
