/** Whom what a staff call touches belongs to: the question of the table in hub/domain/permissions.ts. */
import type { components } from '../../api/openapi.ts';
import { datasetId, providerOf } from '../../terms/ids.ts';
import type { StaffOperation } from '../domain/permissions.ts';
import { policyDocumentVersions } from '../store/policy/policyDocuments.ts';
import { codeListOwner } from '../store/registry/codeLists.ts';
import { proposalById } from '../store/registry/proposals.ts';
import { standInById } from '../store/identity/standIns.ts';
import { certificateBySerial } from '../store/identity/certificates.ts';
import { demandById } from '../store/demands/demands.ts';
import { disputeById } from '../store/disputes/disputes.ts';
import { viewDelayById } from '../store/subjects/viewDelays.ts';
import { ownerOfCodeList, ownerOfSchema, schemaNameIn } from './registry/ownedBy.ts';
import { placeOf } from '../identity/staffPlaces.ts';
import { claimedDepartment } from '../../certs/mandates/openMandate.ts';
import { consumersOf, partiesOfSubmission } from './policy/parties.ts';
import {
  any,
  each,
  office,
  her,
  standing,
  asking,
  keyOwner,
  writerOrOwner,
  ofBatch,
  ofDataset,
  ofSchema,
  ofRisk,
  ofMandate,
  ofRequest,
  type OwnersOf,
} from './whose.ts';

type Schemas = components['schemas'];

export const ownersOf: Readonly<Record<StaffOperation, OwnersOf>> = {
  invitePerson: (call) =>
    each((call.body as Schemas['PersonInvitation']).roles.map(({ department }) => department)),
  grantRole: (call) => any((call.body as Schemas['PersonRole']).department),
  confirmPerson: (call, { identity }) => {
    const person = identity.persons().find(({ id }) => id === call.params['person']);
    if (person === undefined) return office;
    return person.waiting.length === 0
      ? any(person.department)
      : each(person.waiting.map(({ department }) => department));
  },
  endPerson: (call, { identity }) =>
    any(identity.persons().find(({ id }) => id === call.params['person'])?.department),
  nameStandIn: (call) => any((call.body as Schemas['StandInNamed']).department),
  endStandIn: async (call, { database }) =>
    any((await standInById(database.app, call.params['standIn'] ?? ''))?.department),
  listStandIns: her,
  issueToken: her,
  revokeToken: (call, { identity }) => {
    const holder = identity.holderOf(call.params['token'] ?? '');
    return holder?.id === call.caller.person ? her(call) : any(holder?.department);
  },
  listPersons: her,
  showSession: her,
  listSessions: her,
  endSession: async (call, { identity }) => {
    const row = await identity.sessions.byId(call.params['session'] ?? '');
    if (row?.person === call.caller.person) return her(call);
    return any(identity.persons().find(({ id }) => id === row?.person)?.department);
  },
  offerAuthenticator: her,
  offerPasskey: her,
  registerPasskey: her,
  listPasskeys: her,
  offerAccount: her,
  registerAccount: her,
  registerDepartment: () => office,
  issueEnrolmentCode: (call) => any(call.params['department']),
  confirmKey: keyOwner,
  objectToKey: keyOwner,
  refuseKey: keyOwner,
  revokeCertificate: async (call, { database }) =>
    any((await certificateBySerial(database.app, call.params['serial'] ?? ''))?.department),
  registerCodeList: async (call, services) =>
    any(await ownerOfCodeList(services, call.body as Schemas['CodeList'], call.caller)),
  withdrawCodeList: async (call, { database }) =>
    any((await codeListOwner(database.app, call.params['list'] ?? ''))?.owner ?? undefined),
  registerPurpose: () => office,
  registerNotice: (call) => any((call.body as Schemas['Notice']).owner),
  registerSchema: async (call, services) => {
    const { document, owner } = call.body as Schemas['SchemaRegistration'];
    return any(await ownerOfSchema(services, schemaNameIn(document), owner, call.caller));
  },
  decideSchema: ofSchema,
  showSchemaImpact: ofSchema,
  registerDataset: (call) => any(providerOf(datasetId((call.body as Schemas['Dataset']).id))),
  rebindDataset: ofDataset,
  amendDataset: ofDataset,
  beginChangeover: ofDataset,
  showChangeover: ofDataset,
  decideChangeover: ofDataset,
  examineRows: ofDataset,
  decideDataset: ofDataset,
  registerMapping: (call) => any(providerOf(datasetId(call.params['dataset'] ?? ''))),
  registerLiveService: ofDataset,
  showLiveService: ofDataset,
  endLiveService: ofDataset,
  registerPull: ofDataset,
  showPull: ofDataset,
  runPull: ofDataset,
  pausePull: ofDataset,
  resumePull: ofDataset,
  endPull: ofDataset,
  registerCatalogueEntry: (call) => any(providerOf(datasetId((call.body as Schemas['CatalogueEntry']).id))),
  importCatalogue: (call) => any((call.body as Schemas['CatalogueImport']).department),
  tryCatalogueImport: her,
  registerElementSource: () => office,
  registerMatter: () => office,
  endMatter: () => office,
  showProposal: writerOrOwner,
  acceptProposal: async (call, { database }) =>
    any((await proposalById(database.app, call.params['proposal'] ?? ''))?.owner ?? undefined),
  refuseProposal: writerOrOwner,
  openBatch: ofDataset,
  putBatchPart: ofBatch,
  commitBatch: ofBatch,
  getQuarantine: ofBatch,
  getTemplate: ofDataset,
  listBatchProblems: her,
  showFieldPlaces: ofBatch,
  compareBatch: ofBatch,
  showBoard: her,
  listBoardRows: her,
  releaseBatch: ofBatch,
  dropBatch: ofBatch,
  restoreBatch: ofBatch,
  tryMapping: ofDataset,
  traceRow: ofDataset,
  deleteRows: ofDataset,
  retranslateBatch: ofBatch,
  submitPolicyDocument: (call) => any(...partiesOfSubmission(call.body as Schemas['PolicySubmission'])),
  approvePolicyDocument: async (call, { database }) => {
    const rows = await policyDocumentVersions(database.app, call.params['document'] ?? '');
    return any(rows.find(({ version }) => version === Number(call.params['version']))?.provider);
  },
  // as it says itself: that the department signed it is seen behind this
  giveMandate: (call) => any(claimedDepartment((call.body as Schemas['MandateHandedIn']).mandate)),
  revokeMandate: ofMandate,
  showMandate: ofMandate,
  listMandates: her,
  offerPolicySignature: standing,
  signPolicyDocument: standing,
  suspendAgreement: standing,
  resumeAgreement: standing,
  showPolicyDocument: standing,
  registerProcedure: () => office,
  makeRequest: (call) => {
    const { document = {}, automatic } = call.body as Schemas['DataRequest'];
    const [asking] = consumersOf(automatic ?? document);
    return any(asking);
  },
  registerRequestTemplate: () => office,
  withdrawRequestTemplate: () => office,
  beginFromTemplate: (call) => any(call.query['consumer']),
  beginRenewal: asking,
  listRequestTemplates: her,
  answerRequest: ofRequest,
  showRequest: ofRequest,
  listRequests: her,
  makeDemand: (call) => any((call.body as Schemas['DemandMade']).consumer),
  actOnDemand: async (call, { database }) => {
    const demand = await demandById(database.app, call.params['demand'] ?? '');
    return demand === undefined ? office : any(demand.consumer, demand.provider);
  },
  listDemands: her,
  raiseDispute: her,
  actOnDispute: async (call, { database }) => {
    const dispute = await disputeById(database.app, call.params['dispute'] ?? '');
    return dispute === undefined ? office : any(dispute.raised, dispute.other);
  },
  listDisputes: her,
  showDispute: her,
  importApproval: (call) => any(providerOf(datasetId((call.body as Schemas['ImportedApproval']).dataset))),
  takePaperConsent: (call) => any((call.body as Schemas['PaperConsent']).collectedBy),
  openTicket: her,
  answerTicket: her,
  listTickets: her,
  showTicket: her,
  listWaiting: her,
  listReminderAddresses: her,
  setOwnReminders: her,
  setDepartmentReminders: (call, { identity }) => any(placeOf(identity, call.params['department'])),
  listDepartments: her,
  listCertificates: her,
  listCodeLists: her,
  listPurposes: her,
  listSchemas: her,
  showSchema: her,
  searchCatalogue: her,
  showCatalogueEntry: her,
  listMatters: her,
  showMatter: her,
  listElementSources: her,
  showUses: her,
  listDatasets: her,
  showDataset: her,
  sampleDataset: her,
  trySchema: her,
  listVisible: her,
  tryPolicyDocument: (call) => any(...partiesOfSubmission(call.body as Schemas['PolicySubmission'])),
  simulatePolicy: (call) => any(...partiesOfSubmission(call.body as Schemas['PolicySimulation'])),
  tryMasks: her,
  listPolicyDocuments: her,
  listBatches: her,
  getBatch: her,
  listDuties: her,
  listPulls: her,
  appointPersonService: () => office,
  viewSubjectAtCounter: her,
  withdrawConsentAtCounter: her,
  delayView: () => office,
  endViewDelay: async (call, { database }) =>
    any((await viewDelayById(database.app, call.params['delay'] ?? ''))?.department),
  listViewDelays: her,
  showQuality: her,
  listEntries: () => office,
  getEntryBundle: () => office,
  placeHold: () => office,
  liftHold: () => office,
  eraseSubject: () => office,
  setRetention: () => office,
  orderDestruction: () => office,
  rotateLogKey: () => office,
  replaceAuthority: () => office,
  showRetention: () => office,
  listDestructions: () => office,
  listHolds: () => office,
  listLogReads: her,
  listLogFindings: () => office,
  showLogState: her,
  listRisks: her,
  showRisk: her,
  acknowledgeRisk: ofRisk,
  escalateRisk: ofRisk,
  searchEntries: her,
  saveSearch: her,
  listSavedSearches: her,
  dropSavedSearch: her,
  exportPack: () => office,
  assessIncident: () => office,
  sealSubjects: () => office,
  openSubjects: () => office,
  askEvidence: () => office,
  listEvidence: () => office,
  answerEvidence: () => office,
  getEvidence: () => office,
};
