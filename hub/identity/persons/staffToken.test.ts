import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../../terms/problem.ts';
import { admitPerson } from '../../../tests/admitPerson.ts';
import { entries, operator, registerDepartment, testHub } from '../../../tests/attacks/tlsFixture.ts';
import { openIdentity } from '../openIdentity.ts';
import type { TokenRequest } from './staffToken.ts';
import { issueToken } from './staffToken.ts';
import { revokeToken } from './staffToken.ts';

const hub = await testHub();
await registerDepartment(hub, 'ecology');
const refusedWith = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;
const bearer = (token: string) => hub.identity.staff(`Bearer ${token}`);

/** Another token of the person whose token is given. */
async function issue(token: string, request: TokenRequest) {
  const staff = await bearer(token);
  return await hub.identity.perform('issueToken', operator, (context) =>
    hub.identity.prepare(issueToken, request, staff, context),
  );
}

test('a token states its holder, permissions and place', async () => {
  const grants = [{ role: 'steward', department: 'ecology' }, { role: 'auditor' }] as const;
  const first = await admitPerson(hub.identity, '李 明', grants);
  const { id, token, expires } = await issue(first.token, {});
  assert.match(token, /^dtg_[0-9a-z]{10}_[\w-]{43}$/);
  assert.ok(Date.parse(expires) > Date.now());
  assert.notEqual(id, first.id);
  const staff = await bearer(token);
  assert.deepEqual(
    { ...staff, grants: [...staff.grants].sort((a, b) => (a.role < b.role ? -1 : 1)) },
    {
      kind: 'staff',
      person: first.person,
      tokenId: id,
      name: '李 明',
      department: 'ecology',
      grants: [{ role: 'auditor' }, { role: 'steward', department: 'ecology' }],
      scopes: staff.scopes,
      insteadOf: [],
      actingPersons: [first.person],
    },
  );
  assert.deepEqual([...staff.scopes].sort(), ['auditor', 'steward']);
  const entry = (await entries(hub)).at(-1);
  assert.deepEqual([entry?.operation, entry?.change?.['token']], ['issueToken', id]);
  assert.ok(!JSON.stringify(await entries(hub)).includes('李 明'), 'a name is not for ever');
});

test('a narrower token has fewer roles, and makes none that has more', async () => {
  const both = await admitPerson(hub.identity, 'Both', [{ role: 'operator' }, { role: 'steward' }]);
  const narrow = await issue(both.token, { roles: ['steward'] });
  assert.deepEqual((await bearer(narrow.token)).scopes, ['steward']);
  await assert.rejects(issue(narrow.token, { roles: ['operator'] }), refusedWith('token_request_invalid'));
  const silent = await issue(narrow.token, {});
  assert.deepEqual((await bearer(silent.token)).scopes, ['steward']);
});

test('anything but the exact token is refused, and no refusal reveals what was right about it', async () => {
  const { token } = await admitPerson(hub.identity, 'Wang', [{ role: 'operator' }]);
  const other = await admitPerson(hub.identity, 'Zhao', [{ role: 'auditor' }]);
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
  const { token: first } = await admitPerson(hub.identity, 'Short', [{ role: 'auditor' }]);
  const { token } = await issue(first, { days: 1 });
  hub.clock.offset = 86_400_001;
  await assert.rejects(bearer(token), refusedWith('token_expired'));
  hub.clock.offset = 0;
  await bearer(token);
  const { id, token: other } = await admitPerson(hub.identity, 'Lost', [{ role: 'operator' }]);
  const revoke = () =>
    hub.identity.perform('revokeToken', operator, (context) =>
      hub.identity.prepare(revokeToken, { id }, context),
    );
  await revoke();
  await assert.rejects(bearer(other), refusedWith('token_revoked'));
  await revoke();
  await assert.rejects(
    hub.identity.perform('revokeToken', operator, (context) =>
      hub.identity.prepare(revokeToken, { id: 'nothing' }, context),
    ),
    refusedWith('token_unknown'),
  );
});

test('what no token should be is not issued', async () => {
  const { token } = await admitPerson(hub.identity, 'Root', [{ role: 'auditor' }]);
  const wrong: TokenRequest[] = [{ roles: ['operator'] }, { days: 367 }, { days: 0 }];
  for (const request of wrong)
    await assert.rejects(issue(token, request), refusedWith('token_request_invalid'));
});

test('a token issued by another process is known at the first try', async () => {
  const idle = await openIdentity({
    database: hub.database,
    keys: hub.keys,
    audit: { ...hub.audit, epoch: () => 0 }, // it has not read the log since
    origin: hub.origin,
    pollMs: 600_000,
  });
  const { id, token } = await admitPerson(hub.identity, 'From the shell', [{ role: 'operator' }]);
  assert.equal((await idle.staff(`Bearer ${token}`)).tokenId, id);
  idle.close();
});
