import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs, {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { removeDrafts, writeNew } from './writeNew.ts';

const folder = mkdtempSync(join(tmpdir(), 'datong-new-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('a file that could not be written has no name, and leaves no draft', () => {
  assert.throws(() => writeNew(join(folder, 'a'), Symbol('no text') as never), TypeError);
  assert.throws(() => writeNew(join(folder, 'absent', 'a'), 'text'), { code: 'ENOENT' });
  assert.deepEqual(readdirSync(folder), []);
});

test('a new file is private, and a further one of its name changes nothing', () => {
  const file = join(folder, 'b');
  assert.equal(writeNew(file, 'first'), true);
  assert.equal(writeNew(file, 'second'), false);
  assert.equal(readFileSync(file, 'utf8'), 'first');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(folder), ['b']);
});

const failing = (code: string) => (): never => {
  throw Object.assign(new Error(code), { code });
};

/** Replaces functions of node:fs for one test, also where they are imported by name. */
function replaceFs(
  t: TestContext,
  functions: Partial<Pick<typeof fs, 'existsSync' | 'fsyncSync' | 'linkSync' | 'renameSync'>>,
): void {
  for (const [name, work] of Object.entries(functions)) t.mock.method(fs, name as 'linkSync', work);
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
}

test('without links one of two processes writes a file, and the other gets false', async () => {
  const place = mkdtempSync(join(folder, 'race-'));
  const file = join(place, 'lock');
  // both are past the check that there is no such file before either names its draft
  const met = new Int32Array(new SharedArrayBuffer(4));
  const source = `
    const fs = require('node:fs');
    const { workerData, parentPort } = require('node:worker_threads');
    const { met, file, content, modules: [typescript, tested] } = workerData;
    const pause = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    const { renameSync } = fs;
    fs.linkSync = () => {
      Atomics.add(met, 0, 1);
      while (Atomics.load(met, 0) < 2) pause(1);
      throw Object.assign(new Error('EPERM'), { code: 'EPERM' });
    };
    fs.renameSync = (...paths) => {
      pause(200);
      renameSync(...paths);
    };
    require('node:module').syncBuiltinESMExports();
    import(typescript)
      .then(() => import(tested))
      .then(({ writeNew }) => parentPort.postMessage({ content, isNew: writeNew(file, content) }));
  `;
  const modules = ['../scripts/typescript.mjs', 'writeNew.ts'].map(
    (path) => pathToFileURL(join(import.meta.dirname, path)).href,
  );
  const results = await Promise.all(
    ['first', 'second'].map(
      (content) =>
        new Promise<{ readonly content: string; readonly isNew: boolean }>((resolve, reject) => {
          new Worker(source, { eval: true, workerData: { met, file, content, modules } })
            .once('message', resolve)
            .once('error', reject);
        }),
    ),
  );
  const [winner, ...others] = results.filter(({ isNew }) => isNew);
  assert.deepEqual(others, []);
  assert.equal(readFileSync(file, 'utf8'), winner?.content);
  assert.deepEqual(readdirSync(place), ['lock']);
});

test('an error of a file system that has links is thrown, and the file has no name', (t) => {
  replaceFs(t, { linkSync: failing('EIO') });
  const file = join(folder, 'eio');
  assert.throws(() => writeNew(file, 'text'), { code: 'EIO' });
  assert.equal(existsSync(file), false);
});

test('where a folder cannot be synchronized the new file is there; a disk that fails is reported', (t) => {
  const { fsyncSync } = fs;
  let code = '';
  replaceFs(t, {
    fsyncSync: (handle) => (fs.fstatSync(handle).isDirectory() ? failing(code)() : fsyncSync(handle)),
  });
  for (code of ['EINVAL', 'ENOTSUP', 'EACCES']) {
    assert.equal(writeNew(join(folder, code), 'text'), true, code);
    assert.equal(readFileSync(join(folder, code), 'utf8'), 'text');
    rmSync(join(folder, code));
  }
  code = 'EIO';
  assert.throws(() => writeNew(join(folder, code), 'text'), { code });
  rmSync(join(folder, code));
});

test('without links an interrupted write hinders no later one', (t) => {
  const place = mkdtempSync(join(folder, 'cut-'));
  const file = join(place, 'key');
  replaceFs(t, { linkSync: failing('ENOTSUP'), renameSync: failing('EIO') });
  assert.throws(() => writeNew(file, 'text'), { code: 'EIO' });
  assert.deepEqual(readdirSync(place), []);
  t.mock.restoreAll();
  replaceFs(t, { linkSync: failing('ENOTSUP') });
  // what a process leaves that is killed before its rename
  writeFileSync(join(place, '.key.claim'), '');
  assert.equal(writeNew(file, 'text', 50), true);
  assert.equal(readFileSync(file, 'utf8'), 'text');
  assert.deepEqual(readdirSync(place), ['key']);
});

test('without links a claim that another process took over at the same time is put back', (t) => {
  const place = mkdtempSync(join(folder, 'both-'));
  const [file, claim] = [join(place, 'key'), join(place, '.key.claim')];
  writeFileSync(claim, 'killed');
  const { renameSync } = fs;
  const owners: string[] = [];
  replaceFs(t, {
    linkSync: failing('ENOTSUP'),
    renameSync: (from, to) => {
      if (from === claim && owners.push(readFileSync(claim, 'utf8')) === 1) writeFileSync(claim, 'other');
      renameSync(from, to);
    },
  });
  assert.equal(writeNew(file, 'text', 50), true);
  assert.deepEqual(owners, ['killed', 'other'], 'its owner had as long again to end');
  assert.deepEqual(readdirSync(place), ['key']);
});

test('without links a process that was stopped until its claim was taken over gives the file no name before the other ends', (t) => {
  const place = mkdtempSync(join(folder, 'stopped-'));
  const [file, claim] = [join(place, 'key'), join(place, '.key.claim')];
  const existing = fs.existsSync;
  const { renameSync } = fs;
  let isStopped = true;
  let owner = '';
  replaceFs(t, {
    linkSync: failing('ENOTSUP'),
    existsSync: (path) => {
      if (isStopped && path === file && existing(claim)) {
        isStopped = false;
        writeFileSync(claim, 'other');
      }
      return existing(path);
    },
    renameSync: (from, to) => {
      if (to === file) owner = readFileSync(claim, 'utf8');
      renameSync(from, to);
    },
  });
  assert.equal(writeNew(file, 'text', 50), true);
  assert.equal(isStopped, false);
  assert.notEqual(owner, 'other');
  assert.deepEqual(readdirSync(place), ['key']);
});

test('drafts of killed processes are removed at once, and nothing else is', () => {
  const place = mkdtempSync(join(folder, 'keys-'));
  const id = randomUUID();
  const others = ['.b.key.draft', `c.${id}`];
  for (const name of [`.a.pem.${id}`, `..b.key.draft.${id}`, ...others]) writeFileSync(join(place, name), '');
  removeDrafts(place);
  assert.deepEqual(readdirSync(place).sort(), others);
});

test('a draft that another process removes before it is named is written again', (t) => {
  const place = mkdtempSync(join(folder, 'removed-'));
  const { linkSync } = fs;
  let times = 0;
  replaceFs(t, {
    linkSync: (...paths) => {
      times += 1;
      if (times === 1) removeDrafts(place);
      linkSync(...paths);
    },
  });
  assert.equal(writeNew(join(place, 'a'), 'text'), true);
  assert.equal(readFileSync(join(place, 'a'), 'utf8'), 'text');
  assert.deepEqual([readdirSync(place), times], [['a'], 2]);
});
