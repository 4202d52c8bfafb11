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
    'hub/pipeline/x.ts',
    'hub/log/writer/x.ts',
    'hub/flows/release/x.ts',
    'hub/flows/rows/store/x.ts',
  ])
    assert.equal(found(literal, file), 1, file);
  assert.equal(found(literal, 'hub/registry/x.ts'), 0);
  assert.equal(found('export class Page { get rows() { return []; } }', 'hub/pipeline/x.ts'), 0);
});

test('what else is refused there is refused still', () => {
  assert.equal(found("export const text = 'SELECT 1';", 'hub/pipeline/x.ts'), 1);
  assert.equal(found('export class Page { #rows = []; }', 'hub/flows/rows/store/x.ts'), 1);
});
