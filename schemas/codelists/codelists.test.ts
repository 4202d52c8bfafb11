import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { needsSharedData, sharedData } from '../../tests/sharedData.ts';
import { readCodeListCsv } from './readCodeListCsv.ts';
import { codeEntries, codeList, isCode, registerCodeList } from './registry.ts';
import { shippedCodeLists } from './shipped.ts';

const head = { id: 'own-zones', version: '1', title: { zh: '自有区域', en: 'own zones' } };

describe('shipped code lists', () => {
  test('have codes that are unique at any one time, and parents that exist', () => {
    for (const id of shippedCodeLists) {
      const list = codeList(id);
      assert.ok(list && list.entries.length > 3, id);
      const codes = new Set(list.entries.map(({ code }) => code));
      for (const { code, zh, parent, from = '', to = '9999' } of list.entries) {
        assert.ok(code !== '' && zh !== '' && from <= to, code);
        assert.ok(parent === undefined || codes.has(parent), `${id} ${code}`);
      }
    }
  });

  test('know when a division was in force', () => {
    assert.equal(isCode('gbt2260', undefined, '110103', undefined), true);
    assert.equal(isCode('gbt2260', undefined, '110103', '2009'), true);
    assert.equal(isCode('gbt2260', undefined, '110103', '2015-06-01'), false);
    assert.equal(isCode('gbt2260', undefined, '370116', '2010'), false);
    assert.deepEqual(
      codeEntries('gbt2260', undefined, '232701').map(({ zh }) => zh),
      ['加格达奇区', '漠河市'],
    );
    assert.equal(isCode('gbt3304', '1991', '01', undefined), true);
    assert.equal(isCode('gbt4754', undefined, '0111', undefined), true);
    assert.equal(isCode('gbt4754', undefined, '1', undefined), false);
  });

  test('take supplements, and refuse lists that nobody registered', () => {
    assert.equal(isCode('gbt2260', undefined, '999901', undefined), false);
    registerCodeList({ ...head, supplements: 'gbt2260', entries: [{ code: '999901', zh: '高新区' }] });
    assert.equal(isCode('gbt2260', undefined, '999901', '2020'), true);
    assert.equal(
      codeList('gbt2260')?.entries.some(({ code }) => code === '999901'),
      false,
    );
    assert.throws(() => isCode('nowhere', undefined, '1', undefined), { code: 'code_list_unknown' });
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

  test(
    'real files, in UTF-8 and in GBK, name their two doubled codes and all revoked ones',
    needsSharedData,
    () => {
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
      assert.ok(industries.every(({ zh }) => !zh.includes('\u00a0')));
    },
  );
});
