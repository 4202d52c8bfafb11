/**
 * Who may do what on the staff listener: operation × role × own or other department. The only place that says so; docs/roles.md is
 * generated from it, and what it does not name is refused.
 *
 * The first word of a cell is for what belongs to the holder's own place (the department of her role, or the data office for a role
 * there), the second for what belongs to somebody else. *propose* = it waits for a person of the owner.
 */
import {
  atCounter,
  counted,
  credentialEnded,
  decided,
  everyone,
  everywhere,
  guarded,
  overseen,
  own,
  proposing,
  seen,
  seenBySenders,
  sent,
  type Cell,
  type Holder,
  type Owner,
  type Verdict,
} from './cells.ts';
import type { RoleGrant } from './roles.ts';

export { holders, type Cell, type Holder, type Owner, type Verdict } from './cells.ts';

export const permissions = {
  // persons and keys
  invitePerson: { operator: everywhere },
  grantRole: { operator: everywhere },
  listPersons: seen,
  confirmPerson: guarded,
  // whoever leaves is ended at once, by one person: it takes away, and gives nothing
  endPerson: { operator: everywhere, 'office security': everywhere, steward: own, security: own },
  // who stands in for a steward, and until when; whoever ends it takes it away
  nameStandIn: { operator: proposing, 'office steward': proposing, steward: own, security: own },
  endStandIn: guarded,
  listStandIns: seen,
  issueToken: everyone,
  revokeToken: credentialEnded,
  // in a browser
  showSession: everyone,
  listSessions: everyone,
  endSession: credentialEnded,
  offerAuthenticator: everyone,
  offerPasskey: everyone,
  registerPasskey: everyone,
  listPasskeys: everyone,
  offerAccount: everyone,
  registerAccount: everyone,
  registerDepartment: { operator: own },
  issueEnrolmentCode: { operator: everywhere },
  confirmKey: guarded,
  objectToKey: { 'office steward': everywhere, 'office security': everywhere, steward: own, security: own },
  // the data office settles what was objected to
  refuseKey: { 'office steward': everywhere, 'office security': everywhere },
  revokeCertificate: { operator: everywhere, 'office security': everywhere, steward: own, security: own },
  // what is registered
  registerCodeList: { operator: proposing, 'office steward': proposing, steward: proposing },
  withdrawCodeList: { operator: proposing, 'office steward': proposing, steward: proposing },
  registerPurpose: { operator: proposing, 'office steward': proposing, steward: proposing },
  registerNotice: { operator: everywhere, 'office steward': own, steward: own },
  registerSchema: { operator: proposing, 'office steward': proposing, steward: proposing },
  // who agrees to a version is decided further, within a cell: the second person of its owner, the security officer
  decideSchema: {
    operator: own,
    'office steward': everywhere,
    'office security': everywhere,
    steward: own,
    security: own,
  },
  registerDataset: { operator: everywhere, 'office steward': own, steward: own },
  rebindDataset: { operator: everywhere, 'office steward': own, steward: own },
  // by whoever looks after it alone: the operator brings things in, and changes none of their rules
  amendDataset: { 'office steward': own, steward: own },
  beginChangeover: { operator: everywhere, 'office steward': own, steward: own },
  showChangeover: seen,
  // who agrees to it is decided further, within a cell: the second person of its department, the security officer
  decideChangeover: decided,
  examineRows: seen,
  decideDataset: { 'office steward': everywhere, 'office security': everywhere, steward: own, security: own },
  registerMapping: { operator: proposing, 'office steward': proposing, steward: proposing },
  registerPull: { 'office steward': own, steward: own },
  showPull: seenBySenders,
  listPulls: seenBySenders,
  runPull: sent,
  // only its own department knows of its database; the office may end it
  pausePull: { steward: own, security: own },
  resumePull: { steward: own, security: own },
  endPull: { 'office steward': everywhere, 'office security': everywhere, steward: own, security: own },
  registerLiveService: { 'office steward': own, steward: own },
  showLiveService: seen,
  endLiveService: decided,
  registerCatalogueEntry: { operator: proposing, 'office steward': proposing, steward: proposing },
  importCatalogue: { operator: proposing, 'office steward': proposing, steward: proposing },
  // which department a fact comes from is the data office's to decide; others propose
  registerElementSource: { operator: proposing, 'office steward': proposing, steward: proposing },
  registerMatter: { operator: proposing, 'office steward': proposing, steward: proposing },
  endMatter: { operator: proposing, 'office steward': proposing, steward: proposing },
  showProposal: seen,
  // a department that has nobody who could is stood in for by the data office
  acceptProposal: decided,
  refuseProposal: {
    operator: own,
    'office steward': everywhere,
    'office security': everywhere,
    steward: own,
    security: own,
  },
  // submissions: a person sends in a browser what her department's machine would
  openBatch: sent,
  putBatchPart: sent,
  commitBatch: sent,
  getQuarantine: sent,
  getTemplate: sent,
  listBatchProblems: seenBySenders,
  showFieldPlaces: seenBySenders,
  compareBatch: seenBySenders,
  // those that wait for a person
  releaseBatch: { 'office steward': everywhere, 'office security': everywhere, steward: own, security: own },
  dropBatch: { 'office steward': everywhere, 'office security': everywhere, steward: own, security: own },
  tryMapping: { 'office steward': own, steward: own },
  traceRow: sent,
  deleteRows: { 'office steward': own, steward: own },
  retranslateBatch: { 'office steward': own, steward: own },
  restoreBatch: { 'office steward': everywhere, 'office security': everywhere, steward: own, security: own },
  // policy
  submitPolicyDocument: { operator: everywhere, 'office steward': everywhere, steward: own },
  approvePolicyDocument: decided,
  suspendAgreement: guarded,
  resumeAgreement: decided,
  showPolicyDocument: seen,
  // whom a department's key lets sign: another person hands it in, one person takes it away
  giveMandate: { 'office steward': own, 'office security': own, steward: own, security: own },
  revokeMandate: guarded,
  listMandates: seen,
  showMandate: seen,
  offerPolicySignature: { 'office steward': own, 'office security': own, steward: own, security: own },
  signPolicyDocument: { 'office steward': own, 'office security': own, steward: own, security: own },
  // what would be, over what one may see
  tryPolicyDocument: seen,
  simulatePolicy: seen,
  listVisible: seen,
  // requests: whose stage it is decides further, within a cell
  registerProcedure: { operator: own, 'office steward': own },
  makeRequest: { 'office steward': own, steward: own },
  // templates are the data office's; a department's steward may propose one
  registerRequestTemplate: { 'office steward': proposing, steward: proposing },
  withdrawRequestTemplate: { 'office steward': proposing, steward: proposing },
  beginFromTemplate: { 'office steward': own, steward: own },
  beginRenewal: { 'office steward': own, steward: own },
  listRequestTemplates: everyone,
  answerRequest: { 'office steward': everywhere, 'office security': everywhere, steward: own, security: own },
  showRequest: seen,
  listRequests: seen,
  makeDemand: { steward: own },
  actOnDemand: { 'office steward': everywhere, steward: own },
  listDemands: seen,
  raiseDispute: { steward: own },
  actOnDispute: { 'office steward': everywhere, steward: own },
  listDisputes: seen,
  showDispute: seen,
  importApproval: { 'office steward': proposing },
  takePaperConsent: { steward: own },
  openTicket: { steward: own },
  answerTicket: { steward: own },
  listTickets: seen,
  showTicket: seen,
  listWaiting: everyone,
  // where one is reminded of it: a person says it for herself, a steward for her department
  listReminderAddresses: everyone,
  setOwnReminders: everyone,
  setDepartmentReminders: { 'office steward': own, steward: own },
  // what is read: a list holds what its reader may see, and refuses nobody
  listDepartments: everyone,
  listCertificates: seen,
  listCodeLists: everyone,
  listPurposes: everyone,
  listSchemas: everyone,
  showSchema: everyone,
  showSchemaImpact: seen,
  trySchema: everyone,
  tryCatalogueImport: everyone,
  searchCatalogue: everyone,
  showCatalogueEntry: everyone,
  listMatters: everyone,
  showMatter: everyone,
  listElementSources: everyone,
  showUses: everyone,
  listDatasets: everyone,
  showDataset: everyone,
  sampleDataset: everyone,
  tryMasks: everyone,
  listPolicyDocuments: seen,
  showBoard: counted,
  listBoardRows: counted,
  listBatches: seenBySenders,
  getBatch: seenBySenders,
  // what recipients took on
  listDuties: seen,
  // persons who ask who looked at their data
  appointPersonService: { operator: everywhere, 'office steward': own },
  viewSubjectAtCounter: atCounter,
  withdrawConsentAtCounter: atCounter,
  delayView: { 'office security': own, security: proposing },
  endViewDelay: { 'office steward': everywhere, 'office security': everywhere, security: own },
  listViewDelays: { ...overseen, security: own, auditor: own },
  showQuality: seenBySenders,
  // the log
  listEntries: { 'office auditor': everywhere },
  getEntryBundle: { 'office auditor': everywhere },
  placeHold: { 'office security': own, 'office auditor': own },
  liftHold: { 'office security': own, 'office auditor': own },
  eraseSubject: { 'office steward': own, 'office security': own },
  setRetention: { 'office steward': own, 'office security': own },
  orderDestruction: { 'office steward': own, 'office security': own },
  rotateLogKey: { operator: everywhere, 'office security': own },
  replaceAuthority: { operator: everywhere, 'office security': own },
  showRetention: overseen,
  listDestructions: { 'office auditor': everywhere },
  listHolds: overseen,
  listLogReads: { 'office auditor': everywhere, 'office security': everywhere, security: own },
  listLogFindings: { 'office auditor': everywhere },
  showLogState: {
    operator: everywhere,
    'office security': everywhere,
    'office auditor': everywhere,
    security: everywhere,
    auditor: everywhere,
  },
  searchEntries: { 'office auditor': everywhere, auditor: own },
  saveSearch: { 'office auditor': everywhere, auditor: own },
  listSavedSearches: { 'office auditor': everywhere, auditor: own },
  dropSavedSearch: { 'office auditor': everywhere, auditor: own },
  // findings of the rules over the log: a department does not acquit itself, it may hand one on
  listRisks: { 'office auditor': everywhere, 'office security': everywhere, auditor: own, security: own },
  showRisk: { 'office auditor': everywhere, 'office security': everywhere, auditor: own, security: own },
  acknowledgeRisk: { 'office auditor': everywhere, 'office security': everywhere },
  escalateRisk: { 'office auditor': everywhere, 'office security': everywhere, auditor: own, security: own },
  exportPack: { 'office auditor': everywhere },
  assessIncident: { 'office auditor': everywhere, 'office security': everywhere },
  sealSubjects: { 'office auditor': everywhere, 'office security': everywhere },
  openSubjects: { 'office auditor': everywhere, 'office security': everywhere },
  askEvidence: { 'office auditor': everywhere },
  listEvidence: { 'office auditor': everywhere, 'office security': everywhere },
  answerEvidence: { 'office auditor': everywhere, 'office security': everywhere },
  getEvidence: { 'office auditor': everywhere },
} as const satisfies Readonly<Record<string, Readonly<Partial<Record<Holder, Cell>>>>>;

export type StaffOperation = keyof typeof permissions;

export const holderOf = ({ role, department }: RoleGrant): Holder =>
  role === 'operator' ? 'operator' : department === undefined ? `office ${role}` : role;

/** The cell of the table; refused where it has none. */
export function cellOf(operation: StaffOperation, holder: Holder): Cell {
  const row: Readonly<Partial<Record<Holder, Cell>>> = permissions[operation];
  return row[holder] ?? ['refuse', 'refuse'];
}

/**
 * The best that any role of a person gives her.
 * @param owners whom what is touched belongs to; being one of several is enough
 */
export function verdictOf(
  operation: StaffOperation,
  grants: readonly RoleGrant[],
  owners: readonly Owner[],
): Verdict {
  const found = grants.map((grant): Verdict => {
    const [mine, others] = cellOf(operation, holderOf(grant));
    return owners.includes(grant.department) ? mine : others;
  });
  return found.find((one) => one === 'act') ?? found.find((one) => one === 'propose') ?? 'refuse';
}
