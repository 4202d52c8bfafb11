/** 督办: a leader urges the department that must act on an overdue item; its inbox and its addresses show it, once a working day. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { components } from '../../api/openapi.ts';
import { testDatabase } from '../database.ts';
import { runDatong } from '../datong.ts';
import { writeDemoState } from '../demoState.ts';
import { eventually } from '../eventually.ts';
import { sampleCity, testHub } from '../hub.ts';
import { readUrges, urgeDay } from '../../hub/features/board/urges.ts';
import { openDatabase } from '../../hub/platform/database/database.ts';
import { reminderServers } from '../reminderServers.ts';
import { waitingRequest } from '../waitingRequest.ts';
import { chinaWorkingCalendar } from '../../terms/calendar/chinaWorkingCalendar.ts';
import { afterWorkingDays } from '../../terms/calendar/workingDays.ts';
import { lastLeaf } from './leaves.ts';

type Schemas = components['schemas'];
type Item = Schemas['BoardItem'];

const servers = await reminderServers();
/** Milliseconds by which the hub's clock is ahead. */
let ahead = 0;
const made = await testDatabase();
const database = { ...made, now: () => made.now() + ahead };
const hub = await testHub({
  database,
  jobsByTime: false,
  dispatch: { pollMs: 25 },
  config: { reminders: servers.reminders },
});
after(async () => {
  servers.close();
  await hub.stop();
});
await sampleCity(hub);
const [mayor, police, school, steward, consumer, second] = await Promise.all([
  hub.token('urges mayor', ['leader']),
  hub.token('urges police', ['leader'], 'pub-security'),
  hub.token('urges school', ['leader'], 'education'),
  hub.token('urges steward', ['steward'], 'pub-security'),
  hub.token('urges consumer', ['steward'], 'education'),
  hub.token('urges second', ['steward'], 'education'),
]);
let late = '';
let early = '';

const request = (name: string, days: number) =>
  waitingRequest({ hub, database, consumer, second }, name, days);
const urge = (token: string, id: string, kind = 'request') =>
  hub.staff(token, 'POST', '/v1/board/waiting/urges', { kind, id });
async function itemOf(token: string, id: string): Promise<Item | undefined> {
  const { json } = await hub.staff(token, 'GET', '/v1/board/waiting/items');
  return (json['items'] as readonly Item[]).find((one) => one.id === id);
}
async function inboxItem(token: string, id: string): Promise<Schemas['RequestSummary'] | undefined> {
  const { json } = await hub.staff(token, 'GET', '/v1/inbox?kind=requests');
  return (json['requests'] as readonly Schemas['RequestSummary'][]).find((one) => one.id === id);
}
/** Sends the reminders that are due. @returns how many arrived */
async function reminded(): Promise<number> {
  const arrived = servers.calls.length;
  assert.equal(await hub.hub.runner.run('sendReminders'), 'ok');
  await eventually(
    async () => (await database.app.query('SELECT FROM reminder')).rowCount === 0,
    () => 'reminders are still queued',
  );
  return servers.calls.length - arrived;
}

before(async () => {
  late = await request('urged', 60);
  early = await request('in-time', 0);
  const address = { webhook: `${servers.origin}/` };
  const set = await hub.staff(steward, 'POST', '/v1/departments/pub-security/reminders', address);
  assert.equal(set.status, 200, JSON.stringify(set.json));
  await reminded();
});

test('the urge is logged, shown to both sides with its number, time and person, and reaches the department’s address once', async () => {
  assert.equal((await itemOf(mayor, late))?.overdue, true);
  assert.equal((await itemOf(mayor, late))?.urged, undefined);
  assert.equal(await reminded(), 0);
  const { status, json } = await urge(mayor, late);
  assert.equal(status, 200, JSON.stringify(json));
  const leaf = await lastLeaf(database);
  assert.deepEqual(
    [leaf.operation, leaf.kind, leaf.provider, leaf.change?.['of'], leaf.change?.['item']],
    ['urgeItem', 'management', 'pub-security', 'request', late],
  );
  for (const token of [mayor, police, school]) {
    const urged = (await itemOf(token, late))?.urged;
    assert.deepEqual([urged?.count, urged?.byName], [1, 'urges mayor']);
    assert.equal(urged?.by, leaf.actor.person);
    assert.equal(urged?.at, leaf.at);
  }
  assert.equal((await inboxItem(steward, late))?.urged?.count, 1);
  assert.equal((await inboxItem(steward, early))?.urged, undefined);
  assert.equal(await reminded(), 1);
  assert.equal(await reminded(), 0);
});

test('once a working day for each item: of many at once one is taken', async () => {
  const other = await request('urged-at-once', 60);
  const answers = await Promise.all(Array.from({ length: 6 }, () => urge(mayor, other)));
  assert.deepEqual(answers.map(({ status, json }) => json['code'] ?? status).toSorted(), [
    200,
    ...Array.from({ length: 5 }, () => 'item_urged_today'),
  ]);
  assert.equal((await urge(mayor, late)).json['code'], 'item_urged_today');
  assert.equal((await urge(police, late)).json['code'], 'item_urged_today');
  assert.equal((await itemOf(mayor, other))?.urged?.count, 1);
});

test('an urge on a day off belongs to the next working day', () => {
  const at = (time: string): string => urgeDay(Date.parse(`${time}+08:00`));
  assert.equal(at('2026-11-27T23:59:59'), '2026-11-27');
  assert.equal(at('2026-11-28T00:00:00'), '2026-11-30');
  assert.equal(at('2026-11-29T12:00:00'), '2026-11-30');
  assert.equal(at('2026-10-01T12:00:00'), at('2026-10-03T12:00:00'));
});

test('an item in time, an unknown one, and one on which another department must act are refused', async () => {
  assert.equal((await urge(mayor, early)).json['code'], 'item_not_overdue');
  assert.equal((await urge(mayor, 'req-none')).json['code'], 'not_found');
  assert.equal((await urge(mayor, late, 'duty')).json['code'], 'not_found');
  for (const kind of ['batch', 'person'])
    assert.equal((await urge(mayor, late, kind)).json['code'], 'invalid_request');
  assert.equal((await urge(school, late)).json['code'], 'not_your_department');
  for (const token of [steward, consumer])
    assert.equal((await urge(token, late)).json['code'], 'scope_missing');
});

test('by command line: overdue items are listed, one is urged, and a second urge of the day is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'datong-urge-'));
  after(() => rmSync(folder, { recursive: true }));
  const state = join(folder, 'demo.json');
  writeDemoState(state, { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } }, { leader: mayor, steward });
  const datong = (...words: string[]) =>
    runDatong(['review', 'urge', ...words], { cwd: folder, env: { DATONG_STATE: state } });
  const id = await request('urged-by-command', 60);
  const listed = await datong('--as', 'leader');
  assert.equal(listed.code, 0, listed.stderr);
  assert.match(listed.stdout, new RegExp(`^request +${id} +pub-security +\\d{4}-\\d\\d-\\d\\d$`, 'm'));
  assert.doesNotMatch(listed.stdout, new RegExp(early), 'in time');
  const urged = await datong('request', id, '--as', 'leader');
  assert.deepEqual(
    [urged.code, urged.stderr.trim()],
    [0, `pub-security is urged: request ${id}, number of urges: 1`],
  );
  const again = await datong('request', id, '--as', 'leader');
  assert.equal(again.code, 1);
  assert.match(again.stderr, /item_urged_today/);
  assert.match((await datong('--as', 'leader')).stdout, new RegExp(`${id}.*urged 1 times.*urges mayor`));
  const { items } = JSON.parse((await datong('--as', 'leader', '--json')).stdout) as {
    items: readonly Item[];
  };
  assert.ok(items.length > 0 && items.every(({ overdue }) => overdue === true));
  assert.equal((await datong('request', '--as', 'leader')).code, 2, 'an item has an id');
  assert.equal((await datong('batch', id, '--as', 'leader')).code, 2, 'a batch lapses by itself');
  assert.match((await datong('request', id, '--as', 'steward')).stderr, /scope_missing/);
});

test('a process sees the urges that another one logs after its first read', async () => {
  const own = await openDatabase(database.address, { connections: 1, durable: false });
  after(() => own.close());
  const read = async (id: string) =>
    (await readUrges({ ...hub.hub.services, database: own }, database.now()))({ kind: 'request', id });
  const urgedHere = await request('urged-elsewhere', 60);
  assert.deepEqual([(await read(late))?.count, await read(urgedHere)], [1, undefined]);
  assert.equal((await urge(mayor, urgedHere)).status, 200);
  assert.deepEqual([(await read(late))?.count, (await read(urgedHere))?.count], [1, 1]);
});

test('on the next working day it is urged again: number, time and person are those of the newest, and it is notified again', async () => {
  // the calendar may have a holiday next: five days may end on a day off, and a day off belongs to the working day after it
  const { day } = afterWorkingDays(urgeDay(database.now()), 1, chinaWorkingCalendar);
  ahead = Date.parse(`${day}T09:00:00+08:00`) - made.now();
  const next = await hub.token('urges next', ['leader']);
  const { status, json } = await urge(next, late);
  assert.equal(status, 200, JSON.stringify(json));
  const urged = (await itemOf(next, late))?.urged;
  assert.deepEqual([urged?.count, urged?.byName], [2, 'urges next']);
  assert.ok((await reminded()) >= 1);
});

test('an item with a new deadline begins without urges', async () => {
  await database.owner.query('UPDATE request_event SET at = to_timestamp($2 / 1000.0) WHERE request = $1', [
    late,
    database.now(),
  ]);
  const [reader, owner] = await Promise.all([
    hub.token('urges reader', ['leader']),
    hub.token('urges owner', ['steward'], 'pub-security'),
  ]);
  const item = await itemOf(reader, late);
  assert.deepEqual([item?.overdue, item?.urged], [false, undefined]);
  assert.equal((await inboxItem(owner, late))?.urged, undefined);
});

test('an item that the list of all departments leaves out is urged: the list of its department has it', async () => {
  await database.app.query(
    `INSERT INTO duty (obligation, consumer, provider, dataset, agreement, purpose, received_from, received_until, due, exchanges)
     SELECT 'delete-after', CASE n WHEN 502 THEN 'pub-security' ELSE 'education' END, 'health', 'd' || n, 'a', 'p', '2026-01-01', '2026-01-31',
            date '2025-03-01' + n, 1 FROM generate_series(1, 502) AS n`,
  );
  const { rows } = await database.app.query<{ id: string }>("SELECT id FROM duty WHERE dataset = 'd502'");
  const id = rows[0]?.id ?? '';
  const { json } = await hub.staff(mayor, 'GET', '/v1/board/waiting/items?department=pub-security');
  assert.ok((json['items'] as readonly Item[]).some((item) => item.id === id && item.overdue === true));
  const { status, json: item } = await urge(mayor, id, 'duty');
  assert.equal(status, 200, JSON.stringify(item));
  assert.equal((await urge(mayor, id)).json['code'], 'not_found');
});
