/** An operation is found by its name: the descriptor `export const listRisks = operation('listRisks', …)` is in one file of a feature or flow. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readContract } from '../platform/http/contract/contract.ts';
import { nonEmpty } from '../../tests/nonEmpty.ts';

const folders = ['.', '../flows', '../features'].map((folder) =>
  fileURLToPath(new URL(folder, import.meta.url)),
);
const files = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => ({ name: basename(name, '.ts'), text: readFileSync(join(folder, name), 'utf8') })),
);
const ids = readContract().operations.map(({ operationId }) => operationId);

test('each operation is described once, in a feature or a flow', () => {
  assert.ok(ids.length > 80, `${ids.length} operations`);
  for (const id of ids) {
    const descriptor = new RegExp(`^export const ${id} = \\w+(<[^(]*>)?(\\(\\))?\\(\\s*'${id}'`, 'm');
    const found = nonEmpty(files).filter(({ text }) => descriptor.test(text));
    assert.deepEqual(
      found.map(({ name }) => name),
      found.slice(0, 1).map(({ name }) => name),
      `${id} is described twice`,
    );
    assert.equal(found.length, 1, `${id} is described nowhere`);
  }
});
