/** docs/decisions: every operation is a function declaration, alone in a file of its name; what stands before it is put there by the table. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readContract } from '../http/contract/contract.ts';
import { nonEmpty } from '../../tests/nonEmpty.ts';

const rooms = ['.', '../exchange'].map((folder) => fileURLToPath(new URL(folder, import.meta.url)));
const files = rooms.flatMap((room) =>
  readdirSync(room, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => ({ name: basename(name, '.ts'), path: join(room, name) })),
);
const ids = readContract().operations.map(({ operationId }) => operationId);
/** an exported function that takes a call and answers it */
const operation =
  /^export (?:async )?function (\w+)\(\s*_?call\b[^]*?\): (?:Promise<)?(?:Allowed)?Outcome\b/gm;

test('each operation is a function of its call and its services, in a file of its name', () => {
  assert.ok(ids.length > 80, `${ids.length} operations`);
  for (const id of ids) {
    const own = files.filter(({ name }) => name === id);
    assert.ok(own.length > 0, `${id}.ts is missing`);
    for (const { path } of own)
      assert.match(readFileSync(path, 'utf8'), new RegExp(`^export (async )?function ${id}\\(`, 'm'), path);
  }
});

test('no file holds two, and none is a constant', () => {
  const known = new Set(ids);
  for (const { path, name } of nonEmpty(files)) {
    const text = readFileSync(path, 'utf8');
    const found = [...text.matchAll(operation)].map(([, id = '']) => id).filter((id) => known.has(id));
    assert.ok(!found.some((id) => id !== name), `${path}: ${found.join(', ')}`);
    for (const [, id = ''] of text.matchAll(/^export const (\w+)/gm))
      assert.ok(!known.has(id), `${path}: ${id} is a constant`);
  }
});
