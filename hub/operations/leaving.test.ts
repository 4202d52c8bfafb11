/** A person leaves: everything they could act by, and everything of theirs that waits for another person, ends with the next call. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admitPerson } from '../../tests/admitPerson.ts';
import { agreement, approval, bothSigned, code, hub, post } from '../../tests/policyHub.ts';
import { acceptAs, staffCall } from '../../tests/secondPerson.ts';
import { enrol } from '../identity/enrolment/enrol.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { insertChangeover } from '../registry/store/changeovers.ts';
import { insertEvidence } from '../log/store/evidence.ts';
import { secretHash } from '../identity/secrets/secrets.ts';
import { insertSession } from '../identity/store/sessions.ts';

const { identity } = hub.services;
const security = await hub.token(['security']);
const leaver = await admitPerson(identity, '赵科', [{ role: 'operator' }, { role: 'steward' }]);
const other = await admitPerson(identity, '钱科', [{ role: 'leader' }]);
const alone = await admitPerson(identity, '周科', [{ role: 'operator' }]);
const title = { zh: '甲', en: 'a' };
const end = (person: string, token: string, reason = '调离') =>
  post(`/v1/persons/${person}/end`, { reason }, token);

/** Another token, a session, an agreement, a purpose, a role, an invitation and a code: each waits, or is open. */
const further = await post('/v1/tokens', {}, leaver.token);
await insertSession(
  hub.database.app,
  {
    id: 'session-of-leaver',
    person: leaver.person,
    way: 'totp',
    credential: leaver.id,
    hash: secretHash('c'.repeat(43)),
    begunAt: hub.database.now(),
    expiresAt: hub.database.now() + 3_600_000,
  },
  '01890000-0000-7000-8000-000000000000',
);
const submitted = await post(
  '/v1/policy/documents',
  bothSigned(agreement({ id: 'agr-of-one-who-left' })),
  leaver.token,
);
assert.equal(submitted.status, 201, JSON.stringify(submitted.body));
const purpose = await post('/v1/purposes', { code: 'left-behind', title }, leaver.token);
assert.equal(purpose.status, 202);
assert.equal(
  (await post(`/v1/persons/${other.person}/roles`, { role: 'security' }, leaver.token)).status,
  201,
);
const invited = await post('/v1/persons', { name: '孙某', roles: [{ role: 'auditor' }] }, leaver.token);
const issued = await post('/v1/departments/education/enrolment-codes', {}, leaver.token);
assert.equal(issued.status, 201);

/** About a person: it waits for another one to release it. */
const evidenceOf = async (requestedBy: string): Promise<string> => {
  const id = uuid7(hub.database.now());
  await insertEvidence(hub.database.app, {
    id,
    question: '{"subject":"pub-security.secret"}',
    tokens: [Buffer.alloc(32)],
    attempts: [],
    reason: '核查',
    caseNumber: 'SS-2026-0007',
    size: 1,
    askedBy: requestedBy,
    askedAt: hub.database.now(),
    state: 'waiting',
    answeredBy: null,
    subjects: null,
  });
  return id;
};
const evidence = await evidenceOf(leaver.person);
const own = await evidenceOf(alone.person);

/** What they began, or agreed to, with a dataset and with versions of schemas, and a second person has not approved. */
const colleague = await admitPerson(identity, '李科', [{ role: 'operator' }, { role: 'steward' }]);
const secret = '/v1/datasets/pub-security.secret';
const retire = (token: string) => post(`${secret}/decision`, { act: 'retire', reason: '系统下线' }, token);
assert.equal((await retire(leaver.token)).status, 202);
const member = { type: 'string', maxLength: 20, 'x-title': title, 'x-sensitivity': 'L2' };
const version = (name: string, minor: number) => {
  const fields = Array.from({ length: minor }, (_, i): [string, object] => [`more${i}`, { ...member }]);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:datong:${name}:1.${minor}`,
    'x-title': title,
    'x-class': 'general',
    'x-primary-key': ['/id'],
    type: 'object',
    additionalProperties: false,
    required: ['id'],
    properties: { id: member, ...Object.fromEntries(fields) },
  };
};

const submittedBy = async (token: string, name: string, document: object): Promise<string> => {
  assert.equal((await post('/v1/schemas', { document: version(name, 0) }, token)).status, 201);
  const sent = await post('/v1/schemas', { document }, token);
  assert.equal(sent.body['state'], 'inReview', JSON.stringify(sent.body));
  return String(sent.body['digest']);
};
await submittedBy(leaver.token, 'begun-by-leaver', version('begun-by-leaver', 1));
const lower = version('agreed-by-leaver', 1);
const lowered = { ...lower, properties: { id: { ...member, 'x-sensitivity': 'L1' } } };
const read = await submittedBy(colleague.token, 'agreed-by-leaver', lowered);
const agreeing = { act: 'publish', digest: read };
const agreedVersion = '/v1/schemas/urn:datong:agreed-by-leaver:1.1';
assert.equal(
  (await post(`${agreedVersion}/decision`, agreeing, leaver.token)).body['state'],
  'inReview',
  'the security officer is missing',
);
const changeover = {
  from: 'urn:datong:household:1.0',
  to: 'urn:datong:air-quality-hourly:1.0',
  mappings: [],
  rowsBy: null,
  reason: 'x',
  sunset: null,
  needsOfficer: true,
};
const [begunId, agreedId] = [uuid7(hub.database.now()), uuid7(hub.database.now())];
await insertChangeover(hub.database.app, {
  ...changeover,
  id: begunId,
  dataset: 'pub-security.secret',
  author: leaver.person,
});
await insertChangeover(hub.database.app, {
  ...changeover,
  id: agreedId,
  dataset: 'pub-security.household',
  author: colleague.person,
});
await hub.database.app.query("UPDATE changeover SET approver = $1, agreed = 'digest' WHERE id = $2", [
  leaver.person,
  agreedId,
]);

test('a reason that contains a person’s number is refused, and comes into no entry', async () => {
  const refused = await end(leaver.person, security, '与 11010519491231002X 有关');
  assert.deepEqual([refused.status, code(refused)], [422, 'reason_identifies']);
});

test('a person who has left acts by nothing any more, and nothing of theirs waits', async () => {
  const ended = await end(leaver.person, security);
  assert.equal(ended.status, 200, JSON.stringify(ended.body));
  assert.deepEqual(ended.body, {
    person: leaver.person,
    changed: true,
    ended: { credentials: 2, sessions: 1, documents: 1, proposals: 7, grants: 2, codes: 1 },
  });
  for (const token of [leaver.token, String(further.body['token'])]) {
    assert.equal((await staffCall(hub, token, 'GET', '/v1/inbox')).body['code'], 'token_revoked');
  }
  const { rows } = await hub.database.app.query<{ open: number }>(
    'SELECT count(*)::integer AS open FROM staff_session WHERE person = $1 AND ended_at IS NULL',
    [leaver.person],
  );
  assert.equal(rows[0]?.open, 0);
  assert.equal(code(await approval(submitted)), 'transition_not_allowed');
  const accepted = await acceptAs(hub, security, purpose);
  assert.equal(accepted.body['code'], 'transition_not_allowed');
  const guest = `/v1/persons/${String(invited.body['person'])}/confirmation`;
  assert.equal(code(await post(guest, { roles: [{ role: 'auditor' }] }, security)), 'person_unknown');
  const granted = `/v1/persons/${other.person}/confirmation`;
  const confirmed = await post(granted, { roles: [{ role: 'security' }] }, security);
  assert.equal(code(confirmed), 'transition_not_allowed');
  const enrolment = { code: String(issued.body['code']), csr: '', proof: '' };
  const enrolled = () =>
    identity.perform('enrol', { proven: {} }, (context) => identity.prepare(enrol, enrolment, context));
  await assert.rejects(enrolled(), { code: 'enrolment_code_used' });
  // as if it had been hidden from the statement that ended it
  const { rowCount } = await hub.database.owner.query(
    'UPDATE enrolment_code SET used_at = NULL, used_by = NULL WHERE issuer = $1',
    [leaver.person],
  );
  assert.equal(rowCount, 1);
  await assert.rejects(enrolled(), { code: 'enrolment_code_used' });
  const waiting = await staffCall(hub, security, 'GET', '/v1/inbox');
  assert.deepEqual(
    ['documents', 'proposals', 'persons'].map((what) => (waiting.body[what] as unknown[]).length),
    [0, 0, 0],
  );
});

test('evidence that they requested and that is not released is given to no one, also where they ended themselves', async () => {
  const ended = await end(alone.person, alone.token);
  assert.equal((ended.body['ended'] as { proposals: number }).proposals, 1, JSON.stringify(ended.body));
  const auditor = await hub.token(['auditor']);
  for (const id of [evidence, own]) {
    const released = await post(`/v1/log/evidence/${id}/answer`, { answer: 'release' }, auditor);
    assert.equal(code(released), 'transition_not_allowed');
  }
  const waiting = await staffCall(hub, auditor, 'GET', '/v1/inbox');
  assert.deepEqual(waiting.body['evidence'], []);
});

test('acts on a dataset or a schema that they began are abandoned, and their approvals of acts of others do not count', async () => {
  const begun = await staffCall(hub, colleague.token, 'GET', '/v1/schemas/urn:datong:begun-by-leaver:1.1');
  assert.equal((begun.body['schema'] as { state: string }).state, 'draft');
  const officer = await hub.token(['security']);
  const one = await post(`${agreedVersion}/decision`, agreeing, officer);
  assert.equal(one.body['state'], 'inReview', 'the approval of the person who left does not count');
  const another = await hub.token(['steward']);
  assert.equal((await post(`${agreedVersion}/decision`, agreeing, another)).body['state'], 'published');
  const { rows } = await hub.database.app.query(
    'SELECT id, state, approver FROM changeover WHERE id = ANY($1) ORDER BY author = $2 DESC',
    [[begunId, agreedId], leaver.person],
  );
  assert.deepEqual(rows, [
    { id: begunId, state: 'abandoned', approver: null },
    { id: agreedId, state: 'open', approver: null },
  ]);
  await hub.database.app.query(
    "UPDATE changeover SET state = 'abandoned', ended_by = id WHERE state = 'open'",
  );
  const first = await retire(another);
  assert.equal(first.status, 202, 'the act of the person who left is not the first of two');
});

test('what they were granted remains on record, ending twice changes nothing, and the role can be granted anew', async () => {
  const again = await end(leaver.person, security);
  assert.deepEqual([again.status, again.body['changed']], [200, false]);
  assert.equal(code(await end('0000000000', security)), 'person_unknown');
  const persons = (await staffCall(hub, security, 'GET', '/v1/persons')).body['persons'] as {
    person: string;
    state: string;
    roles: object[];
  }[];
  const [left] = persons.filter(({ person }) => person === leaver.person);
  assert.deepEqual([left?.state, left?.roles.length], ['ended', 2]);
  const operator = await hub.token(['operator']);
  // what was taken back, security, blocks nothing; what is granted now does
  const grant = (role: string) => post(`/v1/persons/${other.person}/roles`, { role }, operator);
  assert.equal((await grant('auditor')).status, 201);
  assert.equal(code(await grant('security')), 'roles_apart');
  await assert.rejects(
    hub.database.app.query('DELETE FROM role_grant WHERE person = $1', [leaver.person]),
    { code: '23514' },
    'what was confirmed is not taken out of the table',
  );
});

test('no failure of the hub itself came to light', () => assert.deepEqual(hub.failures, []));
