/** Every row of the table of threats names a test that is there: by its file, and by its name where it has one. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');
const text = (path: string): string => readFileSync(join(root, path), 'utf8');

test('each threat of SECURITY.md has a test that a reader finds by its name', () => {
  const rows = text('SECURITY.md')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| Who') && !line.startsWith('|---'));
  assert.ok(rows.length > 40, String(rows.length));
  for (const row of rows) {
    const [who, what, prevented, cell = '', ...more] = row.slice(2, -2).split(' | ');
    assert.ok(who !== undefined && what !== undefined && prevented !== undefined && more.length === 0, row);
    const named = [...cell.matchAll(/`([^`]+\.test\.ts)`(?: «([^»]+)»)?/g)];
    assert.ok(named.length > 0, row);
    for (const [, path = '', title] of named)
      assert.ok(title === undefined || text(path).includes(title), `${path}: ${title ?? ''}`);
  }
});
