import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
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

test('drafts of killed processes are removed after an hour, and nothing else is', () => {
  const place = mkdtempSync(join(folder, 'keys-'));
  const id = randomUUID();
  const [old, young, other] = [`.a.pem.${id}`, `..b.key.draft.${id}`, '.b.key.draft'];
  for (const name of [old, young, other, `c.${id}`]) writeFileSync(join(place, name), '');
  for (const name of [old, other, `c.${id}`]) utimesSync(join(place, name), 1, 1);
  removeDrafts(place);
  assert.deepEqual(readdirSync(place).sort(), [young, other, `c.${id}`].sort());
  removeDrafts(place, Date.now() + 3_700_000);
  assert.deepEqual(readdirSync(place).sort(), [other, `c.${id}`].sort());
});
