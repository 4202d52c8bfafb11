import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { saveExchange, type StoredExchange } from './storedExchange.ts';

const stored = (exchange: string): StoredExchange => ({
  exchange,
  request: {
    method: 'GET',
    targetUri: 'https://hub.example/v1/datasets',
    rawHeaders: [],
    body: Buffer.alloc(0),
  },
  reply: { status: 200, rawHeaders: [], body: Buffer.alloc(0) },
  receipt: undefined,
});

test('an exchange id that is no uuid names no folder: a hub writes only where its client stores things', async () => {
  const home = await mkdtemp(join(tmpdir(), 'datong-kept-'));
  const folder = join(home, 'receipts');
  try {
    for (const id of ['../outside', '/tmp/outside', '', '.', '01890000-0000-7000-8000-00000000000'])
      await assert.rejects(saveExchange(folder, stored(id)), { code: 'malformed_identifier' }, id);
    assert.deepEqual(await readdir(home), []);
    const id = '01890000-0000-7000-8000-000000000000';
    assert.equal(await saveExchange(folder, stored(id)), join(folder, id));
    assert.deepEqual((await readdir(join(folder, id))).sort(), ['reply.http', 'request.http']);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
