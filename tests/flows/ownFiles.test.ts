/** The files of tests/ownFiles.ts in English; a dataset made anew, and a long file. */
import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import type { Ran } from '../datong.ts';
import { typedDatong } from '../typedDatong.ts';
import { typedOwnFiles } from './typedOwnFiles.ts';

const { home, state, sameInConsole } = await typedOwnFiles('en');

test('the same file goes into a dataset that was made anew under a corrected schema, and the send says so', async () => {
  const path = join(home, '食品经营许可.csv');
  const datong = (...words: string[]): Promise<Ran> =>
    typedDatong(words, { cwd: home, env: { DATONG_STATE: state } });
  const created = await datong(
    ...['dataset', 'create', path, '--for', 'transport', '--name', 'food-corrected', '--yes'],
    ...['--as', 'operator', '--approve-with', 'security'],
  );
  assert.equal(created.code, 0, created.stderr);
  const sent = await datong('send', path, '--dataset', 'transport.food-corrected', '--as', 'transport');
  assert.equal(sent.code, 0, sent.stderr);
  assert.match(sent.stderr, /an identical file was submitted for another dataset/);
});

test('of a long text the terminal reads the part that the console sends, and says so', async () => {
  const path = join(home, '长名录.csv');
  const rows = Array.from(
    { length: 440_000 },
    (_, place) => `Q${String(place).padStart(9, '0')},abcdefghijklmnopqrstuvwxy,${place % 97}`,
  );
  // encoding and format of what follows would be guessed from other bytes
  const end = encodeGb18030('QLAST,末尾,二十\n'.repeat(500));
  writeFileSync(path, Buffer.concat([Buffer.from(`code,name,amount\n${rows.join('\n')}\n`), end]));
  assert.ok(statSync(path).size > 16 * 1024 * 1024, 'longer than a file that is read whole');
  const created = await typedDatong(
    [
      ...['dataset', 'create', path, '--for', 'transport', '--name', 'long-list', '--yes'],
      ...['--as', 'operator', '--approve-with', 'security'],
    ],
    { cwd: home, env: { DATONG_STATE: state, LANG: 'en_GB.UTF-8' } },
  );
  assert.equal(created.code, 0, created.stderr);
  assert.match(created.stderr, /longer than 4 MiB: the draft is made from its beginning/);
  await sameInConsole(path, 'transport.long-list');
});
