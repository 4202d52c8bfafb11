/** `node scripts/run.mjs adapters/writeDocs.ts`: makes the tables of docs/adapters*.md anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { withOptionTables } from './adaptersDocs.ts';

for (const [file, language] of [
  ['adapters.md', 'en'],
  ['adapters.zh-CN.md', 'zh'],
] as const) {
  const path = resolve(import.meta.dirname, '../docs', file);
  writeFileSync(path, withOptionTables(readFileSync(path, 'utf8'), language));
}
