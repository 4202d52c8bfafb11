/** Today's hub on the database of a hub of release 0.1.0 (before the baseline): its log, rows, agreements and consents go on. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
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

test('the agreements are there', async () => {
  const { status, json } = await hub.staff(operator, 'GET', '/v1/policy/documents');
  assert.equal(status, 200, JSON.stringify(json));
  const documents = json['documents'] as { id: string; state: string; signed?: string[] }[];
  const byHand = documents.filter(({ id }) => id.startsWith('agr-'));
  assert.deepEqual(
    byHand.map(({ id, state, signed }) => ({ id, state, signed })),
    ['agr-school-enrolment', 'agr-school-meals'].map((id) => ({
      ...{ id, state: 'active', signed: ['education', 'pub-security'] },
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
      ...{ purpose: 'school-meals', agreement: 'agr-school-meals' },
      ...{ onBehalfOf: 'official-0317', matter: 'YC-2026-000017' },
    },
  );
  assert.deepEqual(answer.json.records, [oldHub.record]);
  assert.deepEqual(await verified(), []);
});
