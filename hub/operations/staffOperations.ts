/** The operations of persons on the staff listener, in the order of docs/roles.md. */
import { registerTopic } from '../features/events/operations/registerTopic.ts';
import { listSubscriptions } from '../features/events/operations/listSubscriptions.ts';
import { listTopics } from '../features/events/operations/listTopics.ts';
import { showTopic } from '../features/events/operations/showTopic.ts';
import type { StaffOperationId } from '../pipeline/contract.ts';
import type { Permission } from '../domain/permissions.ts';
import { invitePerson } from '../features/staff/operations/invitePerson.ts';
import { grantRole } from '../features/staff/operations/grantRole.ts';
import { listPersons } from '../features/staff/operations/listPersons.ts';
import { confirmPerson } from '../features/staff/operations/confirmPerson.ts';
import { endPerson } from '../features/staff/operations/endPerson.ts';
import { nameStandIn } from '../features/staff/operations/nameStandIn.ts';
import { endStandIn } from '../features/staff/operations/endStandIn.ts';
import { listStandIns } from '../features/staff/operations/listStandIns.ts';
import { issueToken } from '../features/staff/operations/issueToken.ts';
import { revokeToken } from '../features/staff/operations/revokeToken.ts';
import { showSession } from '../features/sessions/operations/showSession.ts';
import { listSessions } from '../features/sessions/operations/listSessions.ts';
import { endSession } from '../features/sessions/operations/endSession.ts';
import { offerAuthenticator } from '../features/sessions/operations/offerAuthenticator.ts';
import { offerPasskey } from '../features/sessions/operations/offerPasskey.ts';
import { registerPasskey } from '../features/sessions/operations/registerPasskey.ts';
import { listPasskeys } from '../features/sessions/operations/listPasskeys.ts';
import { offerAccount } from '../features/sessions/operations/offerAccount.ts';
import { registerAccount } from '../features/sessions/operations/registerAccount.ts';
import { registerDepartment } from '../features/departments/operations/registerDepartment.ts';
import { issueEnrolmentCode } from '../features/departments/operations/issueEnrolmentCode.ts';
import { confirmKey } from '../features/signingKeys/operations/confirmKey.ts';
import { objectToKey } from '../features/signingKeys/operations/objectToKey.ts';
import { refuseKey } from '../features/signingKeys/operations/refuseKey.ts';
import { revokeCertificate } from '../features/departments/operations/revokeCertificate.ts';
import { registerCodeList } from '../features/registry/operations/registerCodeList.ts';
import { withdrawCodeList } from '../features/registry/operations/withdrawCodeList.ts';
import { registerPurpose } from '../features/registry/operations/registerPurpose.ts';
import { registerNotice } from '../features/registry/operations/registerNotice.ts';
import { registerSchema } from '../features/registry/operations/registerSchema.ts';
import { decideSchema } from '../features/registry/operations/decideSchema.ts';
import { registerDataset } from '../features/registry/operations/registerDataset.ts';
import { rebindDataset } from '../features/registry/operations/rebindDataset.ts';
import { amendDataset } from '../features/registry/operations/amendDataset.ts';
import { beginChangeover } from '../features/registry/operations/changeover/beginChangeover.ts';
import { showChangeover } from '../features/registry/operations/changeover/showChangeover.ts';
import { decideChangeover } from '../features/registry/operations/changeover/decideChangeover.ts';
import { examineRows } from '../features/registry/operations/examineRows.ts';
import { decideDataset } from '../features/registry/operations/decideDataset.ts';
import { registerMapping } from '../features/registry/operations/registerMapping.ts';
import { registerPull } from '../features/pulls/operations/registerPull.ts';
import { showPull } from '../features/pulls/operations/showPull.ts';
import { listPulls } from '../features/pulls/operations/listPulls.ts';
import { runPull } from '../features/pulls/operations/runPull.ts';
import { pausePull } from '../features/pulls/operations/pausePull.ts';
import { resumePull } from '../features/pulls/operations/resumePull.ts';
import { endPull } from '../features/pulls/operations/endPull.ts';
import { registerLiveService } from '../features/liveServices/operations/registerLiveService.ts';
import { showLiveService } from '../features/liveServices/operations/showLiveService.ts';
import { endLiveService } from '../features/liveServices/operations/endLiveService.ts';
import { registerCatalogueEntry } from '../features/catalogue/operations/registerCatalogueEntry.ts';
import { importCatalogue } from '../features/catalogue/operations/importCatalogue.ts';
import { registerElementSource } from '../features/catalogue/operations/registerElementSource.ts';
import { registerMatter } from '../features/matters/operations/registerMatter.ts';
import { endMatter } from '../features/matters/operations/endMatter.ts';
import { showProposal } from '../features/proposals/operations/showProposal.ts';
import { acceptProposal } from '../features/proposals/operations/acceptProposal.ts';
import { refuseProposal } from '../features/proposals/operations/refuseProposal.ts';
import { openBatch } from '../flows/intake/openBatch.ts';
import { putBatchPart } from '../flows/intake/putBatchPart.ts';
import { commitBatch } from '../flows/intake/commitBatch.ts';
import { getQuarantine } from '../flows/intake/getQuarantine.ts';
import { getTemplate } from '../features/batches/operations/getTemplate.ts';
import { listBatchProblems } from '../features/batches/operations/listBatchProblems.ts';
import { showFieldPlaces } from '../flows/intake/inspect/showFieldPlaces.ts';
import { compareBatch } from '../flows/intake/inspect/compareBatch.ts';
import { releaseBatch } from '../flows/intake/releaseBatch.ts';
import { dropBatch } from '../flows/intake/dropBatch.ts';
import { tryMapping } from '../flows/intake/tryMapping.ts';
import { traceRow } from '../flows/intake/traceRow.ts';
import { deleteRows } from '../flows/retention/deleteRows.ts';
import { retranslateBatch } from '../flows/intake/retranslateBatch.ts';
import { restoreBatch } from '../flows/intake/restoreBatch.ts';
import { submitPolicyDocument } from '../features/agreements/operations/submitPolicyDocument.ts';
import { approvePolicyDocument } from '../features/agreements/operations/approvePolicyDocument.ts';
import { suspendAgreement } from '../features/agreements/operations/suspendAgreement.ts';
import { resumeAgreement } from '../features/agreements/operations/resumeAgreement.ts';
import { showPolicyDocument } from '../features/agreements/operations/showPolicyDocument.ts';
import { giveMandate } from '../features/mandates/operations/giveMandate.ts';
import { revokeMandate } from '../features/mandates/operations/revokeMandate.ts';
import { listMandates } from '../features/mandates/operations/listMandates.ts';
import { showMandate } from '../features/mandates/operations/showMandate.ts';
import { offerPolicySignature } from '../features/mandates/operations/offerPolicySignature.ts';
import { signPolicyDocument } from '../features/mandates/operations/signPolicyDocument.ts';
import { tryPolicyDocument } from '../features/agreements/operations/tryPolicyDocument.ts';
import { simulatePolicy } from '../features/agreements/operations/simulatePolicy.ts';
import { listVisible } from '../features/agreements/operations/listVisible.ts';
import { registerProcedure } from '../features/requests/operations/registerProcedure.ts';
import { makeRequest } from '../features/requests/operations/makeRequest.ts';
import { registerRequestTemplate } from '../features/requests/operations/templates/registerRequestTemplate.ts';
import { withdrawRequestTemplate } from '../features/requests/operations/templates/withdrawRequestTemplate.ts';
import { beginFromTemplate } from '../features/requests/operations/templates/beginFromTemplate.ts';
import { beginRenewal } from '../features/requests/operations/beginRenewal.ts';
import { listRequestTemplates } from '../features/requests/operations/templates/listRequestTemplates.ts';
import { answerRequest } from '../features/requests/operations/answerRequest.ts';
import { showRequest } from '../features/requests/operations/showRequest.ts';
import { listRequests } from '../features/requests/operations/listRequests.ts';
import { makeDemand } from '../features/demands/operations/makeDemand.ts';
import { actOnDemand } from '../features/demands/operations/actOnDemand.ts';
import { listDemands } from '../features/demands/operations/listDemands.ts';
import { raiseDispute } from '../features/disputes/operations/raiseDispute.ts';
import { actOnDispute } from '../features/disputes/operations/actOnDispute.ts';
import { listDisputes } from '../features/disputes/operations/listDisputes.ts';
import { showDispute } from '../features/disputes/operations/showDispute.ts';
import { importApproval } from '../features/requests/operations/importApproval.ts';
import { takePaperConsent } from '../features/consents/operations/takePaperConsent.ts';
import { openTicket } from '../features/tickets/operations/openTicket.ts';
import { answerTicket } from '../features/tickets/operations/answerTicket.ts';
import { listTickets } from '../features/tickets/operations/listTickets.ts';
import { showTicket } from '../features/tickets/operations/showTicket.ts';
import { listWaiting } from '../features/inbox/operations/listWaiting.ts';
import { listReminderAddresses } from '../features/reminders/operations/listReminderAddresses.ts';
import { setOwnReminders } from '../features/reminders/operations/setOwnReminders.ts';
import { setDepartmentReminders } from '../features/reminders/operations/setDepartmentReminders.ts';
import { listDepartments } from '../features/departments/operations/listDepartments.ts';
import { listCertificates } from '../features/departments/operations/listCertificates.ts';
import { listCodeLists } from '../features/registry/operations/listCodeLists.ts';
import { listPurposes } from '../features/registry/operations/listPurposes.ts';
import { listSchemas } from '../features/registry/operations/listSchemas.ts';
import { showSchema } from '../features/registry/operations/showSchema.ts';
import { showSchemaImpact } from '../features/registry/operations/showSchemaImpact.ts';
import { trySchema } from '../features/registry/operations/trySchema.ts';
import { tryCatalogueImport } from '../features/catalogue/operations/tryCatalogueImport.ts';
import { searchCatalogue } from '../features/catalogue/operations/searchCatalogue.ts';
import { showCatalogueEntry } from '../features/catalogue/operations/showCatalogueEntry.ts';
import { listMatters } from '../features/matters/operations/listMatters.ts';
import { showMatter } from '../features/matters/operations/showMatter.ts';
import { listElementSources } from '../features/catalogue/operations/listElementSources.ts';
import { showUses } from '../features/registry/operations/showUses.ts';
import { listDatasets } from '../features/registry/operations/listDatasets.ts';
import { showDataset } from '../features/registry/operations/showDataset.ts';
import { sampleDataset } from '../features/registry/operations/sampleDataset.ts';
import { tryMasks } from '../features/registry/operations/tryMasks.ts';
import { listPolicyDocuments } from '../features/agreements/operations/listPolicyDocuments.ts';
import { showBoard } from '../features/board/operations/showBoard.ts';
import { listBoardRows } from '../features/board/operations/listBoardRows.ts';
import { listBatches } from '../features/batches/operations/listBatches.ts';
import { getBatch } from '../features/batches/operations/getBatch.ts';
import { listDuties } from '../features/duties/operations/listDuties.ts';
import { appointPersonService } from '../features/subjects/operations/appointPersonService.ts';
import { viewSubjectAtCounter } from '../features/subjects/operations/viewSubjectAtCounter.ts';
import { withdrawConsentAtCounter } from '../features/consents/operations/withdrawConsentAtCounter.ts';
import { delayView } from '../features/subjects/operations/delayView.ts';
import { endViewDelay } from '../features/subjects/operations/endViewDelay.ts';
import { listViewDelays } from '../features/subjects/operations/listViewDelays.ts';
import { showQuality } from '../features/batches/operations/showQuality.ts';
import { listEntries } from '../features/log/operations/listEntries.ts';
import { getEntryBundle } from '../features/log/operations/getEntryBundle.ts';
import { placeHold } from '../features/log/operations/placeHold.ts';
import { liftHold } from '../features/log/operations/liftHold.ts';
import { eraseSubject } from '../features/log/operations/eraseSubject.ts';
import { setRetention } from '../features/log/operations/setRetention.ts';
import { orderDestruction } from '../features/log/operations/orderDestruction.ts';
import { rotateLogKey } from '../features/log/operations/rotateLogKey.ts';
import { replaceAuthority } from '../features/departments/operations/replaceAuthority.ts';
import { showRetention } from '../features/log/operations/showRetention.ts';
import { listDestructions } from '../features/log/operations/listDestructions.ts';
import { listHolds } from '../features/log/operations/listHolds.ts';
import { listLogReads } from '../features/log/operations/listLogReads.ts';
import { listLogFindings } from '../features/log/operations/listLogFindings.ts';
import { showLogState } from '../features/log/operations/showLogState.ts';
import { searchEntries } from '../features/log/operations/searchEntries.ts';
import { saveSearch } from '../features/log/operations/saveSearch.ts';
import { listSavedSearches } from '../features/log/operations/listSavedSearches.ts';
import { dropSavedSearch } from '../features/log/operations/dropSavedSearch.ts';
import { listRisks } from '../features/risks/operations/listRisks.ts';
import { showRisk } from '../features/risks/operations/showRisk.ts';
import { acknowledgeRisk } from '../features/risks/operations/acknowledgeRisk.ts';
import { escalateRisk } from '../features/risks/operations/escalateRisk.ts';
import { exportPack } from '../features/log/operations/exportPack.ts';
import { assessIncident } from '../features/log/operations/assessIncident.ts';
import { sealSubjects } from '../features/log/operations/sealSubjects.ts';
import { openSubjects } from '../features/log/operations/openSubjects.ts';
import { askEvidence } from '../features/log/operations/askEvidence.ts';
import { listEvidence } from '../features/log/operations/listEvidence.ts';
import { answerEvidence } from '../features/log/operations/answerEvidence.ts';
import { getEvidence } from '../features/log/operations/getEvidence.ts';
import type { ProposableOperation } from '../features/proposals/operations/proposable.ts';
import type { ProposableOperationId } from '../features/proposals/operations/proposableOperations.ts';

export const staffOperations = {
  invitePerson,
  grantRole,
  listPersons,
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
  listTopics,
  listSubscriptions,
  showTopic,
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
  traceRow,
  deleteRows,
  retranslateBatch,
  restoreBatch,
  submitPolicyDocument,
  approvePolicyDocument,
  suspendAgreement,
  resumeAgreement,
  showPolicyDocument,
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
  listDepartments,
  listCertificates,
  listCodeLists,
  listPurposes,
  listSchemas,
  showSchema,
  showSchemaImpact,
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
  listEntries,
  getEntryBundle,
  placeHold,
  liftHold,
  eraseSubject,
  setRetention,
  orderDestruction,
  rotateLogKey,
  replaceAuthority,
  showRetention,
  listDestructions,
  listHolds,
  listLogReads,
  listLogFindings,
  showLogState,
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
  askEvidence,
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
