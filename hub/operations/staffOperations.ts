/** The operations of persons on the staff listener, in the order of docs/roles.md. */
import {
  acknowledgeEvent,
  closeEvent,
  listOpenEvents,
  showOpenEvent,
} from '../features/events/operations/openEvents.ts';
import { followOpenEvents } from '../features/events/operations/followOpenEvents.ts';
import { archiveEvent } from '../features/events/operations/archiveEvent.ts';
import {
  listResponsePlans,
  registerResponsePlan,
  tryResponsePlan,
  withdrawResponsePlan,
} from '../features/events/operations/responsePlans.ts';
import { registerTopic } from '../features/events/operations/registerTopic.ts';
import { listDeadLetters, replayDeadLetters } from '../features/events/operations/deadLetters.ts';
import { changeSink, rotateWebhookSecret } from '../features/events/operations/webhooks.ts';
import { watchEvents } from '../features/events/operations/watchEvents.ts';
import { listSubscriptions } from '../features/events/operations/listSubscriptions.ts';
import { describeTopic } from '../features/events/operations/describeTopic.ts';
import { listTopics } from '../features/events/operations/listTopics.ts';
import { showTopic } from '../features/events/operations/showTopic.ts';
import type { StaffOperationId } from '../pipeline/contract.ts';
import type { Permission } from '../domain/permissions.ts';
import { invitePerson, listPersons } from '../features/staff/operations/persons.ts';
import { grantRole } from '../features/staff/operations/grantRole.ts';
import { confirmPerson } from '../features/staff/operations/confirmPerson.ts';
import { endPerson } from '../features/staff/operations/endPerson.ts';
import { nameStandIn, listStandIns } from '../features/staff/operations/standIns.ts';
import { endStandIn } from '../features/staff/operations/endStandIn.ts';
import { issueToken } from '../features/staff/operations/tokens.ts';
import { revokeToken } from '../features/staff/operations/revokeToken.ts';
import { showSession, listSessions, endSession } from '../features/sessions/operations/sessions.ts';
import {
  offerPasskey,
  offerAuthenticator,
  registerPasskey,
  listPasskeys,
} from '../features/sessions/operations/passkeys.ts';
import { offerAccount } from '../features/sessions/operations/offerAccount.ts';
import { registerAccount } from '../features/sessions/operations/accounts.ts';
import { registerDepartment, listDepartments } from '../features/departments/operations/departments.ts';
import { issueEnrolmentCode } from '../features/departments/operations/issueEnrolmentCode.ts';
import { confirmKey, objectToKey, refuseKey } from '../features/signingKeys/operations/signingKeys.ts';
import { revokeCertificate } from '../features/departments/operations/enrolment.ts';
import {
  registerCodeList,
  listCodeLists,
  withdrawCodeList,
} from '../features/registry/operations/codeLists.ts';
import { listAreas } from '../features/registry/operations/listAreas.ts';
import { registerPurpose, listPurposes, registerNotice } from '../features/registry/operations/purposes.ts';
import { registerSchema } from '../features/registry/operations/registerSchema.ts';
import { decideSchema } from '../features/registry/operations/decideSchema.ts';
import { registerDataset } from '../features/registry/operations/registerDataset.ts';
import { rebindDataset } from '../features/registry/operations/rebindDataset.ts';
import { amendDataset } from '../features/registry/operations/amendDataset.ts';
import { beginChangeover } from '../features/registry/operations/changeover/beginChangeover.ts';
import { showChangeover } from '../features/registry/operations/changeover/showChangeover.ts';
import { decideChangeover } from '../features/registry/operations/changeover/decideChangeover.ts';
import { tryDataset } from '../features/registry/operations/tryDataset.ts';
import { trySchema, examineRows } from '../features/registry/operations/trySchema.ts';
import { decideDataset } from '../features/registry/operations/decideDataset.ts';
import { registerMapping } from '../features/registry/operations/registerMapping.ts';
import { registerPull, pausePull, resumePull, endPull } from '../features/pulls/operations/pulls.ts';
import { showPull, listPulls, runPull } from '../features/pulls/operations/showPull.ts';
import {
  registerLiveService,
  showLiveService,
  endLiveService,
} from '../features/liveServices/operations/liveServices.ts';
import { registerCatalogueEntry } from '../features/catalogue/operations/registerCatalogueEntry.ts';
import { importCatalogue, tryCatalogueImport } from '../features/catalogue/operations/importCatalogue.ts';
import {
  registerElementSource,
  listElementSources,
} from '../features/catalogue/operations/elementSources.ts';
import {
  registerMatter,
  showMatter,
  listMatters,
  endMatter,
} from '../features/matters/operations/matters.ts';
import { showProposal } from '../features/proposals/operations/showProposal.ts';
import { acceptProposal, refuseProposal } from '../features/proposals/operations/acceptProposal.ts';
import { openBatch } from '../flows/intake/openBatch.ts';
import { putBatchPart } from '../flows/intake/putBatchPart.ts';
import { commitBatch } from '../flows/intake/commitBatch.ts';
import { getQuarantine } from '../flows/intake/getQuarantine.ts';
import { getTemplate } from '../features/batches/operations/getTemplate.ts';
import { listBatches, getBatch, listBatchProblems } from '../features/batches/operations/listBatches.ts';
import { showFieldPlaces } from '../flows/intake/inspect/showFieldPlaces.ts';
import { compareBatch } from '../flows/intake/inspect/compareBatch.ts';
import { releaseBatch } from '../flows/intake/releaseBatch.ts';
import { restoreBatch, dropBatch, retranslateBatch } from '../flows/intake/restoreBatch.ts';
import { showReadings } from '../flows/intake/showReadings.ts';
import { tryRules } from '../flows/intake/tryRules.ts';
import { tryMapping } from '../flows/intake/tryMapping.ts';
import { traceRow } from '../flows/intake/traceRow.ts';
import { deleteRows } from '../flows/retention/deleteRows.ts';
import { submitPolicyDocument } from '../features/agreements/operations/submitPolicyDocument.ts';
import { approvePolicyDocument } from '../features/agreements/operations/approvePolicyDocument.ts';
import { suspendAgreement, resumeAgreement } from '../features/agreements/operations/suspendAgreement.ts';
import { showPolicyDocument } from '../features/agreements/operations/showPolicyDocument.ts';
import { giveMandate } from '../features/mandates/operations/giveMandate.ts';
import { revokeMandate } from '../features/mandates/operations/revokeMandate.ts';
import { listMandates } from '../features/mandates/operations/mandates.ts';
import { showMandate } from '../features/mandates/operations/showMandate.ts';
import { offerPolicySignature } from '../features/mandates/operations/offerPolicySignature.ts';
import { signPolicyDocument } from '../features/mandates/operations/signPolicyDocument.ts';
import { tryPolicyDocument } from '../features/agreements/operations/tryPolicyDocument.ts';
import { simulatePolicy } from '../features/agreements/operations/simulatePolicy.ts';
import { listPolicyDocuments, listVisible } from '../features/agreements/operations/listPolicyDocuments.ts';
import { registerProcedure } from '../features/requests/operations/registerProcedure.ts';
import { makeRequest } from '../features/requests/operations/makeRequest.ts';
import {
  registerRequestTemplate,
  listRequestTemplates,
  withdrawRequestTemplate,
  beginFromTemplate,
} from '../features/requests/operations/templates/requestTemplates.ts';
import { beginRenewal } from '../features/requests/operations/beginRenewal.ts';
import { answerRequest } from '../features/requests/operations/answerRequest.ts';
import { showRequest } from '../features/requests/operations/showRequest.ts';
import { listRequests } from '../features/requests/operations/listRequests.ts';
import { makeDemand, actOnDemand } from '../features/demands/operations/demands.ts';
import { listDemands } from '../features/demands/operations/listDemands.ts';
import { raiseDispute, actOnDispute, showDispute } from '../features/disputes/operations/disputes.ts';
import { listDisputes } from '../features/disputes/operations/listDisputes.ts';
import { importApproval } from '../features/requests/operations/importApproval.ts';
import { takePaperConsent } from '../features/consents/operations/takePaperConsent.ts';
import { openTicket } from '../features/tickets/operations/openTicket.ts';
import { answerTicket } from '../features/tickets/operations/answerTicket.ts';
import { showTicket, listTickets } from '../features/tickets/operations/showTicket.ts';
import { listWaiting } from '../features/inbox/operations/listWaiting.ts';
import {
  listReminderAddresses,
  setDepartmentReminders,
  setOwnReminders,
} from '../features/reminders/operations/reminderAddresses.ts';
import {
  listDeadReminders,
  replayDepartmentReminders,
  replayOwnReminders,
} from '../features/reminders/operations/deadReminders.ts';
import { listCertificates } from '../features/departments/operations/listCertificates.ts';
import { showSchema, listSchemas } from '../features/registry/operations/showSchema.ts';
import { showSchemaImpact } from '../features/registry/operations/showSchemaImpact.ts';
import { showCatalogueEntry, searchCatalogue } from '../features/catalogue/operations/showCatalogueEntry.ts';
import { showUses } from '../features/registry/operations/showUses.ts';
import { showDataset, listDatasets } from '../features/registry/operations/showDataset.ts';
import { sampleDataset } from '../features/registry/operations/sampleDataset.ts';
import { tryMasks } from '../features/registry/operations/tryMasks.ts';
import { listQuality } from '../features/board/operations/listQuality.ts';
import { listBoardItems } from '../features/board/operations/listBoardItems.ts';
import { urgeItem } from '../features/board/operations/urgeItem.ts';
import { showBoard, listBoardRows } from '../features/board/operations/showBoard.ts';
import { listDuties } from '../features/duties/operations/duties.ts';
import { appointPersonService } from '../features/subjects/operations/appointPersonService.ts';
import { viewSubjectAtCounter } from '../features/subjects/operations/viewSubject.ts';
import { withdrawConsentAtCounter } from '../features/consents/operations/withdrawConsent.ts';
import { delayView, listViewDelays } from '../features/subjects/operations/viewDelays.ts';
import { endViewDelay } from '../features/subjects/operations/endViewDelay.ts';
import { showCaseStatistics } from '../features/cases/operations/showCaseStatistics.ts';
import { listCaseDatasets } from '../features/cases/operations/listCaseDatasets.ts';
import { queryCases } from '../flows/release/queryCases.ts';
import { trySandbox } from '../flows/release/sandbox/trySandbox.ts';
import { downloadCaseAttachment } from '../flows/attachments/download.ts';
import { changeRow } from '../flows/intake/rowsByCall/changeRow.ts';
import {
  finishAttachment,
  getAttachment,
  openAttachment,
  putAttachmentPart,
} from '../flows/attachments/upload.ts';
import { showQuality } from '../features/batches/operations/showQuality.ts';
import {
  searchEntries,
  listEntries,
  listLogFindings,
  listLogReads,
} from '../features/log/operations/searchEntries.ts';
import { listViewCounts } from '../features/log/operations/listViewCounts.ts';
import { showAgreementUse } from '../features/agreements/operations/showAgreementUse.ts';
import { search } from '../features/search/operations/search.ts';
import { showFigures } from '../features/health/operations/showFigures.ts';
import { getEntryBundle, exportPack, showLogState } from '../features/log/operations/publishedLog.ts';
import { placeHold, liftHold, listHolds } from '../features/log/operations/legalHolds.ts';
import { restoreRows, showFoundRows, verifyDataset } from '../features/log/operations/foundRows.ts';
import { eraseSubject } from '../features/log/operations/eraseSubject.ts';
import {
  setRetention,
  showRetention,
  orderDestruction,
  listDestructions,
} from '../features/log/operations/retention.ts';
import { rotateLogKey } from '../features/log/operations/rotateLogKey.ts';
import { replaceAuthority } from '../features/departments/operations/replaceAuthority.ts';
import { saveSearch, dropSavedSearch, listSavedSearches } from '../features/log/operations/savedSearches.ts';
import { listRisks } from '../features/risks/operations/listRisks.ts';
import { showRisk } from '../features/risks/operations/showRisk.ts';
import { acknowledgeRisk } from '../features/risks/operations/risks.ts';
import { escalateRisk } from '../features/risks/operations/escalateRisk.ts';
import { assessIncident } from '../features/log/operations/assessIncident.ts';
import { sealSubjects } from '../features/log/operations/sealSubjects.ts';
import { openSubjects } from '../features/log/operations/sealedSubjects.ts';
import {
  askEvidence,
  answerEvidence,
  getEvidence,
  listEvidence,
} from '../features/log/operations/evidence.ts';
import type { ProposableOperation } from '../features/proposals/operations/proposable.ts';
import type { ProposableOperationId } from '../features/proposals/operations/proposableOperations.ts';

/** Persons of the consumer watch its events, and change deliveries to its webhook. */
export const staffEventOperations = {
  watchEvents,
  changeSink,
  rotateWebhookSecret,
  replayDeadLetters,
} as const;

export const staffOperations = {
  invitePerson,
  grantRole,
  listPersons,
  search,
  confirmPerson,
  endPerson,
  nameStandIn,
  endStandIn,
  listStandIns,
  issueToken,
  revokeToken,
  showSession,
  listSessions,
  endSession,
  offerAuthenticator,
  offerPasskey,
  registerPasskey,
  listPasskeys,
  offerAccount,
  registerAccount,
  registerDepartment,
  issueEnrolmentCode,
  confirmKey,
  objectToKey,
  refuseKey,
  revokeCertificate,
  registerCodeList,
  withdrawCodeList,
  registerPurpose,
  registerNotice,
  registerSchema,
  decideSchema,
  registerDataset,
  registerTopic,
  registerResponsePlan,
  tryResponsePlan,
  withdrawResponsePlan,
  listResponsePlans,
  listOpenEvents,
  followOpenEvents,
  showOpenEvent,
  acknowledgeEvent,
  archiveEvent,
  closeEvent,
  listTopics,
  listSubscriptions,
  listDeadLetters,
  ...staffEventOperations,
  showTopic,
  describeTopic,
  rebindDataset,
  amendDataset,
  beginChangeover,
  showChangeover,
  decideChangeover,
  examineRows,
  decideDataset,
  registerMapping,
  registerPull,
  showPull,
  listPulls,
  runPull,
  pausePull,
  resumePull,
  endPull,
  registerLiveService,
  showLiveService,
  endLiveService,
  registerCatalogueEntry,
  importCatalogue,
  registerElementSource,
  registerMatter,
  endMatter,
  showProposal,
  acceptProposal,
  refuseProposal,
  openBatch,
  putBatchPart,
  commitBatch,
  getQuarantine,
  getTemplate,
  listBatchProblems,
  showFieldPlaces,
  compareBatch,
  releaseBatch,
  dropBatch,
  tryMapping,
  showReadings,
  tryRules,
  traceRow,
  listCaseDatasets,
  queryCases,
  trySandbox,
  changeRow,
  openAttachment,
  getAttachment,
  putAttachmentPart,
  finishAttachment,
  downloadCaseAttachment,
  deleteRows,
  retranslateBatch,
  restoreBatch,
  submitPolicyDocument,
  approvePolicyDocument,
  suspendAgreement,
  resumeAgreement,
  showPolicyDocument,
  showAgreementUse,
  giveMandate,
  revokeMandate,
  listMandates,
  showMandate,
  offerPolicySignature,
  signPolicyDocument,
  tryPolicyDocument,
  simulatePolicy,
  listVisible,
  registerProcedure,
  makeRequest,
  registerRequestTemplate,
  withdrawRequestTemplate,
  beginFromTemplate,
  beginRenewal,
  listRequestTemplates,
  answerRequest,
  showRequest,
  listRequests,
  makeDemand,
  actOnDemand,
  listDemands,
  raiseDispute,
  actOnDispute,
  listDisputes,
  showDispute,
  importApproval,
  takePaperConsent,
  openTicket,
  answerTicket,
  listTickets,
  showTicket,
  listWaiting,
  listReminderAddresses,
  setOwnReminders,
  setDepartmentReminders,
  listDeadReminders,
  replayOwnReminders,
  replayDepartmentReminders,
  listDepartments,
  listCertificates,
  listCodeLists,
  listAreas,
  listPurposes,
  listSchemas,
  showSchema,
  showSchemaImpact,
  tryDataset,
  trySchema,
  tryCatalogueImport,
  searchCatalogue,
  showCatalogueEntry,
  listMatters,
  showMatter,
  listElementSources,
  showUses,
  listDatasets,
  showDataset,
  sampleDataset,
  tryMasks,
  listPolicyDocuments,
  showBoard,
  listBoardRows,
  listQuality,
  listBoardItems,
  urgeItem,
  listBatches,
  getBatch,
  listDuties,
  appointPersonService,
  viewSubjectAtCounter,
  withdrawConsentAtCounter,
  delayView,
  endViewDelay,
  listViewDelays,
  showQuality,
  showCaseStatistics,
  listEntries,
  getEntryBundle,
  placeHold,
  liftHold,
  eraseSubject,
  setRetention,
  orderDestruction,
  rotateLogKey,
  restoreRows,
  showFoundRows,
  verifyDataset,
  replaceAuthority,
  showRetention,
  listDestructions,
  listHolds,
  listLogReads,
  listViewCounts,
  listLogFindings,
  showLogState,
  showFigures,
  searchEntries,
  saveSearch,
  listSavedSearches,
  dropSavedSearch,
  listRisks,
  showRisk,
  acknowledgeRisk,
  escalateRisk,
  exportPack,
  assessIncident,
  sealSubjects,
  openSubjects,
  askEvidence: askEvidence,
  listEvidence,
  answerEvidence,
  getEvidence,
} as const satisfies {
  readonly [Id in StaffOperationId]: { readonly id: Id; readonly permission: Permission };
};

type Proposable = {
  [Id in StaffOperationId]: (typeof staffOperations)[Id] extends ProposableOperation ? Id : never;
}[StaffOperationId];

/** Every operation that can be proposed is listed in proposableOperations.ts. */
type Listed<_All extends ProposableOperationId> = true;
export type AllProposable = Listed<Proposable>;
