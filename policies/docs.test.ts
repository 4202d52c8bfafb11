/** docs/policies.md is held to the code: its documents are the worked cases, its tables what masks and checks really do. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
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

const plain = (cell: string): string => cell.replace(/^`|`$/g, '');

for (const { file, language } of [
  { file: 'policies.md', language: 'en' },
  { file: 'policies.zh-CN.md', language: 'zh' },
] as const) {
  describe(file, () => {
    const text = readFileSync(new URL(`../docs/${file}`, import.meta.url), 'utf8');

    test('shows the documents of the twelve worked cases as they are run', () => {
      const shown = [...text.matchAll(/`policies\/cases\/(worked\/\S+\.yaml)`\n\n```yaml\n([\s\S]*?)\n```/g)];
      assert.equal(shown.length, 12);
      for (const [, name = '', block = ''] of shown) {
        assert.equal(block, caseFile(name).text.split('---\nkind: Cases')[0]?.trimEnd(), name);
      }
    });

    test('tables every mask with what it does and what it still reveals', () => {
      const rows = text
        .split('\n')
        .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')))
        .filter((cells) => cells.length === 5 && maskCatalogue.some(({ name }) => name === cells[0]));
      for (const [name = '', params = '', value = '', becomes = '', reveals] of rows) {
        const given = params === '–' ? {} : (JSON.parse(plain(params)) as Record<string, unknown>);
        const read = readMaskRule({ ...given, mask: name });
        assert.ok('mask' in read, name);
        const masked = valueMasker(read.mask, read.use.params, environment)(JSON.parse(plain(value)), run());
        assert.equal(masked === undefined ? '–' : `\`${JSON.stringify(masked)}\``, becomes, name);
        assert.equal(read.mask.reveals(read.use.params)[language], reveals, name);
      }
      assert.deepEqual(
        [...new Set(rows.map(([name]) => name))],
        maskCatalogue.map(({ name }) => name),
      );
    });

    test('names every code of a denial, and no other', () => {
      const table = text.slice(text.indexOf('`dataset_unknown`'), text.indexOf('`limit_too_high`') + 20);
      const named = new Set([...table.matchAll(/`([a-z_]+)`/g)].map(([, code]) => code));
      assert.deepEqual([...named].sort(), [...denialCodes].sort());
    });
  });
}
