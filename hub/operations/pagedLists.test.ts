/** Lists of persons, sessions, stand-ins, findings and departments through the real staff listener: a page at a time, in one order, narrowed by the hub. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import request from 'supertest';
import { admitPerson } from '../../tests/admitPerson.ts';
import { pagedLists, type Row } from '../../tests/pagedLists.ts';
import { startStaffHub } from '../../tests/staffHub.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { insertFindings } from '../log/store/findings.ts';
import { insertSession } from '../identity/store/sessions.ts';
import { putStandIn } from '../identity/store/standIns.ts';
import { present } from '../../terms/defined.ts';

const hub = await startStaffHub({ strangers: { rate: 1_000, burst: 1_000 } });
const { identity } = hub.services;
const office = await admitPerson(identity, 'Office', [{ role: 'steward' }]);
const auditor = await admitPerson(identity, 'Auditor', [{ role: 'auditor' }]);
const operator = await admitPerson(identity, 'Operator', [{ role: 'operator' }]);
const origin = `https://localhost:${hub.ports.staff}`;

async function ask(token: string, path: string): Promise<{ status: number; body: Row }> {
  const reply = await request(origin).get(path).ca(hub.ca).set('authorization', `Bearer ${token}`);
  return { status: reply.status, body: reply.body as Row };
}
const { paged, pagedBothWays } = pagedLists(async (token, path) => {
  const { status, body } = await ask(token, path);
  return { status, json: body };
});

for (const code of ['one', 'two', 'three']) {
  const name = { zh: code, en: code };
  const made = await request(origin)
    .post('/v1/departments')
    .ca(hub.ca)
    .set('authorization', `Bearer ${operator.token}`)
    .send({ code, name, kind: 'government' });
  assert.equal(made.status, 201, JSON.stringify(made.body));
}
const stewards: { readonly person: string; readonly token: string }[] = [];
for (const name of ['Ann', 'Bea', 'Cho', 'Dan', 'Eva'])
  stewards.push(await admitPerson(identity, name, [{ role: 'steward', department: 'one' }]));
const others: typeof stewards = [];
for (const name of ['Fay', 'Gil'])
  others.push(await admitPerson(identity, name, [{ role: 'clerk', department: 'two' }]));
const [first = office, second = office] = stewards;

test('persons', async () => {
  const sorts = ['id', '-id', 'name', '-name'];
  const all = await pagedBothWays(office.token, '/v1/persons', 'persons', sorts);
  assert.equal(all.length, identity.persons().length);
  const ids = all.map(({ person }) => String(person));
  assert.deepEqual(ids, [...ids].sort());
  const clerks = await ask(office.token, '/v1/persons?role=clerk');
  const named = (clerks.body['persons'] as Row[]).map(({ name }) => String(name)).sort();
  assert.deepEqual(named, ['Fay', 'Gil']);
  assert.deepEqual((await ask(office.token, '/v1/persons?state=ended')).body, { persons: [] });
  const own = await paged(first.token, '/v1/persons?department=one', 'persons');
  assert.equal(own.length, 5);
  assert.deepEqual((await ask(first.token, '/v1/persons?department=two')).body, { persons: [] });
  // a cursor is a place, not a right: what the person may not see does not follow on it
  const after = Buffer.from('0000000000').toString('base64url');
  const seen = (await ask(first.token, `/v1/persons?cursor=${after}&limit=200`)).body['persons'] as Row[];
  assert.equal(seen.length, 5);
  for (const path of ['persons', 'sessions', 'stand-ins', 'log/findings']) {
    const forged = Buffer.from("' OR true").toString('base64url');
    const refused = await ask(
      path === 'log/findings' ? auditor.token : office.token,
      `/v1/${path}?cursor=${forged}`,
    );
    assert.deepEqual([refused.status, refused.body['code']], [400, 'cursor_invalid'], path);
  }
});

test('sessions: those of one moment and the others, the newest first', async () => {
  const now = hub.database.now();
  const open = async (person: string, id: string, begunAt: number, way: 'demo' = 'demo'): Promise<void> =>
    insertSession(
      hub.database.app,
      {
        id,
        hash: id.padEnd(64, '0'),
        person,
        way,
        credential: null,
        begunAt,
        expiresAt: now + 3_600_000,
      },
      uuid7(now),
    );
  for (const n of [0, 1, 2, 3, 4]) await open(first.person, `aaaaaaaaa${n}`, now - 1_000);
  await open(second.person, 'bbbbbbbbb0', now - 500);
  await open(others[0]?.person ?? '', 'ccccccccc0', now - 2_000);
  const sorts = ['begun', '-begun', 'expires', '-expires'];
  const guard = await admitPerson(identity, 'Ivy', [{ role: 'security', department: 'one' }]);
  const ofDepartment = await pagedBothWays(guard.token, '/v1/sessions', 'sessions', sorts);
  const ofFirst = ['aaaaaaaaa4', 'aaaaaaaaa3', 'aaaaaaaaa2', 'aaaaaaaaa1', 'aaaaaaaaa0'];
  assert.deepEqual(
    ofDepartment.map(({ id }) => id),
    ['bbbbbbbbb0', ...ofFirst],
  );
  const own = await paged(first.token, '/v1/sessions', 'sessions');
  assert.deepEqual(
    own.map(({ id }) => id),
    ofFirst,
    'a steward sees only the own ones',
  );
  assert.deepEqual((await ask(first.token, '/v1/sessions?way=passkey')).body, { sessions: [] });
  const ofPerson = await ask(others[0]?.token ?? '', `/v1/sessions?person=${second.person}`);
  assert.deepEqual(ofPerson.body, { sessions: [] }, 'a person does not see the sessions of another person');
  const { token } = await admitPerson(identity, 'Security', [{ role: 'security' }]);
  assert.equal((await paged(token, '/v1/sessions', 'sessions')).length, 7);
});

test('stand-ins', async () => {
  const now = hub.database.now();
  for (const [at, { person }] of stewards.slice(1).entries())
    await putStandIn(
      hub.database.app,
      {
        id: `std-000000000000000${at}`,
        kind: 'deputy',
        steward: first.person,
        person,
        department: 'one',
        begins: now - 1_000,
        until: now + 86_400_000,
        why: 'on leave',
        digest: '',
        author: office.person,
        approver: operator.person,
      },
      uuid7(now),
    );
  const all = await pagedBothWays(office.token, '/v1/stand-ins', 'standIns', ['begins', '-begins']);
  assert.equal(all.length, 4);
  assert.equal((await paged(second.token, '/v1/stand-ins?as=deputy', 'standIns')).length, 4);
  assert.deepEqual((await ask(office.token, '/v1/stand-ins?as=second')).body, { standIns: [] });
  assert.deepEqual((await ask(office.token, '/v1/stand-ins?department=two')).body, { standIns: [] });
  await hub.database.owner.query(
    "UPDATE stand_in SET begins = now() - interval '2 hours', until = now() - interval '1 hour'",
  );
  assert.deepEqual((await ask(office.token, '/v1/stand-ins')).body, { standIns: [] }, 'their time is over');
});

test('findings of the log, the gravest first', async () => {
  const message = { zh: '甲', en: 'a' };
  const found = (code: string, index: number | null) => ({
    code,
    index,
    finding: { code, message, ...present({ index }) },
  });
  await insertFindings(
    hub.database.app,
    [
      found('leaf_mismatch', 4),
      found('leaf_mismatch', 0),
      found('columns_mismatch', 4),
      found('root_mismatch', null),
      found('tile_missing', null),
    ],
    { now: hub.database.now(), pass: 1, exchange: uuid7(hub.database.now()) },
  );
  const all = await pagedBothWays(auditor.token, '/v1/log/findings', 'findings', ['']);
  assert.deepEqual(
    all.map(({ code, index }) => [code, index]),
    [
      ['root_mismatch', undefined],
      ['tile_missing', undefined],
      ['leaf_mismatch', 0],
      ['columns_mismatch', 4],
      ['leaf_mismatch', 4],
    ],
  );
  assert.equal(
    ((await ask(auditor.token, '/v1/log/findings?code=leaf_mismatch')).body['findings'] as Row[]).length,
    2,
  );
  // the place of a finding is short, however long the key of its row is, and stays where the finding is settled
  const long = Array.from({ length: 5 }, (_, n) => ({
    ...found('row_altered', null),
    about: `purpose ${'长'.repeat(390)}${n}`,
  }));
  await insertFindings(hub.database.app, long, {
    now: hub.database.now(),
    pass: 1,
    exchange: uuid7(hub.database.now()),
  });
  const rows = '/v1/log/findings?concerning=rows';
  const listed = await pagedBothWays(auditor.token, rows, 'findings', ['']);
  assert.deepEqual(
    listed.map(({ about }) => about),
    long.map(({ about }) => about),
  );
  const { body } = await ask(auditor.token, `${rows}&limit=2`);
  await hub.database.owner.query('DELETE FROM log_finding WHERE about = $1', [long[1]?.about]);
  const next = await ask(auditor.token, `${rows}&limit=1&cursor=${String(body['nextCursor'])}`);
  assert.deepEqual(
    (next.body['findings'] as Row[]).map(({ about }) => about),
    [long[2]?.about],
  );
});

test('departments report until when a certificate lasts, to callers who may read it', async () => {
  const certificate = async (serial: string, department: string, days: number): Promise<unknown> =>
    hub.database.owner.query(
      `INSERT INTO certificate (serial, department, not_before, not_after, public_key, pem, enrolment, issued_by)
       VALUES ($1, $2, now() - interval '1 day', now() + $3::float8 * interval '1 day', $1, '', $4, $4)`,
      [serial, department, days, uuid7(hub.database.now())],
    );
  await certificate('aa01', 'one', 3);
  await certificate('aa02', 'one', 20.5);
  await certificate('aa03', 'two', -0.5);
  const of = async (token: string) =>
    Object.fromEntries(
      (await pagedBothWays(token, '/v1/departments', 'departments', ['code', '-name', 'registered'])).map(
        ({ code, certificate: held }) => [String(code), (held as Row | undefined)?.['serial']],
      ),
    );
  assert.deepEqual(await of(office.token), { one: 'aa02', two: undefined, three: undefined });
  assert.deepEqual(await of(others[0]?.token ?? ''), { one: undefined, two: undefined, three: undefined });
  const { departments } = (await ask(office.token, '/v1/departments')).body as {
    departments: { code: string; certificate?: { daysLeft: number } }[];
  };
  assert.equal(departments.find(({ code }) => code === 'one')?.certificate?.daysLeft, 20);
});

test('the inbox: a page at a time, by kind, with how much waits at all', async () => {
  // places with one steward and no second: a steward sees their own; the office sees all
  const seconds = (await ask(office.token, '/v1/inbox?kind=seconds&limit=200')).body;
  const names = ['pip', 'quy', 'ria'];
  for (const code of names) {
    const made = await request(origin)
      .post('/v1/departments')
      .ca(hub.ca)
      .set('authorization', `Bearer ${operator.token}`)
      .send({ code, name: { zh: code, en: code }, kind: 'government' });
    assert.equal(made.status, 201);
    await admitPerson(identity, `Steward ${code}`, [{ role: 'steward', department: code }]);
  }
  const more = await paged(office.token, '/v1/inbox?kind=seconds', 'seconds');
  assert.equal(more.length, (seconds['seconds'] as Row[]).length + names.length);
  const first2 = (await ask(office.token, '/v1/inbox?limit=2')).body;
  assert.equal((first2['counts'] as Record<string, number>)['seconds'], more.length, 'all are counted');
  const sections = Object.entries(first2).filter(([, found]) => Array.isArray(found));
  assert.equal(sections.flatMap(([, found]) => found as Row[]).length, 2, 'of all kinds together');
  const other = await ask(office.token, '/v1/inbox?kind=codes');
  assert.deepEqual(other.body['seconds'], []);
  assert.equal((await ask(office.token, '/v1/inbox?kind=nothing')).body['code'], 'invalid_request');
  const forged = Buffer.from('2026-11-22~seconds').toString('base64url');
  assert.equal((await ask(office.token, `/v1/inbox?cursor=${forged}`)).body['code'], 'cursor_invalid');
});
