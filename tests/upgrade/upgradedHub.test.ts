/** Today's hub on the database of a hub of release 0.1.0 (before the baseline): its log, rows, agreements and consents go on. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { verifyReceipt } from '../../log/receipt/verifyReceipt.ts';
import { parseVkey } from '../../log/note/noteKey.ts';
import { verifyLog } from '../../clients/cli/audit/verifyLog.ts';
import { migrationNames } from '../../migrations/index.ts';
import { testHub } from '../hub.ts';
import { applyGrant } from '../policyWith.ts';
import { oldDatabase, oldHub, oldKeys } from './oldDatabase.ts';

const database = await oldDatabase();
const hub = await testHub({ database, keysDir: oldKeys(), jobsByTime: false });
after(() => hub.stop());
const auditor = await hub.token('auditor', ['auditor']);
const operator = await hub.token('upgrading operator', ['operator']);
const security = await hub.token('upgrading officer', ['security']);
/** Jobs of parts that this configuration lacks. */
const unconfigured = new Set(['submitCheckpoints', 'mirrorTiles', 'sendReminders', 'remindOfEvents']);
const ask = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> =>
  (await hub.staff(auditor, method, path, body)).json;

const verified = async (): Promise<unknown> =>
  (await verifyLog({ ask }, [parseVkey(hub.hub.keys.log.vkey)], [])).findings;

test('the hub starts, and its database is at this release', async () => {
  const { rows } = await database.owner.query<{ name: string }>('SELECT name FROM migration ORDER BY id');
  assert.deepEqual(
    rows.map(({ name }) => name),
    migrationNames,
  );
});

test('the log verifies, by its reader and by the hub itself', async () => {
  assert.deepEqual(await verified(), []);
  for (const name of ['deriveTiles', 'readEntries', 'reverifyLog'])
    assert.equal(await hub.hub.runner.run(name), 'ok', name);
  assert.deepEqual((await ask('GET', '/v1/log/findings'))['findings'], []);
});

test('every document and registration of then is read', () => {
  const { failed, unreadable } = hub.hub.services.registry.current;
  assert.deepEqual([failed, [...unreadable]], [[], []]);
});

test('every job runs on what the old hub left', async () => {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
  const table = guide.slice(guide.indexOf('## What the hub does by itself'), guide.indexOf('## Bounds'));
  const jobs = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name);
  assert.ok(jobs.length > 35);
  for (const job of jobs.filter((one) => !unconfigured.has(one)))
    assert.equal(await hub.hub.runner.run(job), 'ok', job);
  assert.deepEqual((await ask('GET', '/v1/log/findings'))['findings'], []);
});

test('the agreements are there', async () => {
  const { status, json } = await hub.staff(operator, 'GET', '/v1/policy/documents');
  assert.equal(status, 200, JSON.stringify(json));
  const documents = json['documents'] as { id: string; state: string; signed?: string[] }[];
  const manual = documents.filter(({ id }) => id.startsWith('agr-'));
  assert.deepEqual(
    manual.map(({ id, state, signed }) => ({ id, state, signed })),
    ['agr-school-enrolment', 'agr-school-meals'].map((id) => ({
      id,
      state: 'active',
      signed: ['education', 'pub-security'],
    })),
  );
});

test('a row is released under the consent of then, and the log goes on', async () => {
  const [education, publicSecurity] = [await hub.enrol('education'), await hub.enrol('pub-security')];
  const ecology = publicSecurity;
  const city = { operator, security, education, publicSecurity, ecology, apply: () => Promise.resolve() };
  // the agreement of then ends some day
  const [from, until] = [-86_400_000, 300 * 86_400_000].map((ms) => new Date(Date.now() + ms).toISOString());
  await applyGrant(hub, city, 'school-meals/agreement.yaml', 2, (grant) => grant, { valid: { from, until } });
  const answer = await education.client.query(
    'pub-security.household',
    { filter: [{ field: 'person_id', op: 'eq', value: oldHub.child }] },
    {
      purpose: 'school-meals',
      agreement: 'agr-school-meals',
      onBehalfOf: 'official-0317',
      matter: 'YC-2026-000017',
    },
  );
  assert.deepEqual(answer.json.records, [oldHub.record]);

  // a receipt of an exchange of then, signed by the key of then
  const { exchanges } = (await education.client.exchanges()).json;
  const former = exchanges.filter(({ exchange }) => exchange !== answer.exchange);
  const released = former.find((one) => one.operation === 'queryDataset' && one.decision === 'allow');
  assert.ok(released);
  const receipt = await education.client.receipt(released.exchange);
  const logKeys = [parseVkey(hub.hub.keys.log.vkey)];
  const checked = verifyReceipt(JSON.stringify(receipt.json), { anchors: { logKeys } });
  assert.deepEqual([checked.ok, checked.findings, checked.leaf?.id], [true, [], released.exchange]);
  assert.deepEqual(await verified(), []);
});
