/** A steward's verbs on submissions, against a real hub. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { writeDemoState } from '../../../tests/demoState.ts';
import type { Ran } from '../../../tests/datong.ts';
import { typedDatong } from '../../../tests/typedDatong.ts';
import { householdFile } from '../demo/files/householdFile.ts';
import { cityHub } from '../../../tests/cityHub.ts';

const { hub, city } = await cityHub();
const { client } = city.publicSecurity;
const home = mkdtempSync(join(tmpdir(), 'datong-batch-'));
after(() => rmSync(home, { recursive: true, force: true }));
const state = join(home, 'demo.json');
writeDemoState(
  state,
  { ...hub.hub.origins, ca: hub.ca, keys: hub.hub.services.identity.jwks() },
  {
    han: await hub.token('han', ['steward'], 'pub-security'),
    wei: await hub.token('wei', ['steward'], 'pub-security'),
  },
);
const datong = (...args: string[]): Promise<Ran> =>
  typedDatong(args, { cwd: home, env: { DATONG_STATE: state } });
const send = (rows: number, seed: number): Promise<unknown> =>
  client
    .sendFile('pub-security.household', householdFile(rows, seed).bytes, { mapping: 'household' })
    .catch(() => undefined);

test('a held batch is found, shown with its reason, and released by a decision that the log records', async () => {
  await send(1_300, 1);
  await send(1_250, 2);
  await send(300, 3);
  const inbox = await datong('inbox', '--as', 'han');
  const id = /^Batch {2}(\S+) {2}pub-security.household {2}\S+ {2}≤ \d{4}-/m.exec(inbox.stdout)?.[1] ?? '';
  const listed = await datong('batch', 'list', '--state', 'held', '--as', 'han');
  assert.match(listed.stdout, new RegExp(`^${id} +pub-security.household +held `, 'm'));
  const shown = await datong('batch', 'show', id, '--as', 'han');
  assert.match(shown.stdout, /only 2\d\d rows came where there were 1\d\d\d before/);
  const seen = await datong('batch', 'list', '--state', 'published', '--as', 'han');
  const [, current = '', before] = /^(\S+) .*? (\d+) rows/m.exec(seen.stdout) ?? [];
  const [, came] = /only (\d+) rows came/.exec(shown.stdout) ?? [];
  const less = Number(came) - Number(before);
  const comparison = `^compared with batch ${current}, the last one published: ${came} \\(${less}\\) good rows, `;
  assert.match(shown.stdout, new RegExp(comparison, 'm'));
  const released = await datong(
    'batch',
    'release',
    id,
    '--reason',
    'moved to the new district',
    '--as',
    'han',
  );
  assert.deepEqual([released.code, released.stderr.includes('is published')], [0, true], released.stderr);
  assert.equal((await datong('batch', 'drop', id, '--reason', 'too late', '--as', 'han')).code, 1);
  assert.equal((await datong('batch', 'release', id, '--as', 'han')).code, 2, 'a reason is asked for');
});

test('the batch before is put back when a second person agrees', async () => {
  const { stdout } = await datong('batch', 'list', '--state', 'superseded', '--json', '--as', 'han');
  const [former] = (JSON.parse(stdout) as { readonly batches: readonly { readonly batch: string }[] })
    .batches;
  const restore = (by: string): Promise<Ran> =>
    datong('batch', 'restore', former?.batch ?? '', '--reason', 'released by mistake', '--as', by);
  assert.match((await restore('han')).stderr, /waits for a second person/);
  assert.match((await restore('wei')).stderr, /is published/);
  const again = await datong(
    ...[
      'batch',
      'retranslate',
      former?.batch ?? '',
      '--mapping',
      'household@1',
      '--reason',
      'codes of 2026',
      '--as',
      'han',
    ],
  );
  assert.match(again.stderr, /is being made with household@1/, again.stderr);
  const quality = await datong('batch', 'quality', 'pub-security.household', '--as', 'han');
  assert.match(quality.stdout, /^batch +published +rows +bad +valid +complete +unique +in time$/m);
  assert.match(quality.stderr, /^grade [AB] \(\d\d\.\d%\)$/m);
  const places = (...more: string[]): Promise<Ran> =>
    datong('batch', 'quality', 'pub-security.household', ...more, '--as', 'han');
  const opened = await places('--field', 'mobile');
  assert.match(
    opened.stdout,
    /^empty [1-9]\d* of \d+ {2}lines \d+(, \d+)* …\na value again 0 of \d+\n$/,
    opened.stderr,
  );
  assert.match(opened.stderr, /^batch \S{36}\n/);
  assert.deepEqual((await places('--batch', former?.batch ?? '')).code, 2);
  const ofOther = ['--field', 'mobile', '--batch', former?.batch ?? '', '--as', 'han'];
  const refused = await datong('batch', 'quality', 'education.permits', ...ofOther);
  assert.deepEqual([refused.code, refused.stdout], [2, '']);
  assert.match(refused.stderr, /is of the dataset pub-security\.household/);
  assert.equal((await datong('batch', 'quality', 'pub-security.household', ...ofOther)).code, 0);
  // without a dataset: all by week
  const weeks = (...more: string[]): Promise<Ran> => datong('batch', 'quality', ...more, '--as', 'han');
  const byWeek = (await weeks()).stdout;
  assert.match(byWeek, /^dataset( +\d\d-\d\d){12}$/m);
  assert.match(byWeek, /^pub-security\.household( +–){11} +[AB] \d\d\.\d%$/m);
  assert.equal((await weeks('--department', 'education')).stderr, 'no dataset receives files or rows\n');
  const { ok, weeks: mondays } = JSON.parse((await weeks('--json')).stdout) as {
    ok: boolean;
    weeks: readonly string[];
  };
  assert.deepEqual([ok, mondays.length], [true, 12]);
  for (const more of [
    ['--field', 'mobile'],
    ['pub-security.household', '--department', 'education'],
  ])
    assert.equal((await weeks(...more)).code, 2);
});
