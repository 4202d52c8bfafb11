/** The copy of the bundled PostgreSQL in the cache folder. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, test } from 'node:test';
import { ownCopy } from './bundled.ts';

const home = fs.mkdtempSync(join(tmpdir(), 'datong-bundled-'));
after(() => fs.rmSync(home, { recursive: true, force: true }));

test('files and folders of a copy are synchronized before it has its name, and the cache folder after that', async () => {
  const native = join(home, 'package/native');
  for (const name of ['bin', 'lib']) fs.mkdirSync(join(native, name), { recursive: true });
  // hard links are made of files that all users can read, copies of the others
  fs.writeFileSync(join(native, 'bin/postgres'), 'program', { mode: 0o755 });
  fs.writeFileSync(join(native, 'lib/liba.so.1'), 'library', { mode: 0o600 });
  const links = [{ source: 'native/lib/liba.so.1', target: 'native/lib/liba.so' }];
  const cache = join(home, 'datong');
  const named = (path: fs.PathLike): string => relative(cache, String(path)).replace(/^draft-[^/]+/, 'draft');
  const done: string[] = [];
  const opened = new Map<number, string>();
  const { openSync, fsyncSync } = fs;
  const { rename } = promises;
  const { XDG_CACHE_HOME: former } = process.env;
  fs.openSync = (path, ...rest) => {
    const handle = openSync(path, ...rest);
    opened.set(handle, named(path));
    return handle;
  };
  fs.fsyncSync = (handle) => {
    done.push(`sync ${opened.get(handle) ?? '?'}`);
    fsyncSync(handle);
  };
  promises.rename = async (from, to) => {
    done.push(`rename ${named(from)}`);
    await rename(from, to);
  };
  syncBuiltinESMExports();
  process.env['XDG_CACHE_HOME'] = home;
  let place = '';
  try {
    place = await ownCopy({ folder: join(home, 'package'), version: '1', links }, undefined);
  } finally {
    if (former === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = former;
    Object.assign(fs, { openSync, fsyncSync });
    Object.assign(promises, { rename });
    syncBuiltinESMExports();
  }
  assert.deepEqual(done.slice(-2), ['rename draft', 'sync ']);
  assert.deepEqual(done.slice(0, -2).sort(), [
    'sync draft',
    'sync draft/native',
    'sync draft/native/bin',
    'sync draft/native/bin/postgres',
    'sync draft/native/lib',
    'sync draft/native/lib/liba.so.1',
  ]);
  const read = (path: string): string => fs.readFileSync(join(place, path), 'utf8');
  assert.deepEqual([read('native/bin/postgres'), read('native/lib/liba.so')], ['program', 'library']);
});
