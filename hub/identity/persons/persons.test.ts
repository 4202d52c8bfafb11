import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../../terms/problem.ts';
import { admitPerson } from '../../../tests/admitPerson.ts';
import { entries, operator, registerDepartment, testHub } from '../../../tests/attacks/tlsFixture.ts';
import { withTransaction } from '../../platform/database/transaction.ts';
import { insertRoleGrant } from '../store/persons.ts';
import type { RoleGrant } from '../../domain/permissions.ts';
import { confirmPerson, grantRole, acceptInvitation } from './personLifeCycle.ts';
import { inviteFounder } from './invitePerson.ts';
import { invitePerson } from './invitePerson.ts';

const entry = '01890000-0000-7000-8000-000000000000';
const hub = await testHub();
const { identity } = hub;
await registerDepartment(hub, 'ecology');
const refusedWith = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;
const li = await admitPerson(identity, '李工', [{ role: 'operator' }]);
const wang = await admitPerson(identity, '王科', [{ role: 'security' }]);

const invite = (by: string, roles: readonly { role: string; department?: string }[], name = '赵专员') =>
  identity.perform('invitePerson', operator, (context) =>
    identity.prepare(invitePerson, { name, roles }, by, context),
  );
const confirm = (by: string, person: string, roles: readonly RoleGrant[]) =>
  identity.perform('confirmPerson', operator, () =>
    identity.prepare(confirmPerson, { person, roles }, { person: by, actingPersons: [by] }),
  );
const accept = (first: string, second: string) =>
  identity.perform('acceptInvitation', { proven: {} }, (context) =>
    identity.prepare(acceptInvitation, { first, second }, context),
  );
const rolesOf = async (token: string) => (await identity.staff(`Bearer ${token}`)).scopes;

test('two persons invite a third, and neither can register in the third’s name', async () => {
  const roles = [{ role: 'steward', department: 'ecology' }] as const;
  const invited = await invite(li.person, roles);
  const guessed = 'DT-00000-00000-00000-00000';
  await assert.rejects(accept(invited.code, guessed), refusedWith('invitation_waits'));
  await assert.rejects(confirm(li.person, invited.person, roles), refusedWith('four_eyes'));
  const confirmed = await confirm(wang.person, invited.person, roles);
  for (const [first, second] of [
    [invited.code, guessed],
    [invited.code, invited.code],
    [guessed, confirmed.code ?? ''],
  ] as const) {
    await assert.rejects(accept(first, second), refusedWith('invitation_invalid'));
  }
  const zhao = await accept(invited.code, confirmed.code ?? '');
  assert.deepEqual(await rolesOf(zhao.token), ['steward']);
  await assert.rejects(accept(invited.code, confirmed.code ?? ''), refusedWith('invitation_used'));
  assert.ok(!JSON.stringify(await entries(hub)).includes('赵专员'), 'the log holds no name');
});

test('a further role counts once another person has confirmed the very roles that wait', async () => {
  const grant = (by: string, role: RoleGrant) =>
    identity.perform('grantRole', operator, (context) =>
      identity.prepare(grantRole, { person: wang.person, grant: role }, by, context),
    );
  for (const role of ['auditor', 'operator'] as const)
    await assert.rejects(grant(li.person, { role, department: undefined }), refusedWith('roles_apart'));
  await grant(li.person, { role: 'leader' });
  assert.deepEqual(await rolesOf(wang.token), ['security']);
  await assert.rejects(confirm(li.person, wang.person, [{ role: 'leader' }]), refusedWith('four_eyes'));
  await assert.rejects(confirm(wang.person, wang.person, [{ role: 'leader' }]), refusedWith('four_eyes'));
  const qian = await admitPerson(identity, '钱工', [{ role: 'operator' }]);
  await assert.rejects(
    confirm(qian.person, wang.person, [{ role: 'steward' }]),
    refusedWith('transition_not_allowed'),
  );
  assert.equal((await confirm(qian.person, wang.person, [{ role: 'leader' }])).code, undefined);
  assert.deepEqual(await rolesOf(wang.token), ['leader', 'security']);
  await assert.rejects(grant(li.person, { role: 'leader' }), refusedWith('already_registered'));
});

test('operator, security officer and auditor are three persons: two processes that grant at once make no fourth', async () => {
  const zhou = await admitPerson(identity, '周工', [{ role: 'steward' }]);
  await assert.rejects(
    identity.perform('invitePerson', operator, (context) =>
      identity.prepare(
        invitePerson,
        { name: '两用', roles: [{ role: 'security', department: 'ecology' }, { role: 'auditor' }] },
        li.person,
        context,
      ),
    ),
    refusedWith('roles_apart'),
  );
  // each read them before the other had granted
  const granting = async (role: 'operator' | 'security' | 'auditor') => {
    const row = { person: zhou.person, role, department: null, grantedBy: li.person, confirmedBy: null };
    return withTransaction(hub.database.app, (transaction) => insertRoleGrant(transaction, row, entry));
  };
  const granted = await Promise.all((['operator', 'security', 'auditor'] as const).map(granting));
  assert.deepEqual(granted.toSorted(), ['apart', 'apart', 'granted']);
  const direct = (role: string, guard: string | null) =>
    hub.database.owner.query(
      `INSERT INTO role_grant (person, role, granted_by, made_by, guard) VALUES ($1, $2, 'hub', $3, $4)`,
      [zhou.person, role, entry, guard],
    );
  const others = (['operator', 'security', 'auditor'] as const).filter((_, at) => granted[at] === 'apart');
  for (const role of others) {
    await assert.rejects(direct(role, role), { code: '23503' }, 'the owner of the tables neither');
    await assert.rejects(direct(role, null), { code: '23514' });
  }
  await assert.rejects(
    hub.database.owner.query('UPDATE person SET guard = $2 WHERE id = $1', [zhou.person, others[0]]),
    { code: '23503' },
  );
});

test('an invitation ends, and a person is described as one can be', async () => {
  const { code, second } = await identity.perform('bootstrap', operator, (context) =>
    identity.prepare(inviteFounder, { name: 'Late', roles: [{ role: 'auditor' }] }, context),
  );
  hub.clock.offset = 169 * 3_600_000;
  await assert.rejects(accept(code, second), refusedWith('invitation_expired'));
  hub.clock.offset = 0;
  for (const roles of [[], [{ role: 'root' }], [{ role: 'operator', department: 'ecology' }]]) {
    await assert.rejects(invite(li.person, roles), refusedWith('person_invalid'));
  }
  await assert.rejects(
    invite(li.person, [{ role: 'steward', department: 'none' }]),
    refusedWith('department_unknown'),
  );
  await assert.rejects(invite(li.person, [{ role: 'steward' }], ' '), refusedWith('person_invalid'));
});

test('the database itself refuses one person in both places', async () => {
  const { person } = await invite(li.person, [{ role: 'auditor' }]);
  for (const statement of [
    'UPDATE role_grant SET confirmed_by = granted_by WHERE person = $1',
    'UPDATE person SET confirmed_by = invited_by WHERE id = $1',
    "UPDATE person SET state = 'active' WHERE id = $1",
  ]) {
    await assert.rejects(hub.database.owner.query(statement, [person]), { code: '23514' }, statement);
  }
});
