import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { writeNew } from './writeNew.ts';

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
