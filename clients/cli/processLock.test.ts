import assert from 'node:assert/strict';
import fs, { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { lockForProcess } from './processLock.ts';
import { exitCode, VerbFailure } from './verb.ts';

const folder = mkdtempSync(join(tmpdir(), 'datong-lock-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'lock');
const taken = (pid: number): VerbFailure =>
  new VerbFailure(exitCode.local, { zh: `进程 ${pid}`, en: `process ${pid}` });

test('the lock of a dead process is taken over, and released', () => {
  writeFileSync(file, '4194305'); // above the largest pid of Linux
  const unlock = lockForProcess(file, taken);
  unlock();
  assert.equal(existsSync(file), false);
});

test('the lock of a living process is not taken, also where it cannot be signalled', (t) => {
  writeFileSync(file, '4194305');
  t.mock.method(process, 'kill', () => {
    throw Object.assign(new Error('EPERM'), { code: 'EPERM' });
  });
  assert.throws(() => lockForProcess(file, taken), /process 4194305|进程 4194305/);
  assert.ok(existsSync(file));
});

test('a lock that another process takes just after its release is not taken too', (t) => {
  writeFileSync(file, '4194305');
  t.mock.method(process, 'kill', () => true);
  const read = fs.readFileSync;
  const restore = (): void => {
    fs.readFileSync = read;
    syncBuiltinESMExports();
  };
  t.after(restore);
  fs.readFileSync = () => {
    restore();
    // released after this process found it, and then taken by another one
    writeFileSync(file, '4194306');
    throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
  };
  syncBuiltinESMExports();
  assert.throws(() => lockForProcess(file, taken), /process 4194306|进程 4194306/);
  assert.equal(readFileSync(file, 'utf8'), '4194306');
});

test('a dead lock that another process takes over at the same time is not taken too', (t) => {
  writeFileSync(file, '4194305');
  t.mock.method(process, 'kill', (pid: number) => {
    if (pid === 4_194_306) return true;
    writeFileSync(file, '4194306');
    throw Object.assign(new Error('ESRCH'), { code: 'ESRCH' });
  });
  assert.throws(() => lockForProcess(file, taken), /process 4194306|进程 4194306/);
  assert.equal(readFileSync(file, 'utf8'), '4194306');
});

test('a lock that is a link to a missing file is taken over', () => {
  rmSync(file, { force: true });
  symlinkSync(join(folder, 'missing'), file);
  const unlock = lockForProcess(file, taken);
  assert.equal(readFileSync(file, 'utf8'), String(process.pid));
  unlock();
});
