/** Every cell of the table of who may do what, through the real staff listener: what it refuses is refused, and nothing else is. */
import assert from 'node:assert/strict';
import { Agent } from 'node:https';
import { test } from 'node:test';
import request from 'supertest';
import { admitPerson } from '../../tests/admitPerson.ts';
import { decideProposal, insertProposal } from '../registry/store/proposals.ts';
import { newKeyPair } from '../../machine/newKeyPair.ts';
import { refuseKey as refuseRow } from '../identity/store/keyApprovals.ts';
import { insertSigningKey } from '../identity/store/signingKeys.ts';
import { insertSchema } from '../registry/store/schemas.ts';
import { acknowledgeRisk as answerRisk, insertRisk } from '../features/risks/store/risks.ts';
import { startStaffHub } from '../../tests/staffHub.ts';
import { othersCredentialEnded } from '../domain/cells.ts';
import { cellOf, holders, type Cell, type Holder, isRole, type RoleGrant } from '../domain/permissions.ts';
import type { StaffOperationId } from '../pipeline/contract.ts';
import type { Risk } from '../domain/risks/risk.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { openBatch } from '../flows/intake/store/batches.ts';
import { readContract } from '../platform/http/contract/contract.ts';
import { endPerson } from '../identity/persons/personLifeCycle.ts';
import { invitePerson } from '../identity/persons/invitePerson.ts';
import { staffOperations } from './staffOperations.ts';
import { nonEmpty } from '../../tests/nonEmpty.ts';
import { caseTargets } from '../../tests/caseTargets.ts';
import { eventTargets } from '../../tests/eventTargets.ts';
import { officerTargets } from '../../tests/officerTargets.ts';
import { ownOperations } from '../../tests/ownOperations.ts';
import { defined } from '../../terms/defined.ts';

const hub = await startStaffHub();
// thousands of calls: a connection of each would take longer than its answer
const agent = new Agent({ keepAlive: true, ca: hub.ca });
test.after(() => agent.destroy());
const { identity } = hub.services;
const { operations } = readContract();

interface Wanted {
  readonly path: string;
  readonly body?: object;
}
/** What is called for an item of one owner; undefined: no item of that kind can be theirs. */
type Target = (owner: string | undefined) => Wanted | undefined;

async function call({ path, body }: Wanted, operation: StaffOperationId, token: string) {
  const { method } = operations.find(({ operationId }) => operationId === operation) ?? {};
  const listener = request(`https://localhost:${hub.ports.staff}`);
  const verb = method === 'GET' ? 'get' : method === 'PUT' ? 'put' : 'post';
  const sent = listener[verb](path);
  const bytes = method === 'PUT' ? { 'content-type': 'application/octet-stream' } : {};
  const reply = await sent
    .agent(agent)
    .set({ authorization: `Bearer ${token}`, ...bytes })
    .send(body);
  return { status: reply.status, code: (reply.body as { code?: string }).code ?? '' };
}

const operator = await hub.token(['operator']);
for (const code of ['own-one', 'other-one']) {
  const body = { code, name: { zh: code, en: code }, kind: 'government' };
  assert.equal((await call({ path: '/v1/departments', body }, 'registerDepartment', operator)).status, 201);
}
const grantOf = (holder: Holder): RoleGrant => {
  const role = holder.replace('office ', '');
  assert.ok(isRole(role));
  const inOffice = holder === 'operator' || holder.startsWith('office ');
  return inOffice ? { role } : { role, department: 'own-one' };
};
const tokens = new Map<Holder, string>();
for (const holder of holders) {
  tokens.set(holder, (await admitPerson(identity, holder, [grantOf(holder)])).token);
}
const waiting = new Map<string | undefined, string>();
const holderOfToken = new Map<string | undefined, string>();
for (const department of ['own-one', 'other-one', undefined]) {
  const roles = [{ role: 'auditor' as const, ...defined({ department }) }];
  const invited = await identity.perform('invitePerson', { proven: { staff: 'hub' } }, (context) =>
    identity.prepare(invitePerson, { name: 'somebody', roles }, 'nobody', context),
  );
  waiting.set(department, invited.person);
  holderOfToken.set(department, (await admitPerson(identity, 'someone else', roles)).id);
}
const gone = new Map<string | undefined, string>();
for (const department of ['own-one', 'other-one', undefined]) {
  const left = await identity.perform('invitePerson', { proven: { staff: 'hub' } }, (context) =>
    identity.prepare(
      invitePerson,
      { name: 'gone', roles: [{ role: 'auditor' }], ...defined({ department }) },
      'nobody',
      context,
    ),
  );
  await identity.perform('endPerson', { proven: { staff: 'hub' } }, (context) =>
    identity.prepare(endPerson, { person: left.person, reason: 'test' }, 'nobody', context),
  );
  gone.set(department, left.person);
}
const outsider = await admitPerson(identity, 'outsider', [{ role: 'operator' }]);
const proposals = new Map<string | undefined, string>();
for (const owner of ['own-one', 'other-one', undefined]) {
  const id = uuid7(Date.now());
  proposals.set(owner, id);
  await insertProposal(hub.database.app, {
    ...{ id, operation: 'registerPurpose', kind: 'Purpose', name: 'some', body: '{}', params: {} },
    ...{ entries: [], needsOfficer: false },
    ...{ owner: owner ?? null, digest: `of ${owner ?? 'the office'}`, author: outsider.person },
  });
  const { person } = await admitPerson(identity, 'decider', [{ role: 'steward' }]);
  const decision = { id, to: 'refused', by: person, reason: 'test', exchange: id } as const;
  assert.ok(await decideProposal(hub.database.app, decision));
}
// refused before, so that nothing changes by it; of the office there is none
const keyOf = (owner: string | undefined): string => (owner ?? 'none').padEnd(43, 'k');
const publicKey = newKeyPair().publicKey.export({ type: 'spki', format: 'pem' }).toString();
for (const department of ['own-one', 'other-one']) {
  const keyid = keyOf(department);
  const row = { keyid, department, alg: 'ed25519', publicKey, notBefore: 0 } as const;
  await insertSigningKey(hub.database.app, row, uuid7(Date.now()));
  await refuseRow(hub.database.app, { keyid, reason: 'test', now: 0 }, uuid7(Date.now()));
}
const title = { zh: '甲', en: 'a' };
const digests = { digest: 'a'.repeat(64), effect: 'a'.repeat(64) };
const because = { reason: 'test' };
const topic = { title, types: ['none.none'], retentionDays: 1 };
const catalogueEntry = (owner: string | undefined): object => ({
  ...{ id: `${owner}.some`, title, abstract: title, category: '1' },
  sharing: { type: 'none', manner: 'interface' },
  ...{ openness: 'closed', sourceSystem: 'x', updateFrequency: 'daily', office: 'x', contact: 'x' },
  dataClass: 'core',
});
const officeOnly =
  (wanted: Wanted): Target =>
  (owner) =>
    owner === undefined ? wanted : undefined;
const departmentsOnly =
  (wanted: (owner: string) => Wanted): Target =>
  (owner) =>
    owner === undefined ? undefined : wanted(owner);
const ofSet = (act: string, body: object): Target =>
  departmentsOnly((owner) => ({ path: `/v1/datasets/${owner}.set/${act}`, body }));
const agreement = (owner: string): object => ({
  ...{ kind: 'Agreement', id: 'agr-x', provider: owner, consumer: 'third' },
});

const batches = new Map<string, string>();
for (const department of ['own-one', 'other-one']) {
  const id = uuid7(hub.database.now());
  await openBatch(hub.database.app, { id, dataset: `${department}.set`, department });
  batches.set(department, id);
}
/** On a dataset of a department that is not there. */
const ofNone = (at: string, body: object) =>
  departmentsOnly((owner) => ({ path: `/v1/datasets/${owner}.none/${at}`, body }));
/** About a batch that is not held: only a person who may decide learns so. */
const decision = (act: string, owner: string | undefined, more: object = {}): Wanted | undefined => {
  const path = `/v1/batches/${batches.get(owner ?? '') ?? ''}/${act}`;
  return owner === undefined ? undefined : { path, body: { reason: 'as agreed', ...more } };
};

// published before, so that no one can return them
for (const owner of ['own-one', 'other-one', undefined]) {
  const name = owner ?? 'of-office';
  await insertSchema(
    hub.database.app,
    {
      ...{ urn: `urn:datong:${name}:1.0`, name, major: 1, minor: 0 },
      ...{ document: '{}', digest: '', state: 'published' },
      ...{ owner: owner ?? null, compatibility: 'BACKWARD', needsSecond: false, needsOfficer: false },
      ...{ author: null, approver: null, waiver: null },
    },
    uuid7(hub.database.now()),
  );
}

// acknowledged before, so that nothing changes by it; the office's concerns no one in particular
const risks = new Map<string | undefined, string>();
for (const owner of ['own-one', 'other-one', undefined]) {
  const id = uuid7(hub.database.now());
  const risk: Risk = {
    ...{
      rule: 'denial-burst' as const,
      day: '2026-10-13',
      key: owner ?? '',
      consumer: owner,
      official: undefined,
      person: undefined,
    },
    ...{ departments: owner === undefined ? [] : [owner], count: 30, limit: 30, entries: [1] },
  };
  await insertRisk(hub.database.app, risk, { id, now: 0, due: '2026-10-18', exchange: id });
  await answerRisk(hub.database.app, { id, by: 'nobody', reason: 'test' });
  risks.set(owner, id);
}

const why = { reason: 'test' };
const targets: Readonly<Record<StaffOperationId, Target>> = {
  invitePerson: (department) => ({
    path: '/v1/persons',
    body: { name: 'x y', roles: [{ role: 'auditor', ...defined({ department }) }] },
  }),
  grantRole: (department) => ({
    path: `/v1/persons/0000000000/roles`,
    body: { role: 'auditor', ...defined({ department }) },
  }),
  // with other roles than those that wait, so that no one is admitted by it
  confirmPerson: (owner) => ({
    path: `/v1/persons/${waiting.get(owner) ?? ''}/confirmation`,
    body: { roles: [] },
  }),
  // of one who has ended, so that no one is ended by it
  endPerson: (owner) => ({ path: `/v1/persons/${gone.get(owner) ?? ''}/end`, body: because }),
  issueToken: officeOnly({ path: '/v1/tokens', body: {} }),
  revokeToken: (owner) => ({
    path: `/v1/tokens/${holderOfToken.get(owner) ?? ''}/revocation`,
    body: { reason: 'unspecified' },
  }),
  registerDepartment: officeOnly({
    path: '/v1/departments',
    body: { code: 'own-one', name: title, kind: 'government', level: 'city' },
  }),
  issueEnrolmentCode: departmentsOnly((owner) => ({
    path: `/v1/departments/${owner}/enrolment-codes`,
    body: {},
  })),
  confirmKey: (owner) => ({
    path: `/v1/signing-keys/${keyOf(owner)}/confirmation`,
    body: { department: owner ?? 'none' },
  }),
  objectToKey: (owner) => ({ path: `/v1/signing-keys/${keyOf(owner)}/objection`, body: because }),
  refuseKey: (owner) => ({ path: `/v1/signing-keys/${keyOf(owner)}/refusal`, body: because }),
  revokeCertificate: officeOnly({ path: '/v1/certificates/ab/revocation', body: { reason: 'unspecified' } }),
  registerCodeList: (owner) => ({
    path: '/v1/code-lists',
    body: {
      ...{ id: 'some-list', version: '1', from: '2026-01-01', title },
      ...defined({ owner }),
      entries: [{ code: 'a', zh: '甲', parent: 'none' }],
    },
  }),
  withdrawCodeList: officeOnly({ path: '/v1/code-lists/none/versions/1/withdrawal', body: because }),
  showProposal: (owner) => ({ path: `/v1/proposals/${proposals.get(owner) ?? ''}` }),
  acceptProposal: (owner) => ({
    path: `/v1/proposals/${proposals.get(owner) ?? ''}/acceptance`,
    body: { digest: 'a'.repeat(64) },
  }),
  // of one that was decided, so that nothing changes by it
  refuseProposal: (owner) => ({ path: `/v1/proposals/${proposals.get(owner) ?? ''}/refusal`, body: because }),
  registerPurpose: officeOnly({ path: '/v1/purposes', body: { code: 'some', parent: 'none', title } }),
  registerNotice: departmentsOnly((owner) => ({
    path: '/v1/notices',
    body: { reference: 'some', owner, language: 'zh', text: 'what a person is told', purposes: ['none'] },
  })),
  registerSchema: officeOnly({ path: '/v1/schemas', body: { document: { $id: 'urn:datong:some:1.0' } } }),
  registerDataset: departmentsOnly((owner) => ({
    path: '/v1/datasets',
    body: {
      id: `${owner}.set`,
      title,
      schema: 'urn:datong:none:1.0',
      mode: 'snapshot',
      sharing: { type: 'none' },
    },
  })),
  rebindDataset: ofSet('schema', { schema: 'urn:datong:none:1.0' }),
  amendDataset: ofSet('amendment', { digest: 'a'.repeat(64), reason: 'test', title }),
  beginChangeover: departmentsOnly((owner) => ({
    path: `/v1/datasets/${owner}.set/changeover`,
    body: { schema: 'urn:datong:none:2.0', mappings: [{}], reason: 'test' },
  })),
  showChangeover: departmentsOnly((owner) => ({ path: `/v1/datasets/${owner}.none/changeover` })),
  decideChangeover: departmentsOnly((owner) => ({
    path: `/v1/datasets/${owner}.none/changeover/decision`,
    body: { act: 'abandon', reason: 'test' },
  })),
  decideDataset: departmentsOnly((owner) => ({
    path: `/v1/datasets/${owner}.none/decision`,
    body: { act: 'suspend', reason: 'test' },
  })),
  registerMapping: departmentsOnly((owner) => ({
    path: `/v1/datasets/${owner}.set/mappings`,
    body: { document: {} },
  })),
  registerPull: ofNone('pull', {
    password: 'none',
    document: {
      ...{ source: { host: 'none', database: 'none', user: 'none' }, query: 'SELECT 1 AS id' },
      ...{ key: ['id'], mapping: 'none', schedule: { every: 'day' } },
    },
  }),
  showPull: departmentsOnly((owner) => ({ path: `/v1/datasets/${owner}.none/pull` })),
  runPull: departmentsOnly((owner) => ({ path: `/v1/datasets/${owner}.none/pull/run`, body: {} })),
  pausePull: ofNone('pull/pause', { reason: 'test', until: '2026-01-01' }),
  resumePull: departmentsOnly((owner) => ({ path: `/v1/datasets/${owner}.none/pull/resume`, body: {} })),
  endPull: departmentsOnly((owner) => ({ path: `/v1/datasets/${owner}.none/pull/end`, body: why })),
  registerLiveService: ofNone('service', {
    document: { url: 'https://none.example/a', json: {}, mapping: 'none' },
  }),
  showLiveService: departmentsOnly((owner) => ({ path: `/v1/datasets/${owner}.none/service` })),
  endLiveService: departmentsOnly((owner) => ({ path: `/v1/datasets/${owner}.none/service/end`, body: why })),
  openBatch: departmentsOnly((owner) => ({ path: `/v1/datasets/${owner}.none/batches`, body: {} })),
  putBatchPart: departmentsOnly((owner) => ({ path: `/v1/batches/${batches.get(owner) ?? ''}/parts/5` })),
  commitBatch: departmentsOnly((owner) => ({
    path: `/v1/batches/${batches.get(owner) ?? ''}/commit`,
    body: { sha256: '0'.repeat(64), bytes: 1, mapping: 'none' },
  })),
  getQuarantine: departmentsOnly((owner) => ({ path: `/v1/batches/${batches.get(owner) ?? ''}/quarantine` })),
  getTemplate: departmentsOnly((owner) => ({ path: `/v1/datasets/${owner}.none/template?mapping=none` })),
  showBoard: officeOnly({ path: '/v1/board' }),
  listBoardRows: officeOnly({ path: '/v1/board/waiting' }),
  listQuality: officeOnly({ path: '/v1/quality' }),
  listBoardItems: officeOnly({ path: '/v1/board/waiting/items' }),
  urgeItem: officeOnly({ path: '/v1/board/waiting/urges', body: { kind: 'duty', id: 'none' } }),
  listBatchProblems: officeOnly({ path: '/v1/batches/01890000-0000-7000-8000-000000000000/problems' }),
  showFieldPlaces: departmentsOnly((owner) => ({ path: `/v1/batches/${batches.get(owner) ?? ''}/fields/a` })),
  compareBatch: departmentsOnly((owner) => ({ path: `/v1/batches/${batches.get(owner) ?? ''}/difference` })),
  releaseBatch: (owner) => decision('release', owner),
  dropBatch: (owner) => decision('drop', owner),
  restoreBatch: (owner) => decision('restoration', owner),
  showReadings: departmentsOnly((owner) => ({ path: `/v1/datasets/${owner}.none/readings` })),
  tryRules: ofNone('rule-trials', {
    rules: [{ id: 'high', when: 'level > 1', severity: 'info', type: 'none.none' }],
    ...{ from: '2026-09-01T00:00:00Z', until: '2026-09-02T00:00:00Z' },
  }),
  tryMapping: ofNone('mapping-trials', { document: {} }),
  traceRow: ofNone('rows/origin', { key: { none: '1' } }),
  ...caseTargets(departmentsOnly, officeOnly),
  deleteRows: ofNone('deletions', { keys: [{ none: '1' }], ...why }),
  retranslateBatch: (owner) => decision('retranslation', owner, { mapping: 'none' }),
  submitPolicyDocument: (owner) => ({
    path: '/v1/policy/documents',
    body: { document: owner === undefined ? { kind: 'Restriction' } : agreement(owner) },
  }),
  approvePolicyDocument: officeOnly({ path: '/v1/policy/documents/none/versions/1/approval', body: digests }),
  giveMandate: (owner) => ({
    path: '/v1/mandates',
    body: { mandate: `a.${Buffer.from(JSON.stringify({ department: owner })).toString('base64url')}.a` },
  }),
  revokeMandate: officeOnly({ path: `/v1/mandates/mdt-${'0'.repeat(24)}/revocation`, body: because }),
  showMandate: officeOnly({ path: `/v1/mandates/mdt-${'0'.repeat(24)}` }),
  listMandates: officeOnly({ path: '/v1/mandates' }),
  offerPolicySignature: officeOnly({
    path: '/v1/policy/documents/none/versions/1/signature-offers',
    body: digests,
  }),
  signPolicyDocument: officeOnly({
    path: '/v1/policy/documents/none/versions/1/signatures',
    body: {
      statement: {
        ...{ v: 1, act: 'sign', document: 'none@1', digest: 'a'.repeat(64), effect: 'a'.repeat(64) },
        ...{ role: 'provider', department: 'none', mandate: 'a'.repeat(64), person: '0123456789' },
        ...{ at: '2026-01-01T00:00:00Z', offer: 'a' },
      },
      assertion: { id: 'a', clientDataJSON: 'a', authenticatorData: 'a', signature: 'a' },
    },
  }),
  suspendAgreement: officeOnly({ path: '/v1/policy/documents/none/suspension', body: because }),
  resumeAgreement: officeOnly({ path: '/v1/policy/documents/none/resumption', body: because }),
  showPolicyDocument: officeOnly({ path: '/v1/policy/documents/none/versions/1' }),
  registerProcedure: officeOnly({
    path: '/v1/procedures',
    body: {
      id: 'none',
      version: 1,
      title,
      stages: [{ code: 'look', title, by: 'office', role: 'steward', days: 1 }],
      unconditional: [],
      clock: { answerDays: 1, extensionDays: 0, escalateDays: 0, returnStops: false },
    },
  }),
  makeRequest: departmentsOnly((owner) => ({
    path: '/v1/requests',
    body: { document: { consumer: owner }, papers: { reason: 'x', commitment: 'a'.repeat(64) } },
  })),
  registerRequestTemplate: officeOnly({
    path: '/v1/request-templates',
    body: {
      ...{ code: 'some', title, days: 365, purposes: ['none'], basis: { type: 'consent' } },
      grants: [{ dataset: 'none.none' }],
    },
  }),
  withdrawRequestTemplate: officeOnly({ path: '/v1/request-templates/no/withdrawal', body: { reason: 'x' } }),
  beginFromTemplate: departmentsOnly((owner) => ({
    path: `/v1/request-templates/none/agreement?consumer=${owner}&agreement=agr-none`,
  })),
  beginRenewal: officeOnly({ path: '/v1/policy/documents/none/renewal' }),
  listRequestTemplates: officeOnly({ path: '/v1/request-templates' }),
  answerRequest: officeOnly({ path: '/v1/requests/req-999999999/acts', body: { act: 'pass' } }),
  showRequest: officeOnly({ path: '/v1/requests/req-999999999' }),
  listRequests: officeOnly({ path: '/v1/requests' }),
  raiseDispute: officeOnly({
    path: '/v1/disputes',
    body: { about: 'req-999999999', said: 'test', document: 'a'.repeat(64) },
  }),
  makeDemand: departmentsOnly((owner) => ({
    path: '/v1/demands',
    body: { consumer: owner, title: 'test', fields: ['test'], purpose: 'none', reason: 'test' },
  })),
  actOnDemand: officeOnly({
    path: '/v1/demands/dem-999999999/acts',
    body: { act: 'withdraw', reason: 'test' },
  }),
  listDemands: officeOnly({ path: '/v1/demands' }),
  nameStandIn: (owner) => ({
    path: '/v1/stand-ins',
    body: {
      ...{ as: 'deputy', steward: 'none', person: 'none', reason: 'test' },
      ...defined({ department: owner }),
    },
  }),
  endStandIn: officeOnly({ path: '/v1/stand-ins/std-0000000000000000/end', body: because }),
  listStandIns: officeOnly({ path: '/v1/stand-ins' }),
  actOnDispute: officeOnly({
    path: '/v1/disputes/dsp-999999999/acts',
    body: { act: 'agree', said: 'test', document: 'a'.repeat(64) },
  }),
  listDisputes: officeOnly({ path: '/v1/disputes' }),
  showDispute: officeOnly({ path: '/v1/disputes/dsp-999999999' }),
  importApproval: departmentsOnly((owner) => ({
    path: '/v1/requests/imports',
    body: {
      ...{ dataset: `${owner}.none`, fields: ['none'], from: '2026-01-01T00:00:00.000Z' },
      ...{ until: '2029-01-01T00:00:00.000Z', document: { kind: 'Agreement' } },
    },
  })),
  takePaperConsent: departmentsOnly((owner) => ({
    path: '/v1/paper-consents',
    body: {
      ...{ id: 'some', form: 'none', scan: 'a'.repeat(64), takenOn: '2026-01-01', person: 'none' },
      ...{ collectedBy: owner, recipient: 'none', dataset: 'none.none' },
      ...{ purposes: ['none'], fields: ['none'] },
      ...{ expires: '2029-01-01T00:00:00.000Z', notice: { digest: 'a'.repeat(64), language: 'zh' } },
    },
  })),
  openTicket: officeOnly({ path: '/v1/tickets', body: { dataset: 'none.none', key: 'none', claim: 'none' } }),
  answerTicket: officeOnly({ path: '/v1/tickets/tkt-999999999/answer', body: { act: 'withdraw' } }),
  listTickets: officeOnly({ path: '/v1/tickets' }),
  showTicket: officeOnly({ path: '/v1/tickets/tkt-999999999' }),
  listWaiting: officeOnly({ path: '/v1/inbox' }),
  listReminderAddresses: officeOnly({ path: '/v1/reminders' }),
  setOwnReminders: officeOnly({ path: '/v1/reminders', body: {} }),
  setDepartmentReminders: departmentsOnly((owner) => ({
    path: `/v1/departments/${owner}/reminders`,
    body: {},
  })),
  listDeadReminders: officeOnly({ path: '/v1/reminders/dead-letters' }),
  replayOwnReminders: officeOnly({ path: '/v1/reminders/replay', body: {} }),
  replayDepartmentReminders: departmentsOnly((owner) => ({
    path: `/v1/departments/${owner}/reminders/replay`,
    body: {},
  })),
  listDepartments: officeOnly({ path: '/v1/departments' }),
  listCertificates: officeOnly({ path: '/v1/certificates' }),
  listCodeLists: officeOnly({ path: '/v1/code-lists' }),
  listPurposes: officeOnly({ path: '/v1/purposes' }),
  listSchemas: officeOnly({ path: '/v1/schemas' }),
  decideSchema: (owner) => ({
    path: `/v1/schemas/urn:datong:${owner ?? 'of-office'}:1.0/decision`,
    body: { act: 'return', reason: 'test' },
  }),
  examineRows: departmentsOnly((owner) => ({ path: `/v1/datasets/${owner}.none/examination` })),
  showSchemaImpact: (owner) => ({ path: `/v1/schemas/urn:datong:${owner ?? 'of-office'}:1.0/impact` }),
  tryCatalogueImport: officeOnly({
    path: '/v1/catalogue/imports/trials',
    body: { department: 'none', entries: [catalogueEntry('none')] },
  }),
  tryDataset: officeOnly({ path: '/v1/datasets/trials', body: { file: { name: 'a', bytes: 'YSxi' } } }),
  trySchema: officeOnly({ path: '/v1/schemas/trials', body: { document: {} } }),
  listVisible: officeOnly({ path: '/v1/policy/visibility' }),
  tryPolicyDocument: (owner) => ({
    path: '/v1/policy/trials',
    body: { document: { kind: owner === undefined ? 'Restriction' : 'Agreement', provider: owner } },
  }),
  simulatePolicy: (owner) => ({
    path: '/v1/policy/simulations',
    body: { document: { kind: owner === undefined ? 'Restriction' : 'Agreement', provider: owner } },
  }),
  showSchema: officeOnly({ path: '/v1/schemas/urn:datong:none:1.0' }),
  registerCatalogueEntry: departmentsOnly((owner) => ({
    path: '/v1/catalogue',
    body: catalogueEntry(owner),
  })),
  importCatalogue: departmentsOnly((owner) => ({
    path: '/v1/catalogue/imports',
    body: { department: owner, entries: [catalogueEntry(owner)] },
  })),
  registerElementSource: officeOnly({
    path: '/v1/element-sources',
    body: { element: 'cn.mobile', department: 'none', reason: 'none' },
  }),
  showUses: officeOnly({ path: '/v1/uses/element/cn.mobile' }),
  listElementSources: officeOnly({ path: '/v1/element-sources' }),
  registerMatter: officeOnly({
    path: '/v1/matters',
    body: {
      ...{ code: 'some', implementationCode: '0'.repeat(12), title, basis: { reference: 'none' } },
      ...{ departments: ['none'], materials: [{ title, fields: [] }] },
    },
  }),
  endMatter: officeOnly({ path: '/v1/matters/none/ending', body: because }),
  listMatters: officeOnly({ path: '/v1/matters' }),
  registerTopic: departmentsOnly((owner) => ({
    path: '/v1/topics',
    body: { ...topic, id: `${owner}.none` },
  })),
  ...eventTargets(departmentsOnly, officeOnly),
  ...officerTargets(officeOnly),
  listSubscriptions: officeOnly({ path: '/v1/subscriptions' }),
  listDeadLetters: officeOnly({
    path: '/v1/subscriptions/01a20328-0104-7757-9e84-c346bc55b77b/dead-letters',
  }),
  listTopics: officeOnly({ path: '/v1/topics' }),
  showTopic: officeOnly({ path: '/v1/topics/none.none' }),
  describeTopic: officeOnly({ path: '/v1/topics/none.none/asyncapi' }),
  showMatter: officeOnly({ path: '/v1/matters/none' }),
  searchCatalogue: officeOnly({ path: '/v1/catalogue' }),
  showCatalogueEntry: officeOnly({ path: '/v1/catalogue/none.none' }),
  listDatasets: officeOnly({ path: '/v1/datasets' }),
  showDataset: officeOnly({ path: '/v1/datasets/none.none' }),
  listPolicyDocuments: officeOnly({ path: '/v1/policy/documents' }),
  listBatches: officeOnly({ path: '/v1/batches' }),
  getBatch: officeOnly({ path: '/v1/batches/01890000-0000-7000-8000-000000000000' }),
  appointPersonService: officeOnly({
    path: '/v1/person-services',
    body: { department: 'none', appointed: true },
  }),
  viewSubjectAtCounter: officeOnly({
    path: '/v1/subject-views/at-counter',
    body: {
      ...{ subject: { kind: 'person', value: 'none' }, document: 'passport' },
      ...{ presentedBy: 'self', application: 'none' },
    },
  }),
  withdrawConsentAtCounter: officeOnly({
    path: '/v1/consents/none/withdrawal/at-counter',
    body: {
      ...{ subject: { kind: 'person', value: 'none' }, document: 'passport' },
      ...{ presentedBy: 'self', application: 'none' },
    },
  }),
  delayView: officeOnly({
    path: '/v1/view-delays',
    body: {
      ...{ subject: { kind: 'person', value: 'none' }, department: 'none' },
      ...{ reference: 'none', clause: 'none', until: '2029-01-01T00:00:00Z' },
    },
  }),
  endViewDelay: officeOnly({ path: `/v1/view-delays/delay-${'0'.repeat(16)}/end`, body: because }),
  listViewDelays: officeOnly({ path: '/v1/view-delays' }),
  showQuality: officeOnly({ path: '/v1/datasets/none.none/quality' }),
  listEntries: officeOnly({ path: '/v1/log/entries' }),
  getEntryBundle: officeOnly({ path: '/v1/log/entries/bundle?limit=1' }),
  placeHold: officeOnly({
    path: '/v1/legal-holds',
    body: { on: { dataset: 'none.none' }, reason: 'test', case: 'test', until: '2029-01-01T00:00:00Z' },
  }),
  liftHold: officeOnly({ path: `/v1/legal-holds/hold-${'0'.repeat(16)}/lifting`, body: because }),
  showFoundRows: officeOnly({ path: '/v1/log/findings/rows?about=purpose%20none' }),
  restoreRows: officeOnly({
    path: '/v1/log/findings/restorations',
    body: { about: 'purpose none', act: 'seal', digest: '0'.repeat(64), reason: 'test', case: 'test' },
  }),
  verifyDataset: departmentsOnly((owner) => ({ path: `/v1/datasets/${owner}.set/verification` })),
  eraseSubject: officeOnly({
    path: '/v1/erasures',
    body: {
      ...{ subject: { dataset: 'none.none', value: 'none' }, before: '2020-01-01T00:00:00Z' },
      ...{ reason: 'test', case: 'test' },
    },
  }),
  setRetention: officeOnly({
    path: '/v1/log/retention',
    body: { class: 'exchange', years: 5, reason: 'test' },
  }),
  orderDestruction: officeOnly({
    path: '/v1/log/destructions',
    body: { before: '2020-01-01T00:00:00Z', reason: 'test', case: 'test' },
  }),
  replaceAuthority: officeOnly({ path: '/v1/authority', body: { revocationList: 'none', reason: 'test' } }),
  rotateLogKey: officeOnly({ path: '/v1/log/keys', body: because }),
  listDuties: officeOnly({ path: '/v1/duties' }),
  listPulls: officeOnly({ path: '/v1/pulls' }),
  listRisks: officeOnly({ path: '/v1/risks' }),
  showRisk: officeOnly({ path: '/v1/risks/01a1fdab-cf10-75cb-88ab-083f382da461' }),
  acknowledgeRisk: (owner) => ({
    path: `/v1/risks/${risks.get(owner) ?? ''}/acknowledgement`,
    body: because,
  }),
  escalateRisk: (owner) => ({ path: `/v1/risks/${risks.get(owner) ?? ''}/escalation`, body: because }),
  searchEntries: officeOnly({ path: '/v1/log/searches', body: { limit: 1 } }),
  saveSearch: officeOnly({ path: '/v1/log/searches/saved', body: { name: 'mine', question: {} } }),
  listSavedSearches: officeOnly({ path: '/v1/log/searches/saved' }),
  dropSavedSearch: officeOnly({ path: '/v1/log/searches/saved/removal', body: { name: 'none' } }),
  exportPack: officeOnly({ path: '/v1/log/packs', body: { from: 0, to: 1 } }),
  assessIncident: officeOnly({
    path: '/v1/log/incidents',
    body: { reason: 'test', case: 'test', from: '2026-01-01T00:00:00Z', until: '2026-01-02T00:00:00Z' },
  }),
  sealSubjects: officeOnly({
    path: '/v1/log/incidents/subjects',
    body: { reason: 'test', case: 'test', from: '2026-01-01T00:00:00Z', until: '2026-01-02T00:00:00Z' },
  }),
  openSubjects: officeOnly({
    path: '/v1/log/incidents/subjects/01890000-0000-7000-8000-000000000000/opening',
    body: because,
  }),
  askEvidence: officeOnly({
    path: '/v1/log/evidence',
    body: { reason: 'test', case: 'test', question: { first: 0, last: 1 } },
  }),
  answerEvidence: officeOnly({
    path: '/v1/log/evidence/01890000-0000-7000-8000-000000000000/answer',
    body: { answer: 'refuse' },
  }),
  listEvidence: officeOnly({ path: '/v1/log/evidence' }),
  getEvidence: officeOnly({ path: '/v1/log/evidence/01890000-0000-7000-8000-000000000000' }),
  listPersons: officeOnly({ path: '/v1/persons' }),
  sampleDataset: officeOnly({ path: '/v1/datasets/none.none/sample?consumer=none' }),
  tryMasks: officeOnly({ path: '/v1/datasets/none.none/mask-trials', body: { fields: {} } }),
  showSession: officeOnly({ path: '/v1/sessions/current' }),
  listSessions: officeOnly({ path: '/v1/sessions' }),
  endSession: officeOnly({ path: '/v1/sessions/0000000000/end', body: {} }),
  offerAuthenticator: officeOnly({ path: '/v1/authenticator' }),
  offerAccount: officeOnly({ path: '/v1/accounts/offers' }),
  registerAccount: officeOnly({ path: '/v1/accounts', body: { answer: '?code=a&state=a', binding: 'a' } }),
  listPasskeys: officeOnly({ path: '/v1/passkeys' }),
  offerPasskey: officeOnly({ path: '/v1/passkeys/offers' }),
  registerPasskey: officeOnly({
    path: '/v1/passkeys',
    body: { id: 'a', label: 'a', clientDataJSON: 'a', attestationObject: 'a' },
  }),
};

const ownOf = (holder: Holder): string | undefined => grantOf(holder).department;
const foreign = (holder: Holder): readonly (string | undefined)[] =>
  ownOf(holder) === undefined ? ['own-one'] : ['other-one', undefined];

/** Every role ends its own credentials. Those of others, which the targets are, only these end (`othersCredentialEnded`). */
const ofCredentials: readonly StaffOperationId[] = ['revokeToken', 'endSession'];
const verdictsOf = (operation: StaffOperationId, holder: Holder): Cell =>
  cellOf(
    ofCredentials.includes(operation) ? othersCredentialEnded : staffOperations[operation].permission,
    holder,
  );

for (const operation of Object.keys(staffOperations) as StaffOperationId[]) {
  test(operation, async () => {
    for (const holder of nonEmpty(holders)) {
      const [own, other] = verdictsOf(operation, holder);
      const places = [
        [ownOf(holder), own],
        ...foreign(holder).map((owner) => [owner, ownOperations.includes(operation) ? own : other] as const),
      ] as const;
      for (const [owner, verdict] of places) {
        const wanted = targets[operation](owner);
        if (wanted === undefined) continue;
        const { code } = await call(wanted, operation, tokens.get(holder) ?? '');
        const refused = code === 'not_your_department' || code === 'scope_missing';
        const what = `${holder} on ${owner ?? 'the office’s'}: ${verdict}, ${code}`;
        assert.equal(refused, verdict === 'refuse', what);
      }
    }
  });
}

test('no failure of the hub itself came to light', () => assert.deepEqual(hub.failures, []));
