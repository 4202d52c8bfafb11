/** Data that no catalogue entry offers: asked of the data office, assigned or answered with a reason, each within its days. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { components } from '../../api/openapi.ts';
import { decree809 } from '../../hub/domain/requests/procedure.ts';
import { chinaWorkingCalendar } from '../../terms/calendar/chinaWorkingCalendar.ts';
import { demandDeadline, isOverdue, usualDemandClock, type Demand } from '../../hub/domain/demand.ts';
import { typedDatong } from '../typedDatong.ts';
import { writeDemoState } from '../demoState.ts';
import { registerTogether, staffCall, type StaffReply } from '../secondPerson.ts';
import { dayOf } from '../../log/entryQuestion.ts';
import type { Leaf } from '../../log/leaf.ts';
import { MonthCount } from '../../log/monthReport.ts';
import { lastLeaf } from './leaves.ts';
import { cityHub } from '../cityHub.ts';

type View = components['schemas']['DemandView'];

const { database, hub } = await cityHub({ jobsByTime: false });
const home = mkdtempSync(join(tmpdir(), 'datong-demand-'));
after(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});
const asking = await hub.token('刘老师', ['steward'], 'education');
const office = await hub.token('主管部门', ['steward']);
const provider = await hub.token('公安', ['steward'], 'pub-security');
const second = await hub.token('公安二', ['steward'], 'pub-security');
const stranger = await hub.token('陈工', ['steward'], 'ecology');
const strangerToo = await hub.token('陈工二', ['steward'], 'ecology');
const listener = { ca: hub.ca, ports: { staff: Number(new URL(hub.hub.origins.staff).port) } };

const wanted = {
  consumer: 'education',
  title: '残疾人证',
  fields: ['证件号', '残疾等级'],
  purpose: 'school-enrolment',
};
const make = (token: string, change: object = {}): Promise<StaffReply> =>
  staffCall(listener, token, 'POST', '/v1/demands', { ...wanted, reason: '核验入学照顾资格', ...change });
const act = (id: string, token: string, body: object): Promise<StaffReply> =>
  staffCall(listener, token, 'POST', `/v1/demands/${id}/acts`, { reason: 'as the office says', ...body });
const reported = ({ status, body }: StaffReply): unknown => (status < 300 ? body['state'] : body['code']);
const waiting = async (token: string): Promise<string[]> =>
  ((await staffCall(listener, token, 'GET', '/v1/inbox')).body['demands'] as View[]).map(({ id }) => id);
const toProvider = { act: 'assign', provider: 'pub-security' };

test('goes to the data office, to a department, back, and to another answer; each by its side', async () => {
  assert.equal(reported(await make(stranger)), 'not_your_department');
  assert.equal(reported(await make(asking, { purpose: 'no-such-purpose' })), 'purpose_unknown');
  assert.equal(reported(await make(asking, { reason: '990101201501010015' })), 'reason_identifies');
  assert.equal(reported(await make(asking, { fields: ['990101201501010015'] })), 'text_identity_number');
  const made = await make(asking);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const { id, due } = made.body as unknown as View;
  assert.match(due ?? '', /^\d{4}-\d\d-\d\d$/);
  const leaf = await lastLeaf(database);
  assert.deepEqual([leaf.consumer, leaf.change?.['demand'], leaf.change?.['act']], ['education', id, 'make']);
  assert.deepEqual([await waiting(office), await waiting(provider), await waiting(asking)], [[id], [], []]);
  assert.equal(reported(await act(id, asking, toProvider)), 'not_your_department', 'the office assigns');
  assert.equal(
    reported(await act(id, provider, { act: 'decline' })),
    'not_your_department',
    'not assigned yet',
  );
  assert.equal(reported(await act(id, office, { ...toProvider, provider: 'education' })), 'demand_unfit');
  assert.equal(reported(await act(id, office, { ...toProvider, provider: 'no-such' })), 'department_unknown');
  const naming = { act: 'refuse', reason: '990101201501010015' };
  assert.equal(reported(await act(id, office, naming)), 'reason_identifies');
  assert.equal(reported(await act(id, office, { act: 'refuse', reason: '' })), 'invalid_request', 'says why');
  assert.equal(reported(await act(id, office, toProvider)), 'assigned');
  assert.deepEqual([await waiting(office), await waiting(provider)], [[], [id]]);
  assert.equal(reported(await act(id, stranger, { act: 'decline' })), 'not_your_department');
  assert.equal(reported(await act(id, provider, { act: 'decline' })), 'office');
  const raced = await Promise.all([act(id, office, { act: 'refuse' }), act(id, office, { act: 'refuse' })]);
  assert.deepEqual(
    raced.map(reported).sort(),
    ['refused', 'transition_not_allowed'],
    'of two answers one counts',
  );
  assert.equal(reported(await act(id, asking, { act: 'withdraw' })), 'transition_not_allowed');
  const seen = async (token: string): Promise<number[]> =>
    ((await staffCall(listener, token, 'GET', '/v1/demands')).body['demands'] as View[]).map(
      ({ events }) => events.length,
    );
  assert.deepEqual([await seen(asking), await seen(office), await seen(stranger)], [[4], [4], []]);
  const found = async (token: string, query: string): Promise<number> =>
    ((await staffCall(listener, token, 'GET', `/v1/demands?${query}`)).body['demands'] as View[]).length;
  for (const [query, ofOffice, ofStranger] of [
    ['state=refused', 1, 0],
    ['state=met', 0, 0],
    ['state=refused&open=true', 0, 0],
    ['department=education', 1, 0],
    ['department=pub-security', 0, 0],
    [`demand=${id}`, 1, 0],
    ['demand=dem-999999999', 0, 0],
  ] as const)
    assert.deepEqual(
      [await found(office, query), await found(stranger, query)],
      [ofOffice, ofStranger],
      query,
    );
});

test('the requester takes it back, while it is with the office and while it is assigned; no one else does', async () => {
  for (const assigned of [false, true]) {
    const { id } = (await make(asking)).body as unknown as View;
    if (assigned) assert.equal(reported(await act(id, office, toProvider)), 'assigned');
    for (const other of [stranger, provider, office])
      assert.equal(reported(await act(id, other, { act: 'withdraw' })), 'not_your_department');
    assert.equal(reported(await act(id, asking, { act: 'withdraw' })), 'withdrawn');
    assert.deepEqual([await waiting(office), await waiting(provider)], [[], []]);
    assert.equal(reported(await act(id, office, toProvider)), 'transition_not_allowed');
  }
});

test('is met by an entry that the department has in the catalogue, and by no other', async () => {
  const { id } = (await make(asking)).body as unknown as View;
  await act(id, office, toProvider);
  const foreign = await registered('ecology.disability', stranger, strangerToo);
  for (const entry of ['pub-security.nothing', foreign])
    assert.equal(reported(await act(id, provider, { act: 'meet', entry })), 'demand_unfit', entry);
  const entry = await registered('pub-security.disability', provider, second);
  const met = await act(id, provider, { act: 'meet', entry });
  assert.deepEqual([reported(met), met.body['entry'], met.body['due']], ['met', entry, undefined]);
  const leaf = await lastLeaf(database);
  assert.deepEqual([leaf.change?.['entry'], leaf.change?.['clockOf']], [entry, 'pub-security']);
  // the month counts it from the entry alone: in time, and late once its day has passed
  const counted = (answer: Leaf): unknown[] => {
    const count = new MonthCount(dayOf(answer.at).slice(0, 7));
    count.add(1, answer);
    const { inTime, late } = count.report().byDepartment['pub-security'] ?? {};
    return [inTime, late];
  };
  assert.deepEqual(counted(leaf), [1, 0]);
  const { id: aged } = (await make(asking)).body as unknown as View;
  await act(aged, office, toProvider);
  assert.equal((await lastLeaf(database)).change?.['clockOf'], 'office');
  await database.owner.query("UPDATE demand_event SET at = now() - interval '60 days' WHERE demand = $1", [
    aged,
  ]);
  assert.equal(reported(await act(aged, provider, { act: 'decline' })), 'office');
  assert.deepEqual(counted(await lastLeaf(database)), [0, 1]);
  assert.equal(reported(await act(aged, asking, { act: 'withdraw' })), 'withdrawn');
  assert.equal((await lastLeaf(database)).change?.['due'], undefined, 'to take it back answers nothing');
});

/** An entry of the catalogue, by two persons of its department. */
async function registered(id: string, author: string, other: string): Promise<string> {
  const entry = {
    id,
    title: { zh: '残疾人证', en: 'Disability' },
    abstract: { zh: '残疾人证', en: 'who has one' },
    keywords: ['残疾'],
    category: '1/12/3',
    openness: 'closed',
    updateFrequency: 'monthly',
    sourceSystem: '残联系统',
    office: '救助处',
    contact: '0000-12345',
    dataClass: 'general',
    sharing: { type: 'conditional', conditions: '法定职责', manner: 'interface' },
  };
  const reply = await registerTogether(listener, { author, second: other }, '/v1/catalogue', entry);
  assert.ok(reply.status < 300, JSON.stringify(reply.body));
  return id;
}

test('the requester does not answer, in any role; the clock is the city’s, and late answerers are shown to the office', async () => {
  const { id, due: before } = (await make(asking)).body as unknown as View;
  await act(id, office, toProvider);
  await database.owner.query("UPDATE demand_event SET at = now() - interval '60 days' WHERE demand = $1", [
    id,
  ]);
  assert.equal((await waiting(office)).includes(id), true, 'the department is late');
  await database.owner.query(
    "UPDATE demand_event SET person = (SELECT id FROM person WHERE name = '公安') WHERE demand = $1 AND seq = 1",
    [id],
  );
  assert.equal(reported(await act(id, provider, { act: 'decline' })), 'four_eyes');
  const earlier = (await make(asking)).body as unknown as View;
  const procedure = {
    ...decree809,
    id: 'city',
    clock: { ...decree809.clock, demand: { officeDays: 1, departmentDays: 1 } },
  };
  assert.equal((await staffCall(listener, office, 'POST', '/v1/procedures', procedure)).status, 201);
  const { due: shorter } = (await make(asking)).body as unknown as View;
  assert.equal(
    (shorter ?? '') < (before ?? ''),
    true,
    'a demand has the days of the procedure that holds when it is made',
  );
  const path = `/v1/demands?demand=${earlier.id}`;
  const [stored] = (await staffCall(listener, asking, 'GET', path)).body['demands'] as View[];
  assert.equal(stored?.due, earlier.due, 'and keeps those it began under');
});

test('days are those of the procedure it began under, over holidays', () => {
  const at = Date.parse('2026-02-11T10:00:00+08:00');
  const demand: Demand = {
    id: 'dem-000000001',
    consumer: 'a',
    provider: null,
    title: 't',
    fields: ['f'],
    purpose: 'p',
    state: 'office',
    entry: null,
    ...usualDemandClock,
    events: [{ seq: 1, act: 'make', person: 'ann', at, said: 'r' }],
  };
  const day = (one: Demand) => demandDeadline(one, chinaWorkingCalendar)?.day;
  assert.equal(day(demand), '2026-02-25', '12, 13, 14 (made up), 24, 25: between lies the Spring Festival');
  assert.equal(day({ ...demand, officeDays: 1 }), '2026-02-12');
  assert.equal(day({ ...demand, state: 'assigned', departmentDays: 2 }), '2026-02-13');
  assert.equal(day({ ...demand, state: 'refused' }), undefined);
  const deadline = demandDeadline(demand, chinaWorkingCalendar);
  const late = (now: string) => isOverdue(deadline, Date.parse(`${now}T12:00:00+08:00`));
  assert.deepEqual([late('2026-02-25'), late('2026-02-26')], [false, true]);
});

test('by command', async () => {
  const state = join(home, 'demo.json');
  writeDemoState(state, { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } }, { asking, office });
  const datong = (...args: string[]) => typedDatong(args, { cwd: home, env: { DATONG_STATE: state } });
  const what = [
    '--department',
    'education',
    '--fields',
    '证件号',
    '残疾等级',
    '--purpose',
    'school-enrolment',
  ];
  const made = await datong(
    'demand',
    'make',
    '残疾人证',
    ...what,
    '--reason',
    '核验',
    '--as',
    'asking',
    '--json',
  );
  assert.equal(made.code, 0, made.stderr);
  const { id, fields } = JSON.parse(made.stdout) as View;
  assert.deepEqual(fields, ['证件号', '残疾等级']);
  const assigned = await datong(
    'demand',
    'act',
    id,
    'assign',
    '--to',
    'pub-security',
    '--reason',
    '职责',
    '--as',
    'office',
  );
  assert.match(assigned.stderr, /is assigned|已交办|：assigned/);
  assert.match(
    (await datong('inbox', '--as', 'office')).stdout +
      (await datong('demand', 'list', '--open', '--as', 'asking')).stdout,
    new RegExp(id),
  );
});
