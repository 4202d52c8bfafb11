/**
 * Which function answers which operationId, by listener: every operation of the hub stands here once, the walks included. The boot
 * compares this with openapi.yaml: neither may have one more.
 */
import type { IntakeServices } from '../exchange/intake/services.ts';
import type { ReleaseServices } from '../exchange/release/services.ts';
import { decisionWalks, intakeWalks, releaseWalks, type SendingOperation } from '../exchange/walks.ts';
import type { StaffOperation } from '../domain/permissions.ts';
import { bindRows, type DeclaredOperation, type OperationRow, type OperationRows } from '../gate/bindRows.ts';
import { certificateDoor, departmentDoor } from '../gate/doors/exchangeDoors.ts';
import { openDoor } from '../gate/doors/openDoor.ts';
import { signInDoor, staffDoor } from '../gate/doors/staffDoor.ts';
import type { Answering, Gate } from '../gate/gate.ts';
import type { DepartmentCaller, StaffCaller, Stranger } from '../identity/authentication/caller.ts';
import { listBoardRows } from './board/listBoardRows.ts';
import { showBoard } from './board/showBoard.ts';
import { openOwnSession } from './subjects/openOwnSession.ts';
import { ownBindings } from './ownBindings.ts';
import { giveConsent } from './consents/giveConsent.ts';
import { listConsents } from './consents/listConsents.ts';
import { withdrawConsentAtCounter } from './consents/withdrawConsentAtCounter.ts';
import { withdrawConsent } from './consents/withdrawConsent.ts';
import { demanding } from './demands/demanding.ts';
import { stateDuties } from './duties/stateDuties.ts';
import type { HubMetrics } from './health/hubMetrics.ts';
import { metrics } from './health/metrics.ts';
import { probing } from './health/probing.ts';
import { diagnose } from './identity/diagnose.ts';
import { diagnoseHandshake } from './identity/diagnoseHandshake.ts';
import { enrol } from './identity/enrol.ts';
import { getCrl } from './identity/getCrl.ts';
import { getJwks } from './identity/getJwks.ts';
import { getDocumentsSchema } from './registry/getDocumentsSchema.ts';
import { getSigningProfile } from './identity/getSigningProfile.ts';
import { graceRenew } from './identity/graceRenew.ts';
import { issueEnrolmentCode } from './identity/issueEnrolmentCode.ts';
import { registerDepartment } from './identity/registerDepartment.ts';
import { renewCertificate } from './identity/renewCertificate.ts';
import { revokeCertificate } from './identity/revokeCertificate.ts';
import { reminding } from './reminders/reminding.ts';
import { serving } from './liveServices/serving.ts';
import { pulling } from './pulls/pulling.ts';
import { sending } from './intake/sending.ts';
import { watching } from './intake/watching.ts';
import { answerEvidence } from './log/answerEvidence.ts';
import { incidents } from './log/incidents.ts';
import { askEvidence } from './log/askEvidence.ts';
import { exportPack } from './log/exportPack.ts';
import { getEntryBundle } from './log/getEntryBundle.ts';
import { listEntries } from './log/listEntries.ts';
import { exchanges } from './log/exchanges.ts';
import { listEvidence } from './log/listEvidence.ts';
import { keeping } from './log/keeping.ts';
import { listLogFindings } from './log/listLogFindings.ts';
import { showLogState } from './log/showLogState.ts';
import { acknowledgeRisk } from './risks/acknowledgeRisk.ts';
import { escalateRisk } from './risks/escalateRisk.ts';
import { listRisks } from './risks/listRisks.ts';
import { showRisk } from './risks/showRisk.ts';
import { getCosignedCheckpoint } from './log/getCosignedCheckpoint.ts';
import { proveConsistency } from './log/proveConsistency.ts';
import { getAnchors } from './log/getAnchors.ts';
import { getCheckpoint } from './log/getCheckpoint.ts';
import { getEvidence } from './log/getEvidence.ts';
import { dropSavedSearch } from './log/dropSavedSearch.ts';
import { listSavedSearches } from './log/listSavedSearches.ts';
import { saveSearch } from './log/saveSearch.ts';
import { searchEntries } from './log/searchEntries.ts';
import { mandating } from './mandates/mandating.ts';
import { mayCall } from './mayCall.ts';
import { readings } from './reading/readings.ts';
import { approvePolicyDocument } from './policy/approvePolicyDocument.ts';
import { explainDecision } from './policy/explainDecision.ts';
import { listVisible } from './policy/listVisible.ts';
import { simulatePolicy } from './policy/simulatePolicy.ts';
import { tryPolicyDocument } from './policy/tryPolicyDocument.ts';
import { submitPolicyDocument } from './policy/submitPolicyDocument.ts';
import { resumeAgreement } from './policy/resumeAgreement.ts';
import { showPolicyDocument } from './policy/showPolicyDocument.ts';
import { suspendAgreement } from './policy/suspendAgreement.ts';
import { changingOver } from './registry/changeover/changingOver.ts';
import { decideSchema } from './registry/decideSchema.ts';
import { decideDataset } from './registry/decideDataset.ts';
import { describeReceived } from './registry/describeReceived.ts';
import { examineRows } from './registry/examineRows.ts';
import { registerDataset } from './registry/registerDataset.ts';
import { registerNotice } from './registry/registerNotice.ts';
import { sampleDataset } from './registry/sampleDataset.ts';
import { tryCatalogueImport } from './catalogue/tryCatalogueImport.ts';
import { trySchema } from './registry/trySchema.ts';
import { tryMasks } from './registry/tryMasks.ts';
import { showSchemaImpact } from './registry/showSchemaImpact.ts';
import { confirmKey } from './signingKeys/confirmKey.ts';
import { objectToKey } from './signingKeys/objectToKey.ts';
import { refuseKey } from './signingKeys/refuseKey.ts';
import { endViewDelay } from './subjects/endViewDelay.ts';
import { listViewDelays } from './subjects/listViewDelays.ts';
import { viewSubject } from './subjects/viewSubject.ts';
import { viewSubjectAtCounter } from './subjects/viewSubjectAtCounter.ts';
import { ticketing } from './tickets/ticketing.ts';
import { ownSessions } from './sessions/ownSessions.ts';
import { signInOperations } from './sessions/signInOperations.ts';
import { disputing } from './disputes/disputing.ts';
import { requesting } from './requests/requesting.ts';
import type { Services } from './services.ts';
import { permitted, proposable } from './permitted.ts';
import { acceptProposal } from './proposals/acceptProposal.ts';
import { refuseProposal } from './proposals/refuseProposal.ts';
import { registrars } from './proposals/registrars.ts';
import { showProposal } from './proposals/showProposal.ts';
import { acceptInvitation } from './staff/acceptInvitation.ts';
import { staffing } from './staff/staffing.ts';
import { listWaiting } from './inbox/listWaiting.ts';

/** By a department's certificate and signature, beside the walks. */
const exchangeOperations: OperationRows<DepartmentCaller, Services> = {
  giveConsent: { kind: 'consent', run: giveConsent },
  withdrawConsent: { kind: 'consent', run: withdrawConsent },
  listConsents: { kind: 'inspect', run: listConsents },
  viewSubject: { kind: 'inspect', run: viewSubject },
  openOwnSession: { kind: 'management', run: openOwnSession },
  stateDuties: { kind: 'management', run: stateDuties },
  ...exchanges,
  explainDecision: { kind: 'inspect', run: explainDecision },
  describeReceived: { kind: 'inspect', run: describeReceived },
  renewCertificate: { kind: 'management', run: renewCertificate },
  ...readings,
  ...ticketing,
};

/** By a certificate in force alone. */
const certificateOperations: OperationRows<DepartmentCaller | Stranger, Services> = {
  diagnose: { kind: 'inspect', run: diagnose },
};

const staffActs: Readonly<
  Record<
    Exclude<StaffOperation, keyof typeof registrars | SendingOperation>,
    OperationRow<StaffCaller, Services>
  >
> = {
  ...staffing,
  registerDepartment: { kind: 'management', run: registerDepartment },
  issueEnrolmentCode: { kind: 'management', run: issueEnrolmentCode },
  confirmKey: { kind: 'management', run: confirmKey },
  objectToKey: { kind: 'management', run: objectToKey },
  refuseKey: { kind: 'management', run: refuseKey },
  revokeCertificate: { kind: 'management', run: revokeCertificate },
  registerNotice: { kind: 'management', run: registerNotice },
  registerDataset: { kind: 'management', run: registerDataset },
  decideSchema: { kind: 'management', run: decideSchema },
  ...changingOver,
  decideDataset: { kind: 'management', run: decideDataset },
  examineRows: { kind: 'inspect', run: examineRows },
  showSchemaImpact: { kind: 'inspect', run: showSchemaImpact },
  showProposal: { kind: 'inspect', run: showProposal },
  acceptProposal: { kind: 'management', run: acceptProposal },
  refuseProposal: { kind: 'management', run: refuseProposal },
  ...decisionWalks,
  submitPolicyDocument: { kind: 'management', run: submitPolicyDocument },
  approvePolicyDocument: { kind: 'management', run: approvePolicyDocument },
  suspendAgreement: { kind: 'management', run: suspendAgreement },
  resumeAgreement: { kind: 'management', run: resumeAgreement },
  showPolicyDocument: { kind: 'inspect', run: showPolicyDocument },
  ...mandating,
  listWaiting: { kind: 'inspect', run: listWaiting },
  sampleDataset: { kind: 'inspect', run: sampleDataset },
  trySchema: { kind: 'inspect', run: trySchema },
  tryCatalogueImport: { kind: 'inspect', run: tryCatalogueImport },
  listVisible: { kind: 'inspect', run: listVisible },
  tryPolicyDocument: { kind: 'inspect', run: tryPolicyDocument },
  simulatePolicy: { kind: 'inspect', run: simulatePolicy },
  tryMasks: { kind: 'inspect', run: tryMasks },
  listEntries: { kind: 'inspect', run: listEntries },
  getEntryBundle: { kind: 'inspect', run: getEntryBundle },
  ...keeping,
  listLogFindings: { kind: 'inspect', run: listLogFindings },
  showLogState: { kind: 'inspect', run: showLogState },
  listRisks: { kind: 'inspect', run: listRisks },
  showRisk: { kind: 'inspect', run: showRisk },
  acknowledgeRisk: { kind: 'management', run: acknowledgeRisk },
  escalateRisk: { kind: 'management', run: escalateRisk },
  viewSubjectAtCounter: { kind: 'inspect', run: viewSubjectAtCounter },
  withdrawConsentAtCounter: { kind: 'consent', run: withdrawConsentAtCounter },
  endViewDelay: { kind: 'management', run: endViewDelay },
  listViewDelays: { kind: 'inspect', run: listViewDelays },
  searchEntries: { kind: 'inspect', run: searchEntries },
  saveSearch: { kind: 'management', run: saveSearch },
  listSavedSearches: { kind: 'inspect', run: listSavedSearches },
  dropSavedSearch: { kind: 'management', run: dropSavedSearch },
  exportPack: { kind: 'management', run: exportPack },
  ...incidents,
  askEvidence: { kind: 'management', run: askEvidence },
  listEvidence: { kind: 'inspect', run: listEvidence },
  answerEvidence: { kind: 'management', run: answerEvidence },
  getEvidence: { kind: 'management', run: getEvidence },
  ...watching,
  ...pulling,
  ...reminding,
  ...serving,
  showBoard: { kind: 'inspect', run: showBoard },
  listBoardRows: { kind: 'inspect', run: listBoardRows },
  ...ownSessions,
  ...requesting,
  ...disputing,
  ...demanding,
  ...readings,
  ...ticketing,
};

/** None answers but through the table of who may do what. */
const staffOperations: OperationRows<StaffCaller, Services> = Object.fromEntries([
  ...Object.entries(staffActs).map(([name, row]): [string, OperationRow<StaffCaller, Services>] => [
    name,
    { ...row, run: permitted(name as StaffOperation, row.run) },
  ]),
  ...Object.keys(registrars).map((name): [string, OperationRow<StaffCaller, Services>] => [
    name,
    { kind: 'management', run: proposable(name as StaffOperation) },
  ]),
]);

/** Of the open listener: those that change something leave an entry. */
const openOperations: OperationRows<Stranger, Services> = {
  enrol: { kind: 'management', run: enrol },
  graceRenew: { kind: 'management', run: graceRenew },
  acceptInvitation: { kind: 'management', run: acceptInvitation },
  getJwks: { kind: 'none', run: getJwks },
  getDocumentsSchema: { kind: 'none', run: getDocumentsSchema },
  getSigningProfile: { kind: 'none', run: getSigningProfile },
  getCrl: { kind: 'none', run: getCrl },
  getCheckpoint: { kind: 'none', run: getCheckpoint },
  getCosignedCheckpoint: { kind: 'none', run: getCosignedCheckpoint },
  proveConsistency: { kind: 'none', run: proveConsistency },
  getAnchors: { kind: 'none', run: getAnchors },
  diagnoseHandshake: { kind: 'none', run: diagnoseHandshake },
};

/** What is made of the services, for some operations alone. */
export interface FurtherServices {
  readonly intake: IntakeServices;
  readonly release: ReleaseServices;
  readonly metrics: HubMetrics;
}

/** By listener, by operationId. */
export type Bindings = Readonly<
  Record<'exchange' | 'open' | 'staff' | 'citizen' | 'admin', Readonly<Record<string, Answering>>>
>;

/** @throws TypeError where openapi.yaml says otherwise */
export function bindings(
  gate: Gate,
  declared: readonly DeclaredOperation[],
  services: Services,
  further: FurtherServices,
): Bindings {
  const { identity, keys, database } = services;
  const signer = { key: keys.hubSigning, now: () => database.now() };
  const departments = { gate, declared, door: departmentDoor(identity, signer) };
  const certified = { gate, declared, door: certificateDoor(identity, signer) };
  const anybody = { gate, declared, door: openDoor };
  return {
    exchange: {
      ...bindRows(departments, releaseWalks, further.release),
      ...bindRows(departments, intakeWalks, further.intake),
      ...bindRows(departments, exchangeOperations, services),
      ...bindRows(certified, certificateOperations, services),
    },
    open: bindRows(anybody, openOperations, services),
    citizen: ownBindings(gate, declared, services),
    staff: staffBindings(gate, declared, services, further.intake),
    admin: {
      ...bindRows(anybody, probing, services),
      ...bindRows(anybody, { metrics: { kind: 'none', run: metrics } }, further.metrics),
    },
  };
}

/** What answers on the staff listener, and in the demo on http://localhost: `services.hub.staff` says where that is and by which cookie. */
export function staffBindings(
  gate: Gate,
  declared: readonly DeclaredOperation[],
  services: Services,
  intake: IntakeServices,
): Readonly<Record<string, Answering>> {
  const { identity, hub } = services;
  const staff = { gate, declared, door: staffDoor(identity, hub.staff), permit: mayCall };
  const signingIn = { gate, declared, door: signInDoor(hub.staff) };
  return {
    ...bindRows(staff, staffOperations, services),
    ...bindRows(staff, sending(intake), services),
    ...bindRows(signingIn, signInOperations, services),
  };
}
