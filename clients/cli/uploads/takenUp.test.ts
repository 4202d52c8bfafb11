/** What the same command goes on with after a submission that was not answered. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DatongProblem } from '../../sdk/datongProblem.ts';
import { takenUp } from './sendOne.ts';
import { keepUnfinished, unfinished } from './unfinished.ts';

const folder = mkdtempSync(join(tmpdir(), 'datong-taken-up-'));
const home = process.env['DATONG_HOME'];
before(() => {
  process.env['DATONG_HOME'] = folder;
});
after(() => {
  if (home === undefined) delete process.env['DATONG_HOME'];
  else process.env['DATONG_HOME'] = home;
  rmSync(folder, { recursive: true, force: true });
});

const batch = '01890000-0000-7000-8000-000000000000';
const refusal = (status: number, code: string): DatongProblem =>
  new DatongProblem({ status, rawHeaders: [], body: Buffer.from(JSON.stringify({ code })) }, undefined);
const answering = (error: Error): Parameters<typeof takenUp>[0] => ({ batch: () => Promise.reject(error) });

test('a hub that cannot answer now does not make a new submission of one that was begun', async () => {
  const file = join(folder, 'household.csv');
  writeFileSync(file, 'a,b\n');
  const submitted = { hub: 'https://hub', department: 'pub-security', dataset: 'd', mapping: 'm', file };
  const begun = { batch, key: 'k' };
  keepUnfinished(submitted, begun);
  for (const away of [
    refusal(503, 'log_unavailable'),
    refusal(429, 'too_many_requests'),
    refusal(500, 'internal_error'),
    new DatongProblem({ status: 502, rawHeaders: [], body: Buffer.from('<html>') }, undefined),
    new Error('cut'),
  ])
    await assert.rejects(takenUp(answering(away), submitted), away);
  const stored = unfinished(submitted);
  assert.ok(stored !== undefined && stored !== 'changed');
  assert.deepEqual({ batch: stored.batch, key: stored.key }, begun);
  // what it says for good counts: the batch is gone
  assert.equal(await takenUp(answering(refusal(404, 'batch_unknown')), submitted), undefined);
});
