/** Sessions of browsers through the real staff listener: how they begin and end, and what attackers try with them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import request from 'supertest';
import { admitPerson } from '../../../../tests/admitPerson.ts';
import { softwareKey } from '../../../../tests/softwareKey.ts';
import { startStaffHub } from '../../../../tests/staffHub.ts';
import { codeAt } from '../../../identity/sessions/signInByCode.ts';
import type { Role } from '../../../domain/permissions.ts';
import { leafTexts } from '../../../../tests/leafTexts.ts';

const hub = await startStaffHub({ strangers: { rate: 1_000, burst: 1_000 } });
const origin = `https://localhost:${hub.ports.staff}`;
const here = { 'sec-fetch-site': 'same-origin' };
type Headers = Readonly<Record<string, string>>;

async function call(method: 'get' | 'post', path: string, headers: Headers, body?: object) {
  const reply = await request(origin)[method](path).ca(hub.ca).set(headers).send(body);
  const cookie = ([] as string[]).concat(reply.headers['set-cookie'] ?? []).join();
  return {
    status: reply.status,
    body: reply.body as Record<string, unknown>,
    code: codeIn(reply.body),
    cookie,
  };
}
const codeIn = (body: unknown): string => (body as { code?: string }).code ?? '';
const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });
const pairOf = (cookie: string): string => cookie.slice(0, cookie.indexOf(';'));

const bits = (text: string): string =>
  [...text]
    .map((one) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(one).toString(2).padStart(5, '0'))
    .join('');
const unbase32 = (text: string): Buffer =>
  Buffer.from((bits(text).match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));

interface Person {
  readonly person: string;
  readonly id: string;
  readonly token: string;
  /** the code of so many half minutes from now */
  readonly code: (ahead: number) => string;
}
async function withAuthenticator(name: string, role: Role, department?: string): Promise<Person> {
  const admitted = await admitPerson(hub.services.identity, name, [{ role, department }]);
  const { status, body } = await call('post', '/v1/authenticator', bearer(admitted.token));
  assert.equal(status, 201);
  const secret = unbase32(String(body['secret']));
  return { ...admitted, code: (ahead) => codeAt(secret, Math.floor(hub.database.now() / 30_000) + ahead) };
}
async function withAuthenticatorIn(department: string): Promise<Person> {
  const body = { code: department, name: { zh: '某局', en: 'some' }, kind: 'government' };
  assert.equal(
    (await call('post', '/v1/departments', bearer(await hub.token(['operator'])), body)).status,
    201,
  );
  return withAuthenticator('职员外', 'steward', department);
}
const signIn = (person: Person, ahead = 0) =>
  call('post', '/v1/sessions/by-code', here, { token: person.token, code: person.code(ahead) });

const steward = await withAuthenticator('职员甲', 'steward');
const entries = async (operation: string): Promise<{ decision: string; code?: string; leaf: string }[]> => {
  const texts = await leafTexts(hub.database);
  return texts
    .map((leaf) => ({ ...(JSON.parse(leaf) as { decision: string; operation: string }), leaf }))
    .filter((leaf) => leaf.operation === operation);
};

test('a token and a code open a session; its secret is in the cookie alone, and its hash alone is stored', async () => {
  const begun = await signIn(steward);
  assert.equal(begun.status, 201);
  assert.match(begun.cookie, /^__Host-datong=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
  const secret = pairOf(begun.cookie).split('=')[1] ?? '';
  assert.ok(!JSON.stringify(begun.body).includes(secret));
  const { rows } = await hub.database.owner.query<{ all: string }>(
    'SELECT s::text AS all FROM staff_session s',
  );
  assert.equal(rows.length, 1);
  assert.ok(!String(rows[0]?.all).includes(secret));
  const shown = await call('get', '/v1/sessions/current', { ...here, cookie: pairOf(begun.cookie) });
  assert.equal(shown.status, 200);
  assert.equal(shown.body['person'], steward.person);
  assert.equal(shown.body['way'], 'totp');
  const [entry] = await entries('signInByCode');
  assert.ok(entry?.leaf.includes(String(begun.body['id'])) && !entry.leaf.includes(secret));
});

test('a code is accepted once, a wrong one is refused and reported, and five block it for a while', async () => {
  const person = await withAuthenticator('职员乙', 'steward');
  const alone = await call('get', '/v1/inbox', bearer(person.code(0)));
  assert.equal(alone.code, 'token_invalid');
  const tooSoon = await admitPerson(hub.services.identity, '职员无', [{ role: 'steward' }]);
  const missing = await call('post', '/v1/sessions/by-code', here, { token: tooSoon.token, code: '000000' });
  assert.equal(missing.code, 'authenticator_missing');
  assert.equal((await signIn(person)).status, 201);
  assert.equal((await signIn(person)).code, 'code_invalid');
  const again = await call('post', '/v1/authenticator', bearer(person.token));
  assert.equal(again.code, 'authenticator_present');
  const far = { token: person.token, code: person.code(1_000) };
  for (let time = 0; time < 5; time += 1) {
    const { code } = await call('post', '/v1/sessions/by-code', here, far);
    assert.equal(code, 'code_invalid');
  }
  assert.equal((await signIn(person, 1)).code, 'code_locked');
  const denials = (await entries('signInByCode')).filter(({ decision }) => decision === 'deny');
  assert.ok(denials.some(({ leaf }) => leaf.includes('code_locked') && leaf.includes(person.person)));
});

test('another site cannot use a session, nor sign a person in', async () => {
  const person = await withAuthenticator('职员丙', 'steward');
  const cookie = pairOf((await signIn(person)).cookie);
  const body = { name: '新人', roles: [{ role: 'auditor' }] };
  const refused: readonly Headers[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site', origin },
    {},
  ];
  for (const headers of refused) {
    const acted = await call('post', '/v1/persons', { ...headers, cookie }, body);
    assert.equal(acted.code, 'cross_site_call', JSON.stringify(headers));
    const read = await call('get', '/v1/inbox', { ...headers, cookie });
    assert.equal(read.code, 'cross_site_call', JSON.stringify(headers));
    const fixed = await call('post', '/v1/sessions/by-code', headers, {
      token: person.token,
      code: person.code(1),
    });
    assert.equal(fixed.code, 'cross_site_call', JSON.stringify(headers));
  }
  assert.equal((await call('get', '/v1/inbox', { origin, cookie })).status, 200);
  const form = await request(origin)
    .post('/v1/tokens')
    .ca(hub.ca)
    .set({ ...here, cookie, 'content-type': 'text/plain' })
    .send('{}');
  assert.equal(codeIn(form.body), 'unsupported_media_type');
});

test('a session together with a token, or two sessions, are refused: the caller would be ambiguous', async () => {
  const person = await withAuthenticator('职员丁', 'steward');
  const cookie = pairOf((await signIn(person)).cookie);
  const both = await call('get', '/v1/inbox', { ...here, ...bearer(person.token), cookie });
  assert.equal(both.code, 'two_credentials');
  const two = await call('get', '/v1/inbox', { ...here, cookie: `${cookie}; ${cookie}` });
  assert.equal(two.code, 'header_duplicate');
});

test('a session has a new unpredictable name: one that a browser brings is not accepted', async () => {
  const person = await withAuthenticator('职员戊', 'steward');
  const planted = `__Host-datong=${'A'.repeat(43)}`;
  const begun = await call(
    'post',
    '/v1/sessions/by-code',
    { ...here, cookie: planted },
    { token: person.token, code: person.code(0) },
  );
  assert.notEqual(pairOf(begun.cookie), planted);
  assert.equal((await call('get', '/v1/inbox', { ...here, cookie: planted })).code, 'session_ended');
  assert.equal((await call('get', '/v1/inbox', { ...here, cookie: '__Host-datong=' })).code, 'session_ended');
});

test('signing out, being signed out by an operator, a revoked token, idleness and age all end a session', async () => {
  const operator = await hub.token(['operator']);
  const person = await withAuthenticator('职员己', 'steward');
  const alive = async (cookie: string): Promise<string> =>
    (await call('get', '/v1/inbox', { ...here, cookie })).code || 'alive';
  const first = await signIn(person, -1);
  const cookie = pairOf(first.cookie);
  assert.equal(await alive(cookie), 'alive');
  const out = await call('post', `/v1/sessions/${String(first.body['id'])}/end`, { ...here, cookie }, {});
  assert.match(out.cookie, /^__Host-datong=;.*Max-Age=0/);
  assert.equal(await alive(cookie), 'session_ended');

  const second = await signIn(person, 0);
  const listed = await call('get', '/v1/sessions', bearer(operator));
  assert.ok(JSON.stringify(listed.body).includes(String(second.body['id'])));
  const path = `/v1/sessions/${String(second.body['id'])}/end`;
  assert.equal((await call('post', path, bearer(operator), { reason: 'lost laptop' })).status, 200);
  assert.equal(await alive(pairOf(second.cookie)), 'session_ended');
  assert.ok((await entries('endSession')).some(({ leaf }) => leaf.includes('lost laptop')));

  const third = await signIn(person, 1);
  assert.equal(await alive(pairOf(third.cookie)), 'alive');
  await hub.database.owner.query(
    "UPDATE staff_session SET seen_at = seen_at - interval '31 minutes' WHERE id = $1",
    [third.body['id']],
  );
  assert.equal(await alive(pairOf(third.cookie)), 'session_ended');
  await hub.database.owner.query(
    "UPDATE staff_session SET seen_at = now(), expires_at = now() - interval '1 second' WHERE id = $1",
    [third.body['id']],
  );
  assert.equal(await alive(pairOf(third.cookie)), 'session_ended');
  await hub.database.owner.query(
    "UPDATE staff_session SET expires_at = now() + interval '1 hour' WHERE id = $1",
    [third.body['id']],
  );
  assert.equal(await alive(pairOf(third.cookie)), 'alive');
  await call('post', `/v1/tokens/${person.id}/revocation`, bearer(operator), { reason: 'unspecified' });
  assert.equal(await alive(pairOf(third.cookie)), 'session_ended');
});

test('a session has the roles of its token and no more, and ends no other person’s session', async () => {
  const person = await withAuthenticator('职员庚', 'steward');
  const other = await withAuthenticator('职员辛', 'operator');
  const cookie = pairOf((await signIn(person)).cookie);
  const otherSession = await signIn(other);
  const act = (path: string, body: object) => call('post', path, { ...here, cookie }, body);
  assert.equal(
    (await act('/v1/persons', { name: '新人', roles: [{ role: 'operator' }] })).code,
    'scope_missing',
  );
  const narrow = await call('post', '/v1/tokens', { ...here, cookie }, { roles: ['operator'] });
  assert.equal(narrow.code, 'token_request_invalid');
  assert.equal((await call('get', '/v1/log/entries', { ...here, cookie })).code, 'scope_missing');
  // of the same place: another operator's session in the data office must not be ended
  const listed = JSON.stringify((await call('get', '/v1/sessions', { ...here, cookie })).body);
  assert.ok(listed.includes(person.person));
  const department = await withAuthenticatorIn('some-department');
  const outside = pairOf((await signIn(department)).cookie);
  const path = `/v1/sessions/${String(otherSession.body['id'])}/end`;
  assert.equal((await call('post', path, { ...here, cookie: outside }, {})).code, 'not_your_department');
  const seen = JSON.stringify((await call('get', '/v1/sessions', { ...here, cookie: outside })).body);
  assert.ok(!seen.includes(other.person) && seen.includes(department.person));
  assert.equal((await act(path, {})).code, 'not_your_department');
  assert.ok(!listed.includes(other.person));
});

test('only operators and security officers end sessions and tokens of others of their own place', async () => {
  const officer = await withAuthenticator('安全员甲', 'security', 'some-department');
  const session = await signIn(officer);
  const end = `/v1/sessions/${String(session.body['id'])}/end`;
  const revoke = `/v1/tokens/${officer.id}/revocation`;
  const because = { reason: 'unspecified' };
  for (const role of ['clerk', 'leader', 'auditor', 'steward'] as const) {
    const roles = [{ role, department: 'some-department' }];
    const { token } = await admitPerson(hub.services.identity, '同事', roles);
    assert.equal((await call('post', end, bearer(token), {})).code, 'not_your_department', role);
    assert.equal((await call('post', revoke, bearer(token), because)).code, 'not_your_department', role);
    const listed = JSON.stringify((await call('get', '/v1/sessions', bearer(token))).body);
    assert.ok(!listed.includes(officer.person), role);
  }
  const both = [
    { role: 'clerk' as const, department: 'some-department' },
    { role: 'security' as const, department: 'other-department' },
  ];
  await withAuthenticatorIn('other-department');
  const elsewhere = await admitPerson(hub.services.identity, '安全员乙', both);
  assert.equal((await call('post', end, bearer(elsewhere.token), {})).code, 'not_your_department');
  const colleague = await admitPerson(hub.services.identity, '安全员丙', [
    { role: 'security', department: 'some-department' },
  ]);
  const listed = JSON.stringify((await call('get', '/v1/sessions', bearer(colleague.token))).body);
  assert.ok(listed.includes(officer.person));
  assert.equal((await call('post', end, bearer(colleague.token), {})).status, 200);
  assert.equal((await call('post', revoke, bearer(colleague.token), because)).status, 200);
  const clerk = await admitPerson(hub.services.identity, '职员癸', [{ role: 'clerk' }]);
  const operator = await withAuthenticator('运维甲', 'operator');
  const endOfOperator = `/v1/sessions/${String((await signIn(operator)).body['id'])}/end`;
  assert.equal((await call('post', endOfOperator, bearer(clerk.token), {})).code, 'not_your_department');
  assert.equal(
    (await call('post', `/v1/tokens/${clerk.id}/revocation`, bearer(clerk.token), because)).status,
    200,
  );
});

test('a passkey opens a session, its challenge once, and only from this origin and a checked holder', async () => {
  const person = await admitPerson(hub.services.identity, '职员壬', [{ role: 'auditor' }]);
  const key = softwareKey('localhost');
  const optionsOf = async (path: string, headers: Headers): Promise<{ challenge: string }> =>
    (await call('post', path, headers)).body['publicKey'] as { challenge: string };
  const offered = await optionsOf('/v1/passkeys/offers', bearer(person.token));
  const made = key.register(offered, origin);
  const foreign = await call('post', '/v1/passkeys', bearer(await hub.token(['auditor'])), {
    ...made,
    label: '别人',
  });
  assert.equal(foreign.code, 'challenge_invalid');
  const registered = await call('post', '/v1/passkeys', bearer(person.token), { ...made, label: '办公电脑' });
  assert.equal(registered.status, 201);
  assert.equal(
    (await call('post', '/v1/passkeys', bearer(person.token), { ...made, label: '再次' })).code,
    'challenge_invalid',
  );

  const ask = () => optionsOf('/v1/sign-in/passkey', here);
  const answer = key.answer(await ask(), origin);
  const begun = await call('post', '/v1/sessions/by-passkey', here, answer);
  assert.equal(begun.status, 201, begun.code);
  const shown = await call('get', '/v1/sessions/current', { ...here, cookie: pairOf(begun.cookie) });
  assert.deepEqual([shown.body['person'], shown.body['way']], [person.person, 'passkey']);
  assert.equal((await call('post', '/v1/sessions/by-passkey', here, answer)).code, 'passkey_invalid');
  const refused = [
    key.answer(await ask(), 'https://evil.example'),
    key.answer({ challenge: Buffer.alloc(56, 7).toString('base64url') }, origin),
    key.answer(offered, origin),
    softwareKey('localhost').answer(await ask(), origin),
    { ...key.answer(await ask(), origin), signature: answer.signature },
  ];
  for (const one of refused) {
    const { status, code } = await call('post', '/v1/sessions/by-passkey', here, one);
    assert.equal(status, 401, code);
  }
  const unchecked = softwareKey('localhost', false);
  const offer = await optionsOf('/v1/passkeys/offers', bearer(person.token));
  const half = await call('post', '/v1/passkeys', bearer(person.token), {
    ...unchecked.register(offer, origin),
    label: 'x',
  });
  assert.equal(half.code, 'passkey_invalid');
});

test('what is not there is not ended, and a hub without an identity provider says so', async () => {
  const operator = bearer(await hub.token(['operator']));
  const ended = await call('post', '/v1/sessions/aaaaaaaaaa/end', operator, {});
  assert.deepEqual([ended.status, ended.code], [404, 'session_unknown']);
  assert.equal((await call('get', '/v1/sign-in', here)).body['provider'], undefined);
  assert.equal((await call('post', '/v1/sign-in/account', here)).code, 'accounts_not_used');
  assert.equal((await call('post', '/v1/accounts/offers', operator)).code, 'accounts_not_used');
});

test('persons are picked in a demo alone', async () => {
  assert.deepEqual((await call('get', '/v1/sign-in', here)).body['demo'], []);
  const picked = await call('post', '/v1/sessions/by-picking', here, { person: steward.person });
  assert.equal(picked.code, 'demo_only');
  assert.equal(picked.cookie, '');
});

test('no failure of the hub itself came to light', () => assert.deepEqual(hub.failures, []));
