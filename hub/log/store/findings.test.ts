/** Findings that an earlier release stored get their MACs once; what is written past the hub afterwards gets none. */
import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { test } from 'node:test';
import { rememberedVersions } from '../../../tests/rememberedVersions.ts';
import { testDatabase } from '../../../tests/database.ts';
import { sealingOf } from '../../platform/database/authenticated/rowSealing.ts';
import {
  forgedFindings,
  insertFindings,
  sealStoredFindings,
  seenAgain,
  countFindings,
  storedFindings,
} from './findings.ts';

const database = await testDatabase();
const { app } = database;

const store = (index: number): Promise<void> =>
  insertFindings(app, [{ code: 'entry_missing', index, finding: { code: 'entry_missing', index } }], {
    now: database.now(),
    pass: 3,
    exchange: '01890000-0000-7000-8000-000000000000',
  });
const indexes = async (): Promise<readonly (number | null)[]> =>
  (await storedFindings(app, 'log')).map(({ index }) => index);

test('findings of an earlier release are sealed once', async () => {
  await store(1);
  await store(2);
  sealingOf(app)?.begin(createSecretKey(Buffer.alloc(32, 9)), rememberedVersions());
  assert.deepEqual(await indexes(), []);
  assert.equal((await forgedFindings(app)).length, 2);
  await sealStoredFindings(database);
  assert.deepEqual(await indexes(), [1, 2]);
  await store(3);
  await app.query(
    `INSERT INTO log_finding (code, index, found_at, pass, finding, exchange)
     SELECT code, 4, found_at, pass, finding, exchange FROM log_finding WHERE index = 3`,
  );
  await sealStoredFindings(database);
  assert.deepEqual(await indexes(), [1, 2, 3]);
  assert.equal((await forgedFindings(app)).length, 1);
});

test('a process of release 0.2 that still serves: the passes that it notes change nothing, and its findings are named as without a MAC', async () => {
  await app.query('DELETE FROM log_finding');
  await store(1);
  const forged = async () => (await forgedFindings(app)).map(({ code }) => code);
  // as release 0.2 notes that a pass saw a finding again, and as it stores one
  await app.query('UPDATE log_finding SET pass = 4 WHERE index = 1');
  assert.deepEqual(await forged(), []);
  const [stored = assert.fail()] = await storedFindings(app, 'log');
  assert.equal(stored.pass, 3, 'the pass under the MAC counts');
  await seenAgain(app, [stored], 5);
  assert.equal((await storedFindings(app, 'log'))[0]?.pass, 5);
  await app.query(`DELETE FROM log_finding; INSERT INTO log_finding (code, index, found_at, pass, finding, exchange)
    VALUES ('entry_missing', 2, now(), 4, '{"code": "entry_missing", "index": 2}', gen_random_uuid())`);
  assert.deepEqual(await forged(), ['finding_unsealed']);
  assert.equal((await countFindings(app)).first?.code, 'finding_unsealed');
  assert.deepEqual(await indexes(), [], 'it suppresses nothing');
  await store(2);
  assert.deepEqual([await forged(), await indexes()], [[], [2]], 'the finding of this release replaces it');
});
