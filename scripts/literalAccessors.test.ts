import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Linter } from 'eslint';
import { parser as typescript } from 'typescript-eslint';
import { literalAccessors } from './literalAccessors.mjs';

const parser = { files: ['**/*.ts'], languageOptions: { parser: typescript } };
const found = (text: string, file: string): number =>
  new Linter().verify(text, [parser, ...literalAccessors], file).length;

test('what a call makes has no accessor in a literal; a class may, and what is made once', () => {
  const literal = 'export const page = (rows: unknown[]) => ({ get rows() { return rows; } });';
  for (const file of [
    'hub/gate/x.ts',
    'hub/audit/writer/x.ts',
    'hub/exchange/release/x.ts',
    'hub/store/rows/x.ts',
  ])
    assert.equal(found(literal, file), 1, file);
  assert.equal(found(literal, 'hub/registry/x.ts'), 0);
  assert.equal(found('export class Page { get rows() { return []; } }', 'hub/gate/x.ts'), 0);
});

test('what else is refused there is refused still', () => {
  assert.equal(found("export const text = 'SELECT 1';", 'hub/gate/x.ts'), 1);
  assert.equal(found('export class Page { #rows = []; }', 'hub/store/rows/x.ts'), 1);
});
