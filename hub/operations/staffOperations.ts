/** The operations of persons on the staff listener, in the order of docs/roles.md. */
import type { StaffOperationId } from '../gate/contract.ts';
import type { Permission } from '../domain/permissions.ts';
import { invitePerson } from './staff/invitePerson.ts';
import { grantRole } from './staff/grantRole.ts';
import { listPersons } from './staff/listPersons.ts';
import { confirmPerson } from './staff/confirmPerson.ts';
import { endPerson } from './staff/endPerson.ts';
import { nameStandIn } from './staff/nameStandIn.ts';
import { endStandIn } from './staff/endStandIn.ts';
import { listStandIns } from './staff/listStandIns.ts';
import { issueToken } from './staff/issueToken.ts';
import { revokeToken } from './staff/revokeToken.ts';
import { showSession } from './sessions/showSession.ts';
import { listSessions } from './sessions/listSessions.ts';
import { endSession } from './sessions/endSession.ts';
import { offerAuthenticator } from './sessions/offerAuthenticator.ts';
import { offerPasskey } from './sessions/offerPasskey.ts';
import { registerPasskey } from './sessions/registerPasskey.ts';
import { listPasskeys } from './sessions/listPasskeys.ts';
import { offerAccount } from './sessions/offerAccount.ts';
import { registerAccount } from './sessions/registerAccount.ts';
import { registerDepartment } from './identity/registerDepartment.ts';
import { issueEnrolmentCode } from './identity/issueEnrolmentCode.ts';
import { confirmKey } from './signingKeys/confirmKey.ts';
import { objectToKey } from './signingKeys/objectToKey.ts';
import { refuseKey } from './signingKeys/refuseKey.ts';
import { revokeCertificate } from './identity/revokeCertificate.ts';
import { registerCodeList } from './registry/registerCodeList.ts';
import { withdrawCodeList } from './registry/withdrawCodeList.ts';
import { registerPurpose } from './registry/registerPurpose.ts';
import { registerNotice } from './registry/registerNotice.ts';
import { registerSchema } from './registry/registerSchema.ts';
import { decideSchema } from './registry/decideSchema.ts';
import { registerDataset } from './registry/registerDataset.ts';
import { rebindDataset } from './registry/rebindDataset.ts';
import { amendDataset } from './registry/amendDataset.ts';
import { beginChangeover } from './registry/changeover/beginChangeover.ts';
import { showChangeover } from './registry/changeover/showChangeover.ts';
import { decideChangeover } from './registry/changeover/decideChangeover.ts';
import { examineRows } from './registry/examineRows.ts';
import { decideDataset } from './registry/decideDataset.ts';
import { registerMapping } from './registry/registerMapping.ts';
import { registerPull } from './pulls/registerPull.ts';
import { showPull } from './pulls/showPull.ts';
import { listPulls } from './pulls/listPulls.ts';
import { runPull } from './pulls/runPull.ts';
import { pausePull } from './pulls/pausePull.ts';
import { resumePull } from './pulls/resumePull.ts';
import { endPull } from './pulls/endPull.ts';
import { registerLiveService } from './liveServices/registerLiveService.ts';
import { showLiveService } from './liveServices/showLiveService.ts';
import { endLiveService } from './liveServices/endLiveService.ts';
import { registerCatalogueEntry } from './catalogue/registerCatalogueEntry.ts';
import { importCatalogue } from './catalogue/importCatalogue.ts';
import { registerElementSource } from './catalogue/registerElementSource.ts';
import { registerMatter } from './matters/registerMatter.ts';
import { endMatter } from './matters/endMatter.ts';
import { showProposal } from './proposals/showProposal.ts';
import { acceptProposal } from './proposals/acceptProposal.ts';
import { refuseProposal } from './proposals/refuseProposal.ts';
import { openBatch } from '../exchange/intake/openBatch.ts';
import { putBatchPart } from '../exchange/intake/putBatchPart.ts';
import { commitBatch } from '../exchange/intake/commitBatch.ts';
import { getQuarantine } from '../exchange/getQuarantine.ts';
import { getTemplate } from './intake/getTemplate.ts';
import { listBatchProblems } from './intake/listBatchProblems.ts';
import { showFieldPlaces } from '../exchange/inspect/showFieldPlaces.ts';
import { compareBatch } from '../exchange/inspect/compareBatch.ts';
import { releaseBatch } from '../exchange/intake/releaseBatch.ts';
import { dropBatch } from '../exchange/intake/dropBatch.ts';
import { tryMapping } from '../exchange/tryMapping.ts';
import { traceRow } from '../exchange/traceRow.ts';
import { deleteRows } from '../exchange/retire/deleteRows.ts';
import { retranslateBatch } from '../exchange/intake/retranslateBatch.ts';
import { restoreBatch } from '../exchange/intake/restoreBatch.ts';
import { submitPolicyDocument } from './policy/submitPolicyDocument.ts';
import { approvePolicyDocument } from './policy/approvePolicyDocument.ts';
import { suspendAgreement } from './policy/suspendAgreement.ts';
import { resumeAgreement } from './policy/resumeAgreement.ts';
import { showPolicyDocument } from './policy/showPolicyDocument.ts';
import { giveMandate } from './mandates/giveMandate.ts';
import { revokeMandate } from './mandates/revokeMandate.ts';
import { listMandates } from './mandates/listMandates.ts';
import { showMandate } from './mandates/showMandate.ts';
import { offerPolicySignature } from './mandates/offerPolicySignature.ts';
import { signPolicyDocument } from './mandates/signPolicyDocument.ts';
import { tryPolicyDocument } from './policy/tryPolicyDocument.ts';
import { simulatePolicy } from './policy/simulatePolicy.ts';
import { listVisible } from './policy/listVisible.ts';
import { registerProcedure } from './requests/registerProcedure.ts';
import { makeRequest } from './requests/makeRequest.ts';
import { registerRequestTemplate } from './requestTemplates/registerRequestTemplate.ts';
import { withdrawRequestTemplate } from './requestTemplates/withdrawRequestTemplate.ts';
import { beginFromTemplate } from './requestTemplates/beginFromTemplate.ts';
import { beginRenewal } from './requests/beginRenewal.ts';
import { listRequestTemplates } from './requestTemplates/listRequestTemplates.ts';
import { answerRequest } from './requests/answerRequest.ts';
import { showRequest } from './requests/showRequest.ts';
import { listRequests } from './requests/listRequests.ts';
import { makeDemand } from './demands/makeDemand.ts';
import { actOnDemand } from './demands/actOnDemand.ts';
import { listDemands } from './demands/listDemands.ts';
import { raiseDispute } from './disputes/raiseDispute.ts';
import { actOnDispute } from './disputes/actOnDispute.ts';
import { listDisputes } from './disputes/listDisputes.ts';
import { showDispute } from './disputes/showDispute.ts';
import { importApproval } from './requests/importApproval.ts';
import { takePaperConsent } from './consents/takePaperConsent.ts';
import { openTicket } from './tickets/openTicket.ts';
import { answerTicket } from './tickets/answerTicket.ts';
import { listTickets } from './tickets/listTickets.ts';
import { showTicket } from './tickets/showTicket.ts';
import { listWaiting } from './inbox/listWaiting.ts';
import { listReminderAddresses } from './reminders/listReminderAddresses.ts';
import { setOwnReminders } from './reminders/setOwnReminders.ts';
import { setDepartmentReminders } from './reminders/setDepartmentReminders.ts';
import { listDepartments } from './identity/listDepartments.ts';
import { listCertificates } from './identity/listCertificates.ts';
import { listCodeLists } from './registry/listCodeLists.ts';
import { listPurposes } from './registry/listPurposes.ts';
import { listSchemas } from './registry/listSchemas.ts';
import { showSchema } from './registry/showSchema.ts';
import { showSchemaImpact } from './registry/showSchemaImpact.ts';
import { trySchema } from './registry/trySchema.ts';
import { tryCatalogueImport } from './catalogue/tryCatalogueImport.ts';
import { searchCatalogue } from './catalogue/searchCatalogue.ts';
import { showCatalogueEntry } from './catalogue/showCatalogueEntry.ts';
import { listMatters } from './matters/listMatters.ts';
import { showMatter } from './matters/showMatter.ts';
import { listElementSources } from './catalogue/listElementSources.ts';
import { showUses } from './registry/showUses.ts';
import { listDatasets } from './registry/listDatasets.ts';
import { showDataset } from './registry/showDataset.ts';
import { sampleDataset } from './registry/sampleDataset.ts';
import { tryMasks } from './registry/tryMasks.ts';
import { listPolicyDocuments } from './policy/listPolicyDocuments.ts';
import { showBoard } from './board/showBoard.ts';
import { listBoardRows } from './board/listBoardRows.ts';
import { listBatches } from './intake/listBatches.ts';
import { getBatch } from './intake/getBatch.ts';
import { listDuties } from './duties/listDuties.ts';
import { appointPersonService } from './subjects/appointPersonService.ts';
import { viewSubjectAtCounter } from './subjects/viewSubjectAtCounter.ts';
import { withdrawConsentAtCounter } from './consents/withdrawConsentAtCounter.ts';
import { delayView } from './subjects/delayView.ts';
import { endViewDelay } from './subjects/endViewDelay.ts';
import { listViewDelays } from './subjects/listViewDelays.ts';
import { showQuality } from './intake/showQuality.ts';
import { listEntries } from './log/listEntries.ts';
import { getEntryBundle } from './log/getEntryBundle.ts';
import { placeHold } from './log/placeHold.ts';
import { liftHold } from './log/liftHold.ts';
import { eraseSubject } from './log/eraseSubject.ts';
import { setRetention } from './log/setRetention.ts';
import { orderDestruction } from './log/orderDestruction.ts';
import { rotateLogKey } from './log/rotateLogKey.ts';
import { replaceAuthority } from './identity/replaceAuthority.ts';
import { showRetention } from './log/showRetention.ts';
import { listDestructions } from './log/listDestructions.ts';
import { listHolds } from './log/listHolds.ts';
import { listLogReads } from './log/listLogReads.ts';
import { listLogFindings } from './log/listLogFindings.ts';
import { showLogState } from './log/showLogState.ts';
import { searchEntries } from './log/searchEntries.ts';
import { saveSearch } from './log/saveSearch.ts';
import { listSavedSearches } from './log/listSavedSearches.ts';
import { dropSavedSearch } from './log/dropSavedSearch.ts';
import { listRisks } from './risks/listRisks.ts';
import { showRisk } from './risks/showRisk.ts';
import { acknowledgeRisk } from './risks/acknowledgeRisk.ts';
import { escalateRisk } from './risks/escalateRisk.ts';
import { exportPack } from './log/exportPack.ts';
import { assessIncident } from './log/assessIncident.ts';
import { sealSubjects } from './log/sealSubjects.ts';
import { openSubjects } from './log/openSubjects.ts';
import { askEvidence } from './log/askEvidence.ts';
import { listEvidence } from './log/listEvidence.ts';
import { answerEvidence } from './log/answerEvidence.ts';
import { getEvidence } from './log/getEvidence.ts';
import type { ProposableOperation } from './proposals/proposable.ts';
import type { ProposableOperationId } from './proposals/proposableOperations.ts';

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
