import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const sources = join(import.meta.dirname, '..');

test('each cell of each table carries the title of its column, which a phone shows before the value', () => {
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.tsx'),
  );
  assert.ok(files.length > 100);
  const bare = files.filter((name) => {
    const source = readFileSync(join(sources, name), 'utf8');
    if (!/import \{[^}]*\bTable\b[^}]*\} from 'antd'/.test(source)) return false;
    const [, ...tables] = source.split(/<Table\b/);
    return tables.some((table) => !(table.split('columns={')[1] ?? '').startsWith('labelled'));
  });
  assert.deepEqual(bare, []);
});
