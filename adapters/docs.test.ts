import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { withOptionTables } from '../scripts/adaptersDocs.ts';
import { formats } from './formats.ts';

test('the tables in the documents are those of the schemas, for every format', () => {
  for (const [file, language] of [
    ['adapters.md', 'en'],
    ['adapters.zh-CN.md', 'zh'],
  ] as const) {
    const document = readFileSync(resolve(import.meta.dirname, '../docs', file), 'utf8');
    assert.equal(document, withOptionTables(document, language), `${file}: run npm run generate`);
    for (const name of [...formats.map((format) => format.name), 'mapping', 'field']) {
      assert.ok(document.includes(`<!-- options:${name} -->`), `${file} has no table for ${name}`);
    }
  }
});
