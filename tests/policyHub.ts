/** A hub with departments, their keys, purposes, schemas and datasets, for tests of agreements and restrictions. One a test file. */
import assert from 'node:assert/strict';
import request from 'supertest';
import { newKeyPair } from '../machine/newKeyPair.ts';
import { signJws } from '../certs/jws.ts';
import { signingKey, type SigningKey } from '../certs/signatures/index.ts';
import { insertSigningKey } from '../hub/identity/store/signingKeys.ts';
import { parsePolicyDocument } from '../policies/documents/parseDocument.ts';
import { sharedSchema } from '../machine/shippedSchemas.ts';
import { answerFault, operationAt } from './contractAnswers.ts';
import { entryOf } from './catalogueEntry.ts';
import { registerTogether } from './secondPerson.ts';
import { startStaffHub } from './staffHub.ts';
import { newYear } from './newYear.ts';

export const hub = await startStaffHub();
export const author = await hub.token(['operator', 'steward']);
export const approver = await hub.token(['steward']);

/** Every answer is what the contract says it is. */
function assertDeclared(path: string, { status, body }: { status: number; body: unknown }): void {
  const operation = operationAt('POST', path);
  if (operation !== '') assert.equal(answerFault(operation, status, body), '');
}

export interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Record<string, string>;
}

export async function post(path: string, body: object, token = author): Promise<Reply> {
  const reply = await request(`https://localhost:${hub.ports.staff}`)
    .post(path)
    .ca(hub.ca)
    .set('authorization', `Bearer ${token}`)
    .send(body);
  assertDeclared(path, reply);
  return reply;
}

const keys: Record<string, SigningKey> = {};
for (const [department, dataOffice] of [
  ['data-office', true],
  ['pub-security', false],
  ['education', false],
  ['ecology', false],
] as const) {
  const reply = await post('/v1/departments', {
    code: department,
    name: { zh: department, en: department },
    kind: 'government',
    region: '990100',
    dataOffice,
  });
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
  const pair = newKeyPair();
  const key = signingKey(pair.privateKey);
  keys[department] = key;
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const row = { keyid: key.keyid, department, alg: key.alg, publicKey, notBefore: 0 };
  await insertSigningKey(hub.database.app, row, String(reply.headers['datong-exchange-id']));
}
for (const purpose of ['school-enrolment', 'environment-study']) {
  const titled = { code: purpose, title: { zh: purpose, en: purpose } };
  await registerTogether(hub, { author, second: approver }, '/v1/purposes', titled);
}
for (const name of ['household@1', 'air-quality-hourly@1']) {
  assert.equal((await post('/v1/schemas', { document: sharedSchema(name).document })).status, 201);
}
for (const [id, schema, sharing] of [
  ['pub-security.household', 'household', 'conditional'],
  ['ecology.air-quality-hourly', 'air-quality-hourly', 'unconditional'],
  ['pub-security.secret', 'household', 'none'],
] as const) {
  const dataset = {
    id,
    title: { zh: id, en: id },
    schema: `urn:datong:${schema}:1.0`,
    mode: 'snapshot',
    sharing: { type: sharing, ...(sharing === 'conditional' ? { conditions: '仅限法定职责所需' } : {}) },
  };
  assert.equal((await post('/v1/datasets', dataset)).status, 201);
}

// what is shared unconditionally is so by an entry of the catalogue, which the security officer agreed to
const opened = await registerTogether(
  hub,
  { author, second: await hub.token(['security']) },
  '/v1/catalogue',
  entryOf('ecology.air-quality-hourly'),
);
assert.equal(opened.status, 201, JSON.stringify(opened.body));

export const agreement = (more: object = {}, grant: object = {}): object => ({
  kind: 'Agreement',
  id: 'agr-school-enrolment',
  version: 1,
  provider: 'pub-security',
  consumer: 'education',
  purposes: ['school-enrolment'],
  basis: { type: 'statutory', reference: '义务教育法', clause: '第十二条' },
  valid: { from: newYear(0), until: newYear(3) },
  grants: [
    {
      dataset: 'pub-security.household',
      schema: 'household@1',
      fields: { name: { mask: 'personName' }, birth_date: { mask: 'clear' } },
      ...grant,
    },
  ],
  ...more,
});

/** The key of one of the hub's departments. */
export const keyOf = (department: string): SigningKey => keys[department] ?? assert.fail(department);

type Role = 'provider' | 'consumer' | 'data-office';

export function signature(
  document: object,
  role: Role,
  department: string,
  typ = 'datong-policy+jws',
): { readonly role: Role; readonly jws: string } {
  const key = keys[department];
  assert.ok(key);
  return { role, jws: signJws(parsePolicyDocument(document).canonical, key, { typ }) };
}
export const bothSigned = (document: object): object => ({
  document,
  signatures: [signature(document, 'provider', 'pub-security'), signature(document, 'consumer', 'education')],
});
const pathOf = (reply: Reply): string =>
  `/v1/policy/documents/${String(reply.body['id'])}/versions/${String(reply.body['version'])}`;
export async function view(reply: Reply, token = approver): Promise<Record<string, unknown>> {
  const shown = await request(`https://localhost:${hub.ports.staff}`)
    .get(pathOf(reply))
    .ca(hub.ca)
    .set('authorization', `Bearer ${token}`);
  const body = shown.body as Record<string, unknown>;
  assert.equal(answerFault('showPolicyDocument', shown.status, body), '');
  return body;
}
/** As a reviewer does it: read, then approve what was shown. */
export async function approval(reply: Reply, token = approver, named?: string): Promise<Reply> {
  const { effect } = (await view(reply)) as { effect?: { digest: string } };
  const seen = { digest: reply.body['digest'], effect: named ?? effect?.digest ?? 'a'.repeat(64) };
  return post(`${pathOf(reply)}/approval`, seen, token);
}
export const code = (reply: Reply): unknown => reply.body['code'];
export const activePlans = async (): Promise<ReadonlyMap<string, unknown>> => {
  await hub.services.registry.refresh();
  return hub.services.registry.current.plans.agreements;
};
