/**
 * Who may do what on the staff listener: operation × role × own or other department. The only place that says so; docs/roles.md is
 * generated from it, and what it does not name is refused.
 *
 * The first word of a cell is for what belongs to the holder's own place (the department of her role, or the data office for a role
 * there), the second for what belongs to somebody else. *propose* = it waits for a person of the owner.
 */
import type { RoleGrant } from './roles.ts';

export type Verdict = 'act' | 'propose' | 'refuse';
/** Whom something belongs to: a department, or (undefined) the data office. */
export type Owner = string | undefined;

/** A role with its place: a department's, or the data office's. An operator is always of the data office. */
export const holders = [
  'operator',
  'office steward',
  'office security',
  'office auditor',
  'steward',
  'security',
  'auditor',
] as const;
export type Holder = (typeof holders)[number];
export type Cell = readonly [own: Verdict, other: Verdict];

const everywhere: Cell = ['act', 'act'];
const own: Cell = ['act', 'refuse'];
/** A foreign thing is proposed to its owner, whose persons accept or refuse. */
const proposing: Cell = ['act', 'propose'];

const everyone = {
  operator: everywhere,
  'office steward': everywhere,
  'office security': everywhere,
  'office auditor': everywhere,
  steward: everywhere,
  security: everywhere,
  auditor: everywhere,
} as const;

/** What a department's people see of their own, and the data office's of everybody. */
const seen = {
  operator: everywhere,
  'office steward': everywhere,
  'office security': everywhere,
  'office auditor': everywhere,
  steward: own,
  security: own,
  auditor: own,
} as const;

export const permissions = {
  // persons and keys
  invitePerson: { operator: everywhere },
  grantRole: { operator: everywhere },
  listPersons: seen,
  confirmPerson: {
    operator: everywhere,
    'office steward': everywhere,
    'office security': everywhere,
    steward: own,
    security: own,
  },
  // whoever leaves is ended at once, by one person: it takes away, and gives nothing
  endPerson: { operator: everywhere, 'office security': everywhere, steward: own, security: own },
  issueToken: everyone,
  revokeToken: {
    operator: everywhere,
    'office security': everywhere,
    'office steward': own,
    'office auditor': own,
    steward: own,
    security: own,
    auditor: own,
  },
  // in a browser
  showSession: everyone,
  listSessions: everyone,
  endSession: {
    operator: everywhere,
    'office security': everywhere,
    'office steward': own,
    'office auditor': own,
    steward: own,
    security: own,
    auditor: own,
  },
  offerAuthenticator: everyone,
  offerPasskey: everyone,
  registerPasskey: everyone,
  registerDepartment: { operator: own },
  issueEnrolmentCode: { operator: everywhere },
  confirmKey: {
    operator: everywhere,
    'office steward': everywhere,
    'office security': everywhere,
    steward: own,
    security: own,
  },
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
  decideDataset: { 'office steward': everywhere, 'office security': everywhere, steward: own, security: own },
  registerMapping: { operator: proposing, 'office steward': proposing, steward: proposing },
  registerCatalogueEntry: { operator: proposing, 'office steward': proposing, steward: proposing },
  showProposal: seen,
  // a department that has nobody who could is stood in for by the data office
  acceptProposal: {
    'office steward': everywhere,
    'office security': everywhere,
    steward: own,
    security: own,
  },
  refuseProposal: {
    operator: own,
    'office steward': everywhere,
    'office security': everywhere,
    steward: own,
    security: own,
  },
  // submissions that wait for a person
  releaseBatch: { 'office steward': everywhere, 'office security': everywhere, steward: own, security: own },
  dropBatch: { 'office steward': everywhere, 'office security': everywhere, steward: own, security: own },
  restoreBatch: { 'office steward': everywhere, 'office security': everywhere, steward: own, security: own },
  // policy
  submitPolicyDocument: { operator: everywhere, 'office steward': everywhere, steward: own },
  approvePolicyDocument: {
    'office steward': everywhere,
    'office security': everywhere,
    steward: own,
    security: own,
  },
  suspendAgreement: {
    operator: everywhere,
    'office steward': everywhere,
    'office security': everywhere,
    steward: own,
    security: own,
  },
  resumeAgreement: {
    'office steward': everywhere,
    'office security': everywhere,
    steward: own,
    security: own,
  },
  showPolicyDocument: seen,
  // requests: whose stage it is decides further, within a cell
  registerProcedure: { operator: own, 'office steward': own },
  makeRequest: { 'office steward': own, steward: own },
  answerRequest: { 'office steward': everywhere, 'office security': everywhere, steward: own, security: own },
  showRequest: seen,
  listRequests: seen,
  listWaiting: everyone,
  // what is read: a list holds what its reader may see, and refuses nobody
  listDepartments: everyone,
  listCertificates: seen,
  listCodeLists: everyone,
  listPurposes: everyone,
  listSchemas: everyone,
  showSchema: everyone,
  showSchemaImpact: seen,
  searchCatalogue: everyone,
  showCatalogueEntry: everyone,
  listDatasets: everyone,
  showDataset: everyone,
  sampleDataset: everyone,
  listPolicyDocuments: seen,
  listBatches: seen,
  getBatch: seen,
  // persons who ask who looked at their data
  appointPersonService: { operator: everywhere, 'office steward': own },
  viewSubjectAtCounter: { 'office steward': own, steward: own },
  delayView: { 'office security': own, security: proposing },
  endViewDelay: { 'office steward': everywhere, 'office security': everywhere, security: own },
  listViewDelays: {
    'office steward': everywhere,
    'office security': everywhere,
    'office auditor': everywhere,
    security: own,
    auditor: own,
  },
  showQuality: seen,
  // the log
  listEntries: { 'office auditor': everywhere },
  getEntryBundle: { 'office auditor': everywhere },
  listLogFindings: { 'office auditor': everywhere },
  searchEntries: { 'office auditor': everywhere, auditor: own },
  saveSearch: { 'office auditor': everywhere, auditor: own },
  listSavedSearches: { 'office auditor': everywhere, auditor: own },
  dropSavedSearch: { 'office auditor': everywhere, auditor: own },
  // findings of the rules over the log: a department does not acquit itself, it may hand one on
  listRisks: { 'office auditor': everywhere, 'office security': everywhere, auditor: own, security: own },
  acknowledgeRisk: { 'office auditor': everywhere, 'office security': everywhere },
  escalateRisk: { 'office auditor': everywhere, 'office security': everywhere, auditor: own, security: own },
  exportPack: { 'office auditor': everywhere },
  assessIncident: { 'office auditor': everywhere, 'office security': everywhere },
  askEvidence: { 'office auditor': everywhere },
  answerEvidence: { 'office auditor': everywhere, 'office security': everywhere },
  getEvidence: { 'office auditor': everywhere },
} as const satisfies Readonly<Record<string, Readonly<Partial<Record<Holder, Cell>>>>>;

export type StaffOperation = keyof typeof permissions;

/** What a second person of the owner accepts before it is done, whoever writes it. */
export const fourEyed: ReadonlySet<StaffOperation> = new Set([
  'registerCodeList',
  'withdrawCodeList',
  'registerPurpose',
  'appointPersonService',
  'delayView',
  'registerCatalogueEntry',
]);

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
