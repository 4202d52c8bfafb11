import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { sharedData } from '../../tests/sharedData.ts';
import { compileSchema } from '../compile.ts';
import { lintSchema } from '../lint/lintSchema.ts';
import { parseDatasetSchema } from '../parse.ts';
import { readCodeListCsv } from './readCodeListCsv.ts';
import { shippedCodeListIds, shippedSurroundings, surroundingsWith } from '../../machine/surroundings.ts';
import { nonEmpty } from '../../tests/nonEmpty.ts';
import { defined } from '../../terms/defined.ts';

const { codeLists: shippedLists } = shippedSurroundings;

const head = { id: 'own-zones', version: '1', title: { zh: '自有区域', en: 'own zones' } };

describe('shipped code lists', () => {
  test('have codes that are unique at any one time, and parents that exist', () => {
    for (const id of nonEmpty(shippedCodeListIds)) {
      const list = shippedLists.list(id);
      assert.ok(list && list.entries.length > 3, id);
      const codes = new Set(list.entries.map(({ code }) => code));
      for (const { code, zh, parent, from = '', to = '9999' } of list.entries) {
        assert.ok(code !== '' && zh !== '' && from <= to, code);
        assert.ok(parent === undefined || codes.has(parent), `${id} ${code}`);
      }
    }
  });

  test('know when a division was in force', () => {
    assert.equal(shippedLists.has('gbt2260', undefined, '110103', undefined), true);
    assert.equal(shippedLists.has('gbt2260', undefined, '110103', '2009'), true);
    assert.equal(shippedLists.has('gbt2260', undefined, '110103', '2015-06-01'), false);
    assert.equal(shippedLists.has('gbt2260', undefined, '370116', '2010'), false);
    assert.deepEqual(
      shippedLists.entries('gbt2260', '232701').map(({ zh }) => zh),
      ['加格达奇区', '漠河市'],
    );
    assert.equal(shippedLists.has('gbt3304', '1991', '01', undefined), true);
    assert.equal(shippedLists.has('gbt4754', undefined, '0111', undefined), true);
    assert.equal(shippedLists.has('gbt4754', undefined, '1', undefined), false);
  });

  test('take supplements, and refuse unregistered lists', () => {
    const zone = { ...head, supplements: 'gbt2260', entries: [{ code: '999901', zh: '高新区' }] };
    const { codeLists } = surroundingsWith([zone]);
    assert.equal(codeLists.has('gbt2260', undefined, '999901', '2020'), true);
    assert.equal(
      codeLists.list('gbt2260')?.entries.some(({ code }) => code === '999901'),
      false,
    );
    assert.throws(() => codeLists.has('nowhere', undefined, '1', undefined), { code: 'code_list_unknown' });
    assert.equal(shippedLists.has('gbt2260', undefined, '999901', undefined), false, 'nobody else sees it');
  });

  test('a code counts from its first day to its last', () => {
    const termed = (term: { from?: string; to?: string }) =>
      surroundingsWith([{ ...head, entries: [{ code: '1', zh: '区', ...term }] }]).codeLists;
    const days = ['2014-12-31', '2015-01-01', '2019-12-31', '2020-01-01'];
    const counted = (term: { from?: string; to?: string }) =>
      days.map((day) => termed(term).has('own-zones', undefined, '1', day));
    assert.deepEqual(counted({}), [true, true, true, true]);
    assert.deepEqual(counted({ from: '2015-01-01' }), [false, true, true, true]);
    assert.deepEqual(counted({ to: '2019-12-31' }), [true, true, true, false]);
    assert.deepEqual(counted({ from: '2015-01-01', to: '2019-12-31' }), [false, true, true, false]);
  });

  test('a registered version is added to the shipped ones, also after earlier look-ups; the newest counts', () => {
    const own = (version: string) => ({
      ...head,
      id: 'gbt2261',
      version,
      entries: [{ code: '7', zh: '其他' }],
    });
    for (const [version, known] of [
      ['0001', false],
      ['9999', true],
    ] as const) {
      const { codeLists } = surroundingsWith([own(version)]);
      assert.equal(codeLists.has('gbt2261', undefined, '7', undefined), known);
      assert.equal(codeLists.has('gbt2261', version, '7', undefined), true);
      assert.equal(codeLists.has('gbt2261', undefined, '1', undefined), !known);
    }
  });

  test('of several versions the one counts whose day came last, whatever it is called', () => {
    const own = (version: string, from?: string) => ({
      ...head,
      version,
      ...defined({ from }),
      entries: [{ code: version, zh: '区' }],
    });
    const { codeLists } = surroundingsWith([own('9999'), own('2', '2026-01-01'), own('1', '2026-06-01')]);
    assert.equal(codeLists.list('own-zones')?.version, '1');
    assert.equal(codeLists.list('own-zones', '9999')?.version, '9999');
  });

  test('two values do not see each other, not even through what was compiled', () => {
    const list = (code: string) => ({ ...head, id: 'colours', entries: [{ code, zh: code }] });
    const field = {
      'x-title': { zh: '颜色', en: 'Colour' },
      'x-sensitivity': 'L1',
      type: 'string',
      'x-code': { list: 'urn:datong:code:colours' },
    };
    const document = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'urn:datong:paint:1.0',
      'x-title': { zh: '颜料', en: 'Paint' },
      type: 'object',
      properties: { colour: field },
      additionalProperties: false,
    };
    const [red, blue] = ['red', 'blue'].map((code) => surroundingsWith([list(code)]));
    assert.ok(red && blue);
    const schema = parseDatasetSchema(document, red);
    for (const [surroundings, code, other] of [
      [red, 'red', 'blue'],
      [blue, 'blue', 'red'],
    ] as const) {
      const compiled = compileSchema(schema, surroundings);
      assert.deepEqual([compiled.check({ colour: code }), compiled.check({ colour: other })], [true, false]);
      assert.deepEqual(
        compiled.explain({ colour: other }).map(({ rule }) => rule),
        ['x-code'],
      );
      assert.equal(compiled.fields()?.ofField.get('colour')?.(other), false);
    }
    assert.deepEqual(
      lintSchema(document).map(({ code }) => code),
      ['code_list_unknown'],
    );
  });
});

describe('code lists from CSV', () => {
  const read = (text: string): ReturnType<typeof readCodeListCsv> =>
    readCodeListCsv(new TextEncoder().encode(text), head);

  test('doubled, revoked and unusable lines are findings, the rest is read', () => {
    const { list, findings } = read(
      'code,name,revoked\n01,甲,0\n01,乙,0\n02,丙,1\n,丁,0\n03,,0\n"04","戊, 己",0\n',
    );
    assert.deepEqual(
      list.entries.map(({ code, zh }) => [code, zh]),
      [
        ['01', '甲'],
        ['04', '戊, 己'],
      ],
    );
    assert.deepEqual(
      findings.map(({ code, line }) => `${code} ${line}`),
      ['code_doubled 3', 'code_revoked 4', 'code_missing 5', 'name_missing 6'],
    );
  });

  test('a group is named by its code, or by the number of its row; a row without either has none', () => {
    const parents = (text: string): unknown[] =>
      read(text).list.entries.map(({ code, parent }) => [code, parent]);
    assert.deepEqual(parents('code,name,parent_code\n1,a,\n11,b,1\n'), [
      ['1', undefined],
      ['11', '1'],
    ]);
    assert.deepEqual(parents('id,parent_id,code,name\n7,,1,a\n8,7,11,b\n9,70,12,c\n'), [
      ['1', undefined],
      ['11', '1'],
      ['12', undefined],
    ]);
  });

  test('a file without columns, without text or with nothing in it has findings and no entries', () => {
    assert.deepEqual(
      read('a,b\n1,2\n').findings.map(({ code }) => code),
      ['column_missing', 'column_missing'],
    );
    assert.deepEqual(
      read('').findings.map(({ code }) => code),
      ['column_missing', 'column_missing'],
    );
    assert.equal(readCodeListCsv(new Uint8Array([0x22, 0xff, 0xff]), head).findings[0]?.code, 'not_text');
  });

  test('real files, in UTF-8 and in GBK, name their two doubled codes and all revoked ones', () => {
    for (const file of ['GB-2260.utf8.csv', 'GB-2260.gbk.csv']) {
      const { list, findings } = readCodeListCsv(readFileSync(sharedData(`gb-codes/${file}`)), {
        ...head,
        revokedTo: '2019-12-31',
      });
      assert.deepEqual(
        findings
          .filter(({ code }) => code === 'code_doubled')
          .map(({ value }) => value)
          .sort(),
        ['232701', '419001'],
        file,
      );
      assert.ok(findings.filter(({ code }) => code === 'code_revoked').length > 3000);
      assert.equal(list.entries.length, 6564 - 2);
      assert.equal(list.entries.find(({ code }) => code === '110103')?.to, '2019-12-31');
      assert.equal(list.entries.find(({ code }) => code === '110101')?.parent, '110000');
    }
    const nationalities = readCodeListCsv(readFileSync(sharedData('gb-codes/GB-3304-1991.gbk.csv')), head)
      .list.entries;
    assert.deepEqual(nationalities[0], { code: '01', zh: '汉族', en: 'Han' });
    const industries = readCodeListCsv(readFileSync(sharedData('gb-codes/GB-4754-2017.gb18030.csv')), head)
      .list.entries;
    assert.ok(nonEmpty(industries).every(({ zh }) => !zh.includes('\u00a0')));
  });
});
