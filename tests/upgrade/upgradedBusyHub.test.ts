/** Today's hub on the database of a hub of release 0.2.0: agreements of then release, and events, rules and cases go on where they were. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { verifyLog } from '../../clients/cli/audit/verifyLog.ts';
import { parseVkey } from '../../log/note/noteKey.ts';
import { migrationNames, migrationsFolder } from '../../migrations/index.ts';
import { row as reading } from '../flows/alarmsHub.ts';
import { post, sha256 } from '../flows/intakeCalls.ts';
import { testHub } from '../hub.ts';
import { busyHub, oldDatabase, oldKeys } from './oldDatabase.ts';

const database = await oldDatabase('0.2.0');
const hub = await testHub({ database, keysDir: oldKeys(busyHub), jobsByTime: false });
after(() => hub.stop());
const auditor = await hub.token('auditor', ['auditor']);
const education = await hub.enrol('education');
const ecology = await hub.enrol('ecology');
/** Jobs of parts that this configuration lacks. */
const unconfigured = new Set(['submitCheckpoints', 'mirrorTiles', 'sendReminders', 'remindOfEvents']);
const ask = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> =>
  (await hub.staff(auditor, method, path, body)).json;
const noFindings = async (): Promise<void> => {
  const { findings } = await verifyLog({ ask }, [parseVkey(hub.hub.keys.log.vkey)], []);
  assert.deepEqual(findings, []);
  assert.deepEqual((await ask('GET', '/v1/log/findings'))['findings'], []);
};

test('the hub starts, its database is at this release, and each document is read', async () => {
  const { rows } = await database.owner.query<{ name: string }>('SELECT name FROM migration ORDER BY id');
  assert.deepEqual(
    rows.map(({ name }) => name),
    migrationNames,
  );
  const { failed, unreadable } = hub.hub.services.registry.current;
  assert.deepEqual([failed, [...unreadable]], [[], []]);
});

test('no migration of a release has changed since: its databases would lack the change', () => {
  const now = Object.keys(busyHub.migrations).map((path) => [
    path,
    sha256(readFileSync(join(migrationsFolder, path))),
  ]);
  assert.deepEqual(Object.fromEntries(now), busyHub.migrations);
});

test('a row is released under the agreement of then', async () => {
  const answer = await education.client.query(
    'pub-security.household',
    { filter: [{ field: 'person_id', op: 'eq', value: busyHub.child }] },
    {
      purpose: 'school-enrolment',
      agreement: 'agr-school-enrolment',
      onBehalfOf: 'official-17',
      matter: 'YX-2026-000123',
    },
  );
  assert.equal(answer.json.records.length, 1);
});

test('the open event of then is acknowledged, and its plan goes on', async () => {
  const { id, subscription } = busyHub.event;
  const { json } = await education.client.events.pull(subscription, {});
  assert.deepEqual(
    json.events.map((event) => event.id),
    [id],
  );
  await education.client.events.acknowledge(id, 'received');
  const board = (await ecology.client.events.board(id)).json;
  const step = board.steps.find(({ department }) => department === 'education');
  assert.ok(step?.answeredAt !== undefined, JSON.stringify(board.steps));
});

test('a crossing that began then is finished, once', async () => {
  const { dataset, subscription } = busyHub.readings;
  const levels = async (): Promise<unknown[]> => {
    const { json } = await education.client.events.pull(subscription, {});
    return json.events.map(({ data }) => data['time']);
  };
  const former = await levels();
  assert.equal(former.length, 1);
  await post(ecology.client, `/v1/datasets/${dataset}/rows`, [reading('甲', 5, 151)]);
  assert.equal(await hub.hub.runner.run('evaluateRules'), 'ok');
  assert.deepEqual(await levels(), [...former, reading('甲', 5, 151).time]);
});

test('a case goes on, under its version of then', async () => {
  const path = `/v1/datasets/${busyHub.cases.dataset}/rows/changes`;
  const change = { key: { case: 'C-1' }, version: 2, set: { status: 'done' } };
  const { json } = await post(education.client, path, change);
  assert.equal((json as { version: number }).version, 3);
});

test('every job runs on what the old hub left, and the log verifies', async () => {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
  const table = guide.slice(guide.indexOf('## What the hub does by itself'), guide.indexOf('## Bounds'));
  const jobs = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name);
  assert.ok(jobs.length > 35);
  for (const job of jobs.filter((one) => !unconfigured.has(one)))
    assert.equal(await hub.hub.runner.run(job), 'ok', job);
  await noFindings();
});
