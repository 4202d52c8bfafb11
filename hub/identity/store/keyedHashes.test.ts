/** Hashes of credentials have a key of the hub; those of an earlier release get it at the start and go on to open. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, test } from 'node:test';
import { testDatabase } from '../../../tests/database.ts';
import { testHub } from '../../../tests/hub.ts';
import { keyStoredHashes } from './keyedHashes.ts';

const database = await testDatabase();
const hub = await testHub({ database, jobsByTime: false });
after(() => hub.stop());
const { identity } = hub.hub.services;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const status = async (token: string): Promise<number> =>
  (await hub.staff(token, 'GET', '/v1/log/findings')).status;
const storedOf = async (id: string): Promise<string> =>
  (await database.app.query<{ hash: string }>('SELECT hash FROM credential WHERE id = $1', [id])).rows[0]
    ?.hash ?? assert.fail('no credential');

test('a token is stored under a key, and a hash without one opens nothing though its row has a seal', async () => {
  const token = await hub.token('auditor', ['auditor']);
  const id = token.split('_')[1] ?? '';
  const secret = token.slice(`dtg_${id}_`.length);
  const plain = sha256(secret);
  const stored = await storedOf(id);
  assert.match(stored, /^k1:[0-9a-f]{64}$/);
  assert.ok(!stored.includes(plain));
  assert.equal(await status(token), 200);

  // as an earlier release stored it: by a connection of the hub, so the row has its seal
  await database.owner.query('UPDATE credential SET hash = $2 WHERE id = $1', [id, plain]);
  await identity.reload();
  assert.equal(await status(token), 401);

  const counted: number[] = [];
  await keyStoredHashes(database, (credentials) => Promise.resolve(counted.push(credentials)));
  await identity.reload();
  assert.equal(await storedOf(id), stored);
  assert.equal(await status(token), 200);
  await keyStoredHashes(database, (credentials) => Promise.resolve(counted.push(credentials)));
  assert.deepEqual(counted, [1], 'once');
});

test('a hash that an administrator wrote past the hub gets no key', async () => {
  const token = await hub.token('second', ['auditor']);
  const id = token.split('_')[1] ?? '';
  const secret = token.slice(`dtg_${id}_`.length);
  await database.owner.query('ALTER TABLE credential DISABLE TRIGGER row_is_noted');
  await database.owner.query('UPDATE credential SET hash = $2 WHERE id = $1', [id, sha256(secret)]);
  await database.owner.query('ALTER TABLE credential ENABLE TRIGGER row_is_noted');
  await keyStoredHashes(database, () => assert.fail('none was converted'));
  assert.equal(await storedOf(id), sha256(secret));
});
