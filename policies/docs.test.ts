/** docs/policies.md is held to the code: its documents are the worked cases, its table of masks their examples. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { nonEmpty } from '../tests/nonEmpty.ts';
import { shippedSurroundings } from '../machine/surroundings.ts';
import { caseFile } from './fixtures/sampleContext.ts';
import { maskCatalogue } from './masks/catalogue.ts';
import { pseudonymKeys } from './masks/pseudonyms/pseudonymKey.ts';
import { readMaskRule } from './masks/readMaskRule.ts';
import { valueMasker } from './masks/rows/valueMasker.ts';
import { denialCodes } from './plans/plan.ts';

const environment = {
  consumer: 'education',
  keys: pseudonymKeys(new Uint8Array(32)),
  dictionary: shippedSurroundings.codeLists,
  path: 'value',
};
const run = () => ({
  now: Date.parse('2026-06-01T00:00:00+08:00'),
  typeErrors: 0,
  memo: new Map<string, Map<string, string>>(),
});

for (const { name, examples } of maskCatalogue)
  test(`${name} does what its examples say`, () => {
    for (const { params, value, becomes } of nonEmpty(examples)) {
      const read = readMaskRule({ ...params, mask: name });
      assert.ok('mask' in read, JSON.stringify(params));
      assert.deepEqual(valueMasker(read.mask, read.use.params, environment)(value, run()), becomes);
    }
  });

for (const file of ['policies.md', 'policies.zh-CN.md']) {
  describe(file, () => {
    const text = readFileSync(new URL(`../docs/${file}`, import.meta.url), 'utf8');

    test('leads to the twelve worked cases, and shows documents as they are run', () => {
      const linked = [...text.matchAll(/\]\(\.\.\/policies\/cases\/(worked\/\S+\.yaml)\)/g)];
      const shown = [...text.matchAll(/`policies\/cases\/(worked\/\S+\.yaml)`\n\n```yaml\n([\s\S]*?)\n```/g)];
      assert.equal(linked.length + shown.length, 12);
      assert.ok(shown.length >= 2);
      for (const [, name = '', block = ''] of shown) {
        assert.equal(block, caseFile(name).text.split('---\nkind: Cases')[0]?.trimEnd(), name);
      }
    });

    test('names every code of a denial, and no other', () => {
      const table = text.slice(text.indexOf('`dataset_unknown`'), text.indexOf('`limit_too_high`') + 20);
      const named = new Set([...table.matchAll(/`([a-z_]+)`/g)].map(([, code]) => code));
      assert.deepEqual([...named].sort(), [...denialCodes].sort());
    });
  });
}
