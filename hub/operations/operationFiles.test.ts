/** An operation is found by its name: the descriptor `export const listRisks = operation('listRisks', …)` is in one file of a feature or flow. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
    .map((name) => readFileSync(join(folder, name), 'utf8')),
);
const ids = readContract().operations.map(({ operationId }) => operationId);

test('each operation is described in a feature or a flow', () => {
  assert.ok(ids.length > 80, `${ids.length} operations`);
  for (const id of ids) {
    const descriptor = new RegExp(`^export const ${id} = \\w+(<[^(]*>)?(\\(\\))?\\(\\s*'${id}'`, 'm');
    assert.ok(
      nonEmpty(files).some((text) => descriptor.test(text)),
      `${id} is described nowhere`,
    );
  }
});
