import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../terms/problem.ts';
import { entries, operator, registerDepartment, testHub } from '../../tests/attacks/tlsFixture.ts';
import { openIdentity } from './openIdentity.ts';
import { requireScope, type TokenRequest } from './staffToken.ts';

const hub = await testHub();
await registerDepartment(hub, 'ecology');
const refusedWith = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;

const issue = (request: TokenRequest) =>
  hub.identity.perform('issueToken', operator, (context) => hub.identity.issueToken(request, context));
const bearer = (token: string) => hub.identity.staff(`Bearer ${token}`);

test('a token says who holds it, what it may do and for whom', async () => {
  const { id, token, expires } = await issue({
    name: '李 明',
    scopes: ['steward', 'steward'],
    department: 'ecology',
  });
  assert.match(token, /^dtg_[0-9a-z]{10}_[\w-]{43}$/);
  assert.ok(Date.parse(expires) > Date.now());
  assert.deepEqual(await bearer(token), {
    tokenId: id,
    name: '李 明',
    scopes: ['steward'],
    department: 'ecology',
  });
  const entry = (await entries(hub)).at(-1);
  assert.deepEqual([entry?.operation, entry?.change?.['token']], ['issueToken', id]);
});

test('anything but the very token is refused, and no refusal tells what was right about it', async () => {
  const { token } = await issue({ name: 'Wang', scopes: ['operator'] });
  const other = await issue({ name: 'Zhao', scopes: ['auditor'] });
  const swapped = `${token.slice(0, 15)}${other.token.slice(15)}`;
  const flipped = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
  const unknown = `dtg_0000000000_${token.slice(15)}`;
  for (const wrong of [swapped, flipped, unknown, token.slice(0, -1), `${token}x`, '', 'dtg_', '%']) {
    await assert.rejects(bearer(wrong), refusedWith('token_invalid'), wrong.slice(0, 8));
  }
  for (const header of [`Basic ${token}`, token, `bearer ${token}`, `Bearer  ${token}`]) {
    await assert.rejects(hub.identity.staff(header), refusedWith('token_invalid'));
  }
  for (const header of [undefined, '']) {
    await assert.rejects(hub.identity.staff(header), refusedWith('token_missing'));
  }
  await bearer(token);
});

test('a token ends, by time or by revocation', async () => {
  const { token } = await issue({ name: 'Short', scopes: ['auditor'], days: 1 });
  hub.clock.offset = 86_400_001;
  await assert.rejects(bearer(token), refusedWith('token_expired'));
  hub.clock.offset = 0;
  await bearer(token);
  const { id, token: other } = await issue({ name: 'Lost', scopes: ['operator'] });
  const revoke = () =>
    hub.identity.perform('revokeToken', operator, (context) => hub.identity.revokeToken({ id }, context));
  await revoke();
  await assert.rejects(bearer(other), refusedWith('token_revoked'));
  await revoke();
  await assert.rejects(
    hub.identity.perform('revokeToken', operator, (context) =>
      hub.identity.revokeToken({ id: 'nothing' }, context),
    ),
    refusedWith('token_unknown'),
  );
});

test('what no token should be is not issued', async () => {
  const wrong: TokenRequest[] = [
    { name: 'x', scopes: ['operator'] },
    { name: 'Nobody', scopes: [] },
    { name: 'Root', scopes: ['root'] },
    { name: 'Forever', scopes: ['operator'], days: 367 },
    { name: 'Never', scopes: ['operator'], days: 0 },
  ];
  for (const request of wrong) await assert.rejects(issue(request), refusedWith('token_request_invalid'));
  await assert.rejects(
    issue({ name: 'Nowhere', scopes: ['steward'], department: 'nowhere' }),
    refusedWith('department_unknown'),
  );
});

test('a scope is asked for by name', async () => {
  const { token } = await issue({ name: 'Auditor', scopes: ['auditor'] });
  const staff = await bearer(token);
  requireScope(staff, ['operator', 'auditor']);
  assert.throws(() => requireScope(staff, ['operator', 'steward']), refusedWith('scope_missing'));
});

test('a token issued by another process is known at the first try', async () => {
  const idle = await openIdentity({
    database: hub.database,
    keys: hub.keys,
    audit: { ...hub.audit, epoch: () => 0 }, // it has not looked at the log since
    origin: hub.origin,
    pollMs: 600_000,
  });
  const { id, token } = await issue({ name: 'From the shell', scopes: ['operator'] });
  assert.equal((await idle.staff(`Bearer ${token}`)).tokenId, id);
  idle.close();
});
