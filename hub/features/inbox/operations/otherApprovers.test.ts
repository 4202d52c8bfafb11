import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Role } from '../../../domain/permissions.ts';
import type { Identity } from '../../../identity/identity.ts';
import { departmentsOf, inboxChecks, type InboxItem } from './otherApprovers.ts';
import { personOf } from './viewer.ts';
import { keyMembers } from './othersOf.ts';
import type { Services } from '../../common/services.ts';

const now = Date.parse('2026-11-22T00:00:00Z');

/**
 * A directory of 3,000 stewards of another department and of the persons that a test names. It counts how often all persons are read and
 * how often roles are computed.
 */
function directory(named: readonly (readonly [id: string, role: Role, department?: string])[]) {
  const reads = { persons: 0, roles: 0 };
  const strangers = Array.from({ length: 3000 }, (_, n) => [`s${n}`, 'steward', 'elsewhere'] as const);
  const all = [...strangers, ...named].map(([id, role, department]) => ({
    id,
    name: id,
    state: 'active',
    department: department ?? null,
    grants: [department === undefined ? { role } : { role, department }],
  }));
  const byId = new Map(all.map((one) => [one.id, one]));
  const identity = {
    persons: () => {
      reads.persons += 1;
      return all;
    },
    person: (id: string) => byId.get(id),
    rolesNow: (id: string) => {
      reads.roles += 1;
      return { person: id, actingPersons: [id], insteadOf: [], grants: byId.get(id)?.grants ?? [] };
    },
    standIns: () => [],
    department: (code: string) =>
      ['town', 'village', 'elsewhere', 'bureau'].includes(code)
        ? { dataOffice: code === 'bureau' }
        : undefined,
  };
  return { identity: identity as unknown as Identity, reads };
}
const request = (at: number, departments: readonly string[]): InboxItem => ({
  kind: 'requests',
  at,
  departments,
});
const town = { person: 'me', grants: [{ role: 'steward', department: 'town' }] } as const;
const office = { person: 'me', grants: [{ role: 'steward' }] } as const;

test('the candidates are found with one reading of the directory, and one person by their id', () => {
  const { identity, reads } = directory([
    ['near', 'steward', 'town'],
    ['office', 'steward'],
    ['reads', 'leader', 'town'],
    ['me', 'steward', 'town'],
  ]);
  const { checks, incomplete } = inboxChecks(town, identity, [request(0, ['town', 'village'])], {
    now,
    maxChecks: 60,
  });
  assert.deepEqual(
    checks.map(({ person }) => person),
    ['near', 'office'],
  );
  assert.equal(incomplete.size, 0);
  assert.deepEqual(reads, { persons: 1, roles: 0 });
  assert.equal(personOf('near', { identity } as unknown as Services, now)?.name, 'near');
  assert.deepEqual(reads, { persons: 1, roles: 1 });
});

test('for a reader of the data office, persons of the departments that an item names are checked; for another reader they are not', () => {
  const { identity } = directory([['provides', 'steward', 'village']]);
  const item = request(0, departmentsOf(identity, { provider: 'village', consumer: 'nowhere', id: 'town' }));
  assert.deepEqual(item.departments, ['village']);
  const checksOf = (reader: Parameters<typeof inboxChecks>[0]): readonly string[] =>
    inboxChecks(reader, identity, [item, { ...item, at: 1, departments: [] }], {
      now,
      maxChecks: 60,
    }).checks.map(({ person, kind }) => `${person} ${kind}`);
  assert.deepEqual([checksOf(office), checksOf(town)], [['provides requests'], []]);
  // persons of a department that is the data office read as the office does
  const ofBureau = { person: 'me', grants: [{ role: 'steward', department: 'bureau' }] } as const;
  assert.equal(identity.department('bureau')?.dataOffice, true);
  assert.deepEqual(checksOf(ofBureau), ['provides requests']);
});

test('an item is incomplete only if a check for it was left out', () => {
  const { identity } = directory([
    ['a', 'steward', 'town'],
    ['b', 'steward', 'town'],
    ['c', 'steward', 'village'],
  ]);
  const items = [request(0, ['town']), request(1, ['village']), request(2, [])];
  const { checks, incomplete } = inboxChecks(office, identity, items, { now, maxChecks: 2 });
  assert.deepEqual(
    checks.map(({ person }) => person),
    ['a', 'b'],
  );
  assert.deepEqual([...incomplete], [items[1]]);
});

test('other approvers are reported for every kind of item except enrolment codes', () => {
  const without = Object.entries(keyMembers).filter(([, members]) => members.length === 0);
  assert.deepEqual(
    without.map(([section]) => section),
    ['codes'],
  );
});
