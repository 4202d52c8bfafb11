/** What the players of a scenario write of a refusal. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { Received } from '../../scenarios/received.ts';

const out = mkdtempSync(join(tmpdir(), 'datong-received-'));
after(() => rmSync(out, { recursive: true, force: true }));

test('a refusal that is not signed is written like any other: its status, headers and bytes', async () => {
  const reply = {
    status: 413,
    rawHeaders: ['content-type', 'text/plain'],
    body: Buffer.from('浙: too large'),
  };
  const received = new Received(out, 'health');
  const refused = received.call(() => Promise.reject(new DatongProblem(reply, undefined)), { asked: 'rows' });
  await assert.rejects(refused, DatongProblem);
  const { at, ...line } = JSON.parse(readFileSync(join(out, 'received-health.ndjson'), 'utf8')) as {
    readonly at: number;
  };
  assert.ok(Math.abs(at - Date.now()) < 60_000);
  assert.deepEqual(line, {
    status: 413,
    headers: reply.rawHeaders,
    asked: 'rows',
    body: reply.body.toString('base64'),
  });
});
