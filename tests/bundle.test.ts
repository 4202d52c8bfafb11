import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const home = mkdtempSync(join(tmpdir(), 'datong-bundle-'));
after(() => rmSync(home, { recursive: true, force: true }));

/** A small project with the real entry point and a command line of two files. */
function project(name: string): {
  write: (path: string, text: string) => void;
  start: () => Promise<string>;
  cache: string;
} {
  const root = join(home, name);
  const source = resolve(import.meta.dirname, '..');
  for (const folder of ['bin', 'scripts'])
    cpSync(join(source, folder), join(root, folder), { recursive: true });
  mkdirSync(join(root, 'node_modules'));
  for (const dependency of ['esbuild', 'tsx'])
    symlinkSync(join(source, 'node_modules', dependency), join(root, 'node_modules', dependency));
  const write = (path: string, text: string): void => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const ownAddress = ['import', 'meta', 'url'].join('.'); // written out, it would become this file's own in a bundle
  write('package.json', '{"type": "module"}');
  write(
    'clients/cli/main.ts',
    `import { word } from './word.ts';\nconst said: string = word;\nprocess.stdout.write(said + ${ownAddress});\n`,
  );
  write('clients/cli/word.ts', "export const word = 'one ';");
  const start = async (): Promise<string> => {
    const { stdout } = await run(process.execPath, [join(root, 'bin/datong.mjs')]);
    return stdout;
  };
  return { write, start, cache: join(root, 'node_modules/.cache/datong') };
}

const bundles = (cache: string): number =>
  readdirSync(cache).filter((name) => name.startsWith('cli-')).length;

test('a bundle is made once, files retain their own addresses', async () => {
  const { start, cache } = project('once');
  await sleep(50); // files as old as the build would not be trusted
  assert.match(await start(), /^one file:.*\/clients\/cli\/main\.ts$/);
  assert.match(await start(), /^one file:/);
  assert.equal(bundles(cache), 1);
});

test('an edit is seen by the very next start, whatever its size and date', async () => {
  const { write, start, cache } = project('edited');
  await sleep(50);
  assert.match(await start(), /^one /);
  write('clients/cli/word.ts', "export const word = 'two ';");
  utimesSync(join(cache, '../../../clients/cli/word.ts'), 1, 1);
  assert.match(await start(), /^two /);
});

test('a lost or unwritable cache costs time, nothing else', async () => {
  const { start, cache } = project('lost');
  await sleep(50);
  assert.match(await start(), /^one /);
  for (const name of readdirSync(cache))
    if (name.startsWith('cli-')) rmSync(join(cache, name), { recursive: true });
  assert.match(await start(), /^one /);
  rmSync(cache, { recursive: true });
  writeFileSync(cache, 'a file where the folder should be');
  assert.match(await start(), /^one /);
});

test('a source that cannot be bundled is reported by Node itself', async () => {
  const { write, start } = project('broken');
  write('clients/cli/word.ts', 'export const word = ;');
  await assert.rejects(start(), /word\.ts/);
});
