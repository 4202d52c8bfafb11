import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noCodeLists } from '../../schemas/codelists/codeLists.ts';
import { Problem } from '../../terms/problem.ts';
import { schemaOf } from '../fixtures/schemaOf.ts';
import { formatNamed } from '../formats.ts';
import { compileMapping } from '../mapping/compile.ts';
import { checkedOptions } from './optionsCheck.ts';

interface Finding {
  readonly path: string;
  readonly message: { readonly zh: string; readonly en: string };
}

function findingsOf(act: () => unknown): readonly Finding[] {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return error.extras.findings as readonly Finding[];
    throw error;
  }
  assert.fail('not refused');
}

test('wrong options and mappings are reported in Chinese to readers of Chinese, with the member', () => {
  const options = {
    headerRow: 1,
    headerRows: ['a', 1000],
    encoding: 'klingon',
    quote: 7,
    columns: [],
    maxRecordBytes: 1,
    separator: 'abc',
  };
  const csv = findingsOf(() => checkedOptions(formatNamed('csv'), options));
  const fixed = findingsOf(() => checkedOptions(formatNamed('fixed'), {}));
  const schema = schemaOf('one@1', { v: { type: 'string', maxLength: 3 } });
  const mapping = findingsOf(() =>
    compileMapping({ mapping: 'x/y@1', fields: 1, source: 2 }, schema, noCodeLists),
  );
  const all = [...csv, ...fixed, ...mapping];
  assert.ok(all.length >= 10);
  for (const { message } of all) {
    assert.match(message.zh, /\p{Script=Han}/u);
    assert.doesNotMatch(message.zh, /must |should/i);
    assert.doesNotMatch(message.en, /\p{Script=Han}|must NOT/u);
  }
  assert.ok(
    csv.some(({ path, message }) => path === '/headerRow' && message.zh === '不认识的成员“headerRow”'),
  );
  assert.ok(fixed.some(({ message }) => message.zh === '缺少“columns”'));
});
