/** Accounts of an identity provider through the real staff listener: bound, signed in by, and what providers, browsers and strangers try. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import request from 'supertest';
import { admitPerson } from '../../../../tests/admitPerson.ts';
import { startProvider, type Lies } from '../../../../tests/identityProvider.ts';
import { startStaffHub } from '../../../../tests/staffHub.ts';
import { identityProvider } from '../../../identity/sessions/identityProvider.ts';
import { leafTexts } from '../../../../tests/leafTexts.ts';

const provider = await startProvider();
const { issuer, clientId, clientSecret } = provider;
const title = { zh: '市统一身份认证', en: 'the city’s sign-in' };
const hub = await startStaffHub({
  strangers: { rate: 1_000, burst: 1_000 },
  provider: identityProvider({ issuer, clientId, clientSecret, title }),
});
const origin = `https://localhost:${hub.ports.staff}`;
const here = { 'sec-fetch-site': 'same-origin' };
type Headers = Readonly<Record<string, string>>;
interface Offer {
  readonly address: string;
  readonly binding: string;
}

async function call(method: 'get' | 'post', path: string, headers: Headers, body?: object) {
  const reply = await request(origin)[method](path).ca(hub.ca).set(headers).send(body);
  const cookie =
    ([] as string[])
      .concat(reply.headers['set-cookie'] ?? [])
      .join()
      .split(';')[0] ?? '';
  const answered = reply.body as Record<string, unknown>;
  return {
    status: reply.status,
    body: answered,
    code: (reply.body as { readonly code?: string }).code ?? '',
    cookie,
  };
}
const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });
const one = await admitPerson(hub.services.identity, '职员甲', [{ role: 'steward' }]);
const other = await admitPerson(hub.services.identity, '职员乙', [{ role: 'auditor' }]);
const operator = await hub.token(['operator']);

const ask = async (): Promise<Offer> =>
  (await call('post', '/v1/sign-in/account', here)).body as unknown as Offer;
const offerTo = async (token: string): Promise<Offer> =>
  (await call('post', '/v1/accounts/offers', bearer(token))).body as unknown as Offer;
const signIn = ({ binding }: Offer, answer: string) =>
  call('post', '/v1/sessions/by-account', here, { answer, binding });
const bind = (token: string, { binding }: Offer, answer: string) =>
  call('post', '/v1/accounts', bearer(token), { answer, binding });

/** A whole sign-in. */
async function signsIn(subject: string, lies?: Lies) {
  const offer = await ask();
  return signIn(offer, provider.signIn(offer.address, subject, lies));
}

test('an account is bound by a person identified in another way, and opens a session from then on', async () => {
  assert.deepEqual((await call('get', '/v1/sign-in', here)).body['provider'], title);
  assert.equal((await signsIn('sub-1')).code, 'account_unknown');
  const offer = await offerTo(one.token);
  const bound = await bind(one.token, offer, provider.signIn(offer.address, 'sub-1'));
  assert.equal(bound.status, 201, bound.code);
  const begun = await signsIn('sub-1');
  assert.equal(begun.status, 201, begun.code);
  const shown = await call('get', '/v1/sessions/current', { ...here, cookie: begun.cookie });
  assert.deepEqual([shown.body['person'], shown.body['way']], [one.person, 'oidc']);
  const { rows } = await hub.database.owner.query<{ text: string }>(
    'SELECT c::text AS text FROM credential c',
  );
  const texts = [...rows.map(({ text }) => text), ...(await leafTexts(hub.database))];
  assert.ok(
    !texts.some((text) => text.includes('sub-1')),
    'the identifier at the provider is stored nowhere',
  );
  assert.ok(
    texts.some((text) => text.includes('"operation":"signInByAccount"') && text.includes(one.person)),
  );

  await call('post', `/v1/tokens/${String(bound.body['id'])}/revocation`, bearer(operator), {
    reason: 'unspecified',
  });
  assert.equal((await call('get', '/v1/inbox', { ...here, cookie: begun.cookie })).code, 'session_ended');
  assert.equal((await signsIn('sub-1')).code, 'account_unknown');
});

test('an account is one person’s', async () => {
  const first = await offerTo(one.token);
  assert.equal((await bind(one.token, first, provider.signIn(first.address, 'sub-2'))).status, 201);
  const second = await offerTo(other.token);
  const taken = await bind(other.token, second, provider.signIn(second.address, 'sub-2'));
  assert.equal(taken.code, 'already_registered');
});

test('what began in one browser does not end in another, nor for another person, nor twice, nor for something else', async () => {
  const mine = await ask();
  const started = await ask();
  const answer = provider.signIn(mine.address, 'sub-2');
  assert.equal((await signIn({ ...mine, binding: started.binding }, answer)).code, 'challenge_invalid');
  assert.equal((await bind(other.token, mine, answer)).code, 'challenge_invalid');
  assert.equal((await signIn(mine, answer)).status, 201);
  assert.equal((await signIn(mine, answer)).code, 'account_invalid', 'a code is taken once');
  const fresh = provider.signIn(mine.address, 'sub-2');
  assert.equal((await signIn(mine, fresh)).code, 'challenge_invalid', 'and what it began with, too');
  const offer = await offerTo(one.token);
  const back = provider.signIn(offer.address, 'sub-3');
  assert.equal((await signIn(offer, back)).code, 'challenge_invalid');
  assert.equal((await bind(other.token, offer, back)).code, 'challenge_invalid');
  for (const forged of ['?code=x', '?code=x&state=', `?code=x&state=${'A'.repeat(75)}`, `${back}&state=x`])
    assert.equal((await signIn(mine, forged)).status, 401, forged);
  const cross = await call(
    'post',
    '/v1/sessions/by-account',
    { 'sec-fetch-site': 'cross-site' },
    { answer, binding: mine.binding },
  );
  assert.equal(cross.code, 'cross_site_call');
});

test('a wrong statement of a provider is rejected', async () => {
  const seconds = Math.floor(Date.now() / 1000);
  const lies: readonly Lies[] = [
    { claims: { nonce: 'another' } },
    { claims: { aud: 'another-client' } },
    { claims: { iss: 'https://another.example' } },
    { claims: { exp: seconds - 3_600 } },
    { claims: { sub: '' } },
    { foreignKey: true },
    { unsigned: true },
    { iss: 'https://another.example' },
    { denied: true },
  ];
  for (const lie of lies) {
    const { status, code } = await signsIn('sub-2', lie);
    assert.deepEqual([status, code], [401, 'account_invalid'], JSON.stringify(lie));
  }
  assert.equal((await signsIn('sub-2', { status: 500 })).code, 'identity_provider_unavailable');
  assert.equal((await signsIn('sub-2')).status, 201, 'the honest one is');
});

test('an unreachable provider is reported, and tried again at the next sign-in', async () => {
  provider.stop();
  const offer = await ask();
  const answer = provider.signIn(offer.address, 'sub-2');
  assert.equal((await signIn(offer, answer)).code, 'identity_provider_unavailable');
  const away = identityProvider({ issuer: 'http://127.0.0.1:9', clientId, title });
  const proof = { state: 's', nonce: 'n', verifier: 'v'.repeat(43) };
  for (let time = 0; time < 2; time += 1)
    await assert.rejects(away.address(proof, `${origin}/console/sign-in`), {
      code: 'identity_provider_unavailable',
    });
});

test('of all that, the operator is notified of the provider’s silence only', () => {
  const reported = hub.failures.map((failure) => (failure as { readonly code?: string }).code);
  assert.deepEqual([...new Set(reported)], ['identity_provider_unavailable']);
});
