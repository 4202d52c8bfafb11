/** Files that get their name by a rename: a power cut leaves the former one or the whole new one. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, test } from 'node:test';
import { nonEmpty } from '../tests/nonEmpty.ts';
import { renameDurably } from './renameDurably.ts';

const root = join(import.meta.dirname, '..');
const folder = fs.mkdtempSync(join(tmpdir(), 'datong-rename-'));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

test('the content is synchronized before the rename, and the folder before renameDurably returns', () => {
  const [draft, file] = [join(folder, 'a.new'), join(folder, 'a')];
  fs.writeFileSync(draft, 'new', { mode: 0o400 });
  fs.writeFileSync(file, 'former');
  const done: string[] = [];
  const opened = new Map<number, string>();
  const { openSync, fsyncSync, renameSync } = fs;
  fs.openSync = (path, ...rest) => {
    const handle = openSync(path, ...rest);
    opened.set(handle, relative(folder, String(path)));
    return handle;
  };
  fs.fsyncSync = (handle) => {
    done.push(`sync ${opened.get(handle) ?? '?'}`);
    fsyncSync(handle);
  };
  fs.renameSync = (from, to) => {
    done.push(`rename ${relative(folder, String(from))}`);
    renameSync(from, to);
  };
  syncBuiltinESMExports();
  try {
    renameDurably(draft, file);
  } finally {
    Object.assign(fs, { openSync, fsyncSync, renameSync });
    syncBuiltinESMExports();
  }
  assert.deepEqual(done, ['sync a.new', 'rename a.new', 'sync ']);
  assert.equal(fs.readFileSync(file, 'utf8'), 'new');
});

test('renameDurably does not fail in a folder that can be written but not read', () => {
  const [draft, file] = [join(folder, 'b.new'), join(folder, 'b')];
  fs.writeFileSync(draft, 'new');
  const { openSync } = fs;
  fs.openSync = (path, ...rest) => {
    if (path === folder) throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
    return openSync(path, ...rest);
  };
  syncBuiltinESMExports();
  try {
    renameDurably(draft, file);
  } finally {
    Object.assign(fs, { openSync });
    syncBuiltinESMExports();
  }
  assert.equal(fs.readFileSync(file, 'utf8'), 'new');
});

/** Modules that rename by themselves, and why it is safe there. */
const reasons: Readonly<Record<string, string>> = {
  'machine/renameDurably.ts': 'the rename itself',
  'machine/writeDurably.ts': 'file and folder are synchronized',
  'machine/writeNew.ts': 'file and folder are synchronized',
  'clients/sdk/checkpointFile.ts': 'the file is synchronized; the former checkpoint is as good',
  'clients/cli/listen/destinations.ts':
    'files are synchronized in parallel, their folders once for an answer',
  'clients/cli/send.ts': 'a file that was sent is moved, and not changed',
  'hub/features/log/jobs/mirrorTiles.ts': 'files are synchronized, folders before the checkpoint',
  'hub/log/highWater.ts': 'a durable backup gets its former name again',
  'hub/platform/keys/authorityRing.ts': 'file and folder are synchronized',
  'hub/platform/keys/createKeys.ts': 'a folder of synchronized files; its parent is synchronized',
  'hub/platform/keys/logTokenKeys.ts': 'the draft is durable, and is found again under its former name',
  'hub/platform/postgres/bundled.ts': 'files and folders are synchronized',
  'hub/platform/postgres/startPostgres.ts': 'a folder that initdb synchronized; its parent is synchronized',
};

test('a module that renames a file does so durably, or is listed with the reason', () => {
  const sources = ['machine', 'clients', 'hub', 'log', 'certs'].flatMap((place) =>
    fs
      .readdirSync(join(root, place), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
      .map((path) => `${place}/${path}`),
  );
  const renaming = nonEmpty(sources).filter((path) =>
    /\brename(?:Sync)?\(/.test(fs.readFileSync(join(root, path), 'utf8')),
  );
  assert.deepEqual(renaming.sort(), Object.keys(reasons).sort());
});
