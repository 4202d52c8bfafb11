/** No single person enrols keys for both sides, or a further key for a department that has one; its persons are notified, and may object. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCertificateRequest } from '../../certs/authority/createRequest.ts';
import { newKeyPair } from '../../machine/newKeyPair.ts';
import { provePossession } from '../../certs/authority/possession.ts';
import { signJws } from '../../certs/jws.ts';
import { signingKey, type SigningKey } from '../../certs/signatures/index.ts';
import { parsePolicyDocument } from '../../policies/documents/parseDocument.ts';
import { agreement, approval, approver, hub, post, type Reply } from '../../tests/policyHub.ts';
import { admitPerson } from '../../tests/admitPerson.ts';
import { staffCall } from '../../tests/secondPerson.ts';
import { checkInForce } from '../identity/authentication/authenticate.ts';
import { loadDirectory } from '../identity/directory/directory.ts';
import { hubGauges } from '../features/health/operations/hubGauges.ts';
import { enrolmentState } from '../features/signingKeys/operations/signingKeys.ts';
import { enrol as act } from '../identity/enrolment/enrol.ts';

const { identity } = hub.services;
const operator = await hub.token(['operator']);
const security = await hub.token(['security']);
const code = ({ body }: Pick<Reply, 'body'>): unknown => body['code'];
for (const department of ['housing', 'water'])
  await post('/v1/departments', {
    code: department,
    name: { zh: department, en: department },
    kind: 'government',
  });
const steward = await hub.token(['steward'], 'housing');
const water = await hub.token(['steward'], 'water');

interface NewKey {
  readonly key: SigningKey;
  readonly confirmed: boolean;
  readonly serial: string;
}

/** By a code of the staff listener, as an operator issues one. */
async function enrol(department: string, by = operator, code?: Reply): Promise<NewKey> {
  const issued = code ?? (await post(`/v1/departments/${department}/enrolment-codes`, {}, by));
  const tls = newKeyPair();
  const key = signingKey(newKeyPair().privateKey);
  const csr = await createCertificateRequest(tls);
  const iat = Math.floor(hub.database.now() / 1000);
  const proof = provePossession(
    'enrolment',
    { aud: hub.services.hub.publicOrigin, csr, iat, department },
    key,
  );
  const { confirmed, serial } = await identity.perform('enrol', { proven: {} }, (context) =>
    identity.prepare(act, { code: String(issued.body['code']), csr, proof }, context),
  );
  return { key, confirmed, serial };
}
const confirm = (key: SigningKey, token: string, department = 'housing'): Promise<Reply> =>
  post(`/v1/signing-keys/${key.keyid}/confirmation`, { department }, token);
/** The metrics: keys that wait, and keys that were objected to. */
async function counted(): Promise<readonly number[]> {
  const idle = { count: 0, paused: 0 };
  const none = { value: () => 0 };
  const audit = { size: () => 0, waiting: () => 0 };
  const lastBackup = () => Promise.resolve(undefined);
  const sources = { audit, live: idle, overdue: none, stateDir: '.', lastBackup };
  const gauges = hubGauges(hub.services, sources);
  return Promise.all(
    ['keys_waiting', 'keys_objected'].map(async (name) => Number(await gauges[name]?.value())),
  );
}
const counts = async ({ keyid }: SigningKey, department: string): Promise<boolean> => {
  await identity.current();
  return identity.keyInForce(keyid, department) !== undefined;
};
const reported = async (token: string): Promise<Record<string, unknown>[]> =>
  (await staffCall(hub, token, 'GET', '/v1/inbox')).body['keys'] as Record<string, unknown>[];

test('a further key of a department needs approval by another person than the one who issued its code', async () => {
  const first = await enrol('housing');
  assert.ok(first.confirmed && (await counts(first.key, 'housing')), 'the first counts at once');
  const further = await enrol('housing');
  assert.equal(further.confirmed, false);
  assert.equal(await counts(further.key, 'housing'), false);
  assert.equal(
    await enrolmentState(hub.database.app),
    'degraded: 1 key to be confirmed by a second person, 0 objected to',
  );
  assert.deepEqual(await counted(), [1, 0]);
  const [notice] = (await reported(steward)).filter(({ keyid }) => keyid === further.key.keyid);
  assert.deepEqual([notice?.['state'], notice?.['confirmable']], ['waiting', true], 'the department is told');
  assert.deepEqual(await reported(water), [], 'and no other one');
  assert.equal(code(await confirm(further.key, operator)), 'four_eyes');
  assert.equal(code(await confirm(further.key, water)), 'not_your_department');
  await assert.rejects(
    hub.database.app.query("UPDATE signing_key SET state = 'active' WHERE keyid = $1", [further.key.keyid]),
    { code: '23514' },
  );
  await assert.rejects(
    hub.database.app.query(
      "UPDATE signing_key SET state = 'active', confirmed_by = issuer WHERE keyid = $1",
      [further.key.keyid],
    ),
    { code: '23514' },
  );
  assert.equal(code(await confirm(further.key, steward, 'water')), 'not_found');
  assert.equal((await confirm(further.key, steward)).status, 200);
  assert.equal(await counts(further.key, 'housing'), true);
  assert.equal(await enrolmentState(hub.database.app), 'ok');
  assert.equal(code(await confirm(further.key, security)), 'transition_not_allowed');
});

test('a code that was issued, and the first key that it brings, are shown to the department and to the office', async () => {
  const { token } = await admitPerson(identity, '另一位运维', [{ role: 'operator' }]);
  const box = async (holder: string, what: 'codes' | 'keys') =>
    ((await staffCall(hub, holder, 'GET', '/v1/inbox')).body[what] as Record<string, unknown>[]).filter(
      ({ department }) => department === 'water',
    );
  const issued = await post('/v1/departments/water/enrolment-codes', {}, token);
  assert.equal(issued.status, 201);
  const holder = identity.holderOf(token.split('_')[1] ?? '');
  assert.ok(holder);
  for (const reported of [water, security]) {
    const [shown, ...others] = await box(reported, 'codes');
    assert.deepEqual([shown?.['issuer'], others], [holder.id, []]);
    assert.ok(!JSON.stringify(shown).includes(String(issued.body['code'])), 'not the code itself');
  }
  assert.deepEqual(await box(steward, 'codes'), [], 'no other department');
  const first = await enrol('water', token, issued);
  assert.ok(first.confirmed);
  for (const reported of [water, security]) {
    assert.deepEqual(await box(reported, 'codes'), [], 'used');
    const [key] = await box(reported, 'keys');
    assert.deepEqual(
      [key?.['keyid'], key?.['state'], key?.['issuer']],
      [first.key.keyid, 'active', holder.id],
    );
  }
});

test('what waits signs neither calls nor agreements', async () => {
  const { key } = await enrol('housing');
  const document = agreement({ id: 'agr-waiting-key', provider: 'pub-security', consumer: 'housing' });
  const jws = signJws(parsePolicyDocument(document).canonical, key, { typ: 'datong-policy+jws' });
  const refused = await post('/v1/policy/documents', { document, signatures: [{ role: 'consumer', jws }] });
  assert.equal(code(refused), 'policy_signature_invalid');
  await identity.current();
  const directory = await loadDirectory(hub.database.app, hub.database.now());
  assert.throws(() => checkInForce(key.keyid, hub.database.now() + 1_000, directory), {
    code: 'key_not_confirmed',
  });
});

test('the department objects; the data office decides, and a key that counts is not vetoed meanwhile', async () => {
  const { key, serial } = await enrol('housing');
  const object = (token: string): Promise<Reply> =>
    post(`/v1/signing-keys/${key.keyid}/objection`, { reason: '不是我们申请的' }, token);
  assert.equal(code(await object(water)), 'not_your_department');
  assert.equal((await object(steward)).status, 200);
  assert.match(await enrolmentState(hub.database.app), /1 objected to$/);
  assert.equal((await counted())[1], 1);
  const another = await hub.token(['security'], 'housing');
  assert.equal(code(await confirm(key, another)), 'objection_pends');
  assert.ok(
    (await reported(security)).some(
      ({ keyid, objection }) => keyid === key.keyid && objection === '不是我们申请的',
    ),
  );
  const refused = await post(`/v1/signing-keys/${key.keyid}/refusal`, { reason: '核实无此申请' }, security);
  assert.deepEqual([refused.status, refused.body['state']], [200, 'refused']);
  await identity.current();
  assert.equal(identity.isRevoked(serial), true, 'its certificates end with it');

  const rotated = await enrol('housing');
  assert.equal((await confirm(rotated.key, security)).status, 200);
  await post(`/v1/signing-keys/${rotated.key.keyid}/objection`, { reason: '冒名' }, steward);
  assert.equal(await counts(rotated.key, 'housing'), true, 'an objection stops no rotation');
  assert.equal((await confirm(rotated.key, approver)).status, 200, 'the office settles it');
  assert.doesNotMatch(await enrolmentState(hub.database.app), /[1-9]\d* objected to/);
});

test('one person who enrolled both sides puts no agreement in force, until another has confirmed a key', async () => {
  const alone = await hub.token(['operator']);
  await post('/v1/departments', { code: 'left-side', name: { zh: '左', en: 'left' }, kind: 'government' });
  await post('/v1/departments', { code: 'right-side', name: { zh: '右', en: 'right' }, kind: 'government' });
  await post('/v1/datasets', {
    id: 'left-side.people',
    title: { zh: '人', en: 'people' },
    schema: 'urn:datong:household:1.0',
    mode: 'snapshot',
    sharing: { type: 'conditional', conditions: '法定' },
  });
  const [left, right] = [await enrol('left-side', alone), await enrol('right-side', alone)];
  assert.ok(left.confirmed && right.confirmed, 'first keys of both');
  const document = agreement(
    { id: 'agr-one-hand', provider: 'left-side', consumer: 'right-side' },
    { dataset: 'left-side.people' },
  );
  const signed = (role: string, key: SigningKey) => ({
    role,
    jws: signJws(parsePolicyDocument(document).canonical, key, { typ: 'datong-policy+jws' }),
  });
  const signatures = [signed('provider', left.key), signed('consumer', right.key)];
  const submitted = await post('/v1/policy/documents', { document, signatures });
  assert.equal(submitted.status, 201, JSON.stringify(submitted.body));
  assert.equal(code(await approval(submitted)), 'keys_of_one_hand');
  assert.equal((await confirm(right.key, security, 'right-side')).status, 200);
  assert.equal((await approval(submitted)).status, 200);
});

test('no failure of the hub itself came to light', () => assert.deepEqual(hub.failures, []));
