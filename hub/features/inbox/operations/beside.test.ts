import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Role } from '../../../domain/permissions.ts';
import type { Identity } from '../../../identity/identity.ts';
import { departmentsOf, looksFor, type InboxItem } from './otherApprovers.ts';
import { personOf } from './viewer.ts';
import { itemBy } from './othersOf.ts';
import type { Services } from '../../common/services.ts';

const now = Date.parse('2026-11-22T00:00:00Z');

/** A directory of many other persons and of those that a test names; it counts how often it is read as a whole and how often roles are computed. */
function directory(named: readonly (readonly [id: string, role: Role, department?: string])[]) {
  const read = { whole: 0, roles: 0 };
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
      read.whole += 1;
      return all;
    },
    person: (id: string) => byId.get(id),
    rolesNow: (id: string) => {
      read.roles += 1;
      return { person: id, actingPersons: [id], insteadOf: [], grants: byId.get(id)?.grants ?? [] };
    },
    standIns: () => [],
    department: (code: string) =>
      ['town', 'village', 'elsewhere', 'bureau'].includes(code)
        ? { dataOffice: code === 'bureau' }
        : undefined,
  };
  return { identity: identity as unknown as Identity, read };
}
const request = (at: number, departments: readonly string[]): InboxItem => ({
  kind: 'requests',
  at,
  departments,
});
const town = { person: 'me', grants: [{ role: 'steward', department: 'town' }] } as const;
const office = { person: 'me', grants: [{ role: 'steward' }] } as const;

test('one reading of the directory finds the candidates, and one person is found by their id', () => {
  const { identity, read } = directory([
    ['near', 'steward', 'town'],
    ['office', 'steward'],
    ['reads', 'leader', 'town'],
    ['me', 'steward', 'town'],
  ]);
  const { looks, incomplete } = looksFor(town, identity, [request(0, ['town', 'village'])], {
    now,
    most: 60,
  });
  assert.deepEqual(
    looks.map(({ person }) => person),
    ['near', 'office'],
  );
  assert.equal(incomplete.size, 0);
  assert.deepEqual(read, { whole: 1, roles: 0 });
  assert.equal(personOf('near', { identity } as unknown as Services, now)?.name, 'near');
  assert.deepEqual(read, { whole: 1, roles: 1 });
});

test('a reader of the data office is shown the departments that an item names; another reader is not', () => {
  const { identity } = directory([['provides', 'steward', 'village']]);
  const item = request(0, departmentsOf(identity, { provider: 'village', consumer: 'nowhere', id: 'town' }));
  assert.deepEqual(item.departments, ['village']);
  const of = (reader: Parameters<typeof looksFor>[0]): readonly string[] =>
    looksFor(reader, identity, [item, { ...item, at: 1, departments: [] }], { now, most: 60 }).looks.map(
      ({ person, kind }) => `${person} ${kind}`,
    );
  assert.deepEqual([of(office), of(town)], [['provides requests'], []]);
  // where the data office is a department, its people read as the office does
  const ofBureau = { person: 'me', grants: [{ role: 'steward', department: 'bureau' }] } as const;
  assert.equal(identity.department('bureau')?.dataOffice, true);
  assert.deepEqual(of(ofBureau), ['provides requests']);
});

test('what is cut off is said of the things it was cut off from, and of no others', () => {
  const { identity } = directory([
    ['a', 'steward', 'town'],
    ['b', 'steward', 'town'],
    ['c', 'steward', 'village'],
  ]);
  const items = [request(0, ['town']), request(1, ['village']), request(2, [])];
  const { looks, incomplete } = looksFor(office, identity, items, { now, most: 2 });
  assert.deepEqual(
    looks.map(({ person }) => person),
    ['a', 'b'],
  );
  assert.deepEqual([...incomplete], [items[1]]);
});

test('of every kind it is said who else can act, but for codes, which lapse or are used', () => {
  const without = Object.entries(itemBy).filter(([, members]) => members.length === 0);
  assert.deepEqual(
    without.map(([section]) => section),
    ['codes'],
  );
});
