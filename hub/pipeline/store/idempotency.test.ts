/** Stored answers have a MAC: one that was changed past the hub is not repeated. Those of an earlier release get theirs once. */
import assert from 'node:assert/strict';
import { createSecretKey, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { rememberedVersions } from '../../../tests/rememberedVersions.ts';
import { testDatabase } from '../../../tests/database.ts';
import { sealingOf } from '../../platform/database/authenticated/rowSealing.ts';
import { storeOutcome, sealStoredOutcomes, storedOutcome, type StoredOutcome } from './idempotency.ts';

const database = await testDatabase();
const outcome = (key: string): StoredOutcome => ({
  department: 'education',
  operation: 'commitBatch',
  key,
  requestDigest: 'digest',
  status: 200,
  contentType: 'application/json',
  body: Buffer.from('{"rows":3}'),
  exchange: randomUUID(),
});
const begin = (): void =>
  sealingOf(database.app)?.begin(createSecretKey(Buffer.alloc(32, 9)), rememberedVersions());

test('an altered answer, one of another key and one that an administrator wrote are refused', async () => {
  const older = outcome('older');
  await storeOutcome(database.app, older);
  begin();
  await sealStoredOutcomes(database);
  assert.deepEqual(await storedOutcome(database.app, older), older, 'of an earlier release');

  const stored = outcome('first');
  assert.equal(await storeOutcome(database.app, stored), true);
  assert.deepEqual(await storedOutcome(database.app, stored), stored);
  const isRefused = async (change: string, back: string): Promise<void> => {
    await database.owner.query(`UPDATE idempotency_outcome SET ${change} WHERE key = 'first'`);
    await assert.rejects(storedOutcome(database.app, stored), { code: 'rows_unauthenticated' }, change);
    await database.owner.query(`UPDATE idempotency_outcome SET ${back} WHERE key = 'first'`);
    assert.deepEqual(await storedOutcome(database.app, stored), stored);
  };
  await isRefused(`body = '{"rows":4}'`, `body = '{"rows":3}'`);
  await isRefused('status = 201', 'status = 200');
  await isRefused(`exchange = '${randomUUID()}'`, `exchange = '${stored.exchange}'`);
  await isRefused(
    `request_digest = 'other' || substr(request_digest, 7)`,
    `request_digest = 'digest' || substr(request_digest, 6)`,
  );
  await database.owner.query(
    `INSERT INTO idempotency_outcome SELECT 'education', operation, 'second', request_digest, status, content_type, body, exchange
       FROM idempotency_outcome WHERE key = 'first'
     UNION ALL SELECT department, operation, 'third', 'digest', status, content_type, body, exchange
       FROM idempotency_outcome WHERE key = 'first'`,
  );
  begin();
  await sealStoredOutcomes(database);
  for (const key of ['second', 'third'])
    await assert.rejects(storedOutcome(database.app, { ...stored, key }), { code: 'rows_unauthenticated' });
});
