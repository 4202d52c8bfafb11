import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
