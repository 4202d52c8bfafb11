/** An operation is found by its name: the descriptor `export const listRisks = operation('listRisks', …)` is in `listRisks.ts`, alone. */
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

test('each operation is described in a file of its name', () => {
  assert.ok(ids.length > 80, `${ids.length} operations`);
  for (const id of ids) {
    const own = files.filter(({ name }) => name === id);
    assert.ok(own.length > 0, `${id}.ts is missing`);
    assert.ok(
      own.some(({ text }) =>
        new RegExp(`^export const ${id} = \\w+(<[^(]*>)?(\\(\\))?\\(\\s*'${id}'`, 'm').test(text),
      ),
      `${id}.ts describes it`,
    );
  }
});

test('no file describes two', () => {
  const known = new Set(ids);
  for (const { name, text } of nonEmpty(files)) {
    const found = [...text.matchAll(/^export const (\w+) = \w+(?:<[^(]*>)?\(\s*'\1'/gm)].map(
      ([, id = '']) => id,
    );
    assert.deepEqual(
      found.filter((id) => known.has(id) && id !== name),
      [],
      name,
    );
  }
});
