import { surroundingsWith } from '../../machine/surroundings.ts';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { compileSchema } from '../../schemas/compile.ts';
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import { sharedSchema } from '../../machine/shippedSchemas.ts';
import { sharedData } from '../../tests/sharedData.ts';
import { bytesOf } from '../fixtures/bytes.ts';
import { demoRegions } from '../fixtures/demoRegions.ts';
import { schemaOf } from '../fixtures/schemaOf.ts';
import { compileMapping } from '../mapping/compile.ts';
import type { MappingDocument } from '../mapping/document.ts';
import { translate } from '../translate.ts';
import { suggestMapping } from './suggest.ts';

const surroundings = surroundingsWith([demoRegions]);

/** Counts the records of a file that a mapping accepts, rejects and skips. */
async function totalsOf(file: Buffer, mapping: MappingDocument, schema: DatasetSchema): Promise<object> {
  const compiled = compileMapping(mapping, schema, surroundings.codeLists);
  const totals = { rows: 0, bad: 0, skipped: 0 };
  const checked = compileSchema(schema, surroundings);
  for await (const { rows, bad, skipped } of translate(bytesOf(file), compiled, checked)) {
    totals.rows += rows.length;
    totals.bad += bad.length;
    totals.skipped += skipped;
  }
  return totals;
}

describe('a draft from a sample', () => {
  test('the household register: every field, and the draft translates the good rows', async () => {
    const { bytes, good } = householdFile(500, 3);
    const schema = sharedSchema('household@1');
    const suggestion = await suggestMapping(bytes, schema, surroundings.codeLists);
    assert.deepEqual([suggestion.missing, suggestion.unused], [[], []]);
    assert.equal(suggestion.options['encoding']?.value, 'gb18030');
    assert.deepEqual(suggestion.options['headerRows']?.value, [1]);
    const specs = suggestion.mapping.fields;
    assert.deepEqual(specs['sex'], { from: '性别', code: { 男: '1', 女: '2' } });
    assert.deepEqual(specs['birth_date'], { from: '出生日期', date: 'yyyyMMdd' });
    assert.deepEqual(specs['income'], { from: '年收入（元）', number: { group: ',' } });
    for (const { confidence, reason } of Object.values(suggestion.fields)) {
      assert.ok(confidence >= 0.5 && confidence < 1);
      assert.ok(reason.zh !== '' && reason.en !== '');
    }
    let rows = 0;
    for await (const batch of translate(
      bytesOf(bytes),
      compileMapping(suggestion.mapping, schema, surroundings.codeLists),
      compileSchema(schema, surroundings),
    ))
      rows += batch.rows.length;
    assert.equal(rows, good.length);
  });

  test('headers that say nothing: check digits and code lists find what names cannot', async () => {
    const { bytes } = householdFile(300, 5);
    const text = new TextDecoder('gb18030')
      .decode(bytes)
      .replace(/^[^\n]*/, 'c1,c2,c3,c4,c5,c6,c7,c8,c9,c10,c11,c12');
    const { fields } = await suggestMapping(
      Buffer.from(text),
      sharedSchema('household@1'),
      surroundings.codeLists,
    );
    assert.equal(fields['person_id']?.column, 'c1');
    assert.equal(fields['mobile']?.column, 'c9');
    assert.match(fields['person_id'].reason.zh, /cn-resident-id/);
  });

  test('a number in a name that the values contradict is doubted', async () => {
    const schema = schemaOf('doubt@1', {
      age: { type: 'integer', minimum: 0, maximum: 150 },
      city: { type: 'string', maxLength: 20 },
    });
    const { fields } = await suggestMapping(
      Buffer.from('age,city\nold,a\nyoung,b\n'),
      schema,
      surroundings.codeLists,
      {
        options: { headerRows: [1] },
      },
    );
    assert.equal(fields['city']?.confidence, 0.95);
    assert.ok((fields['age']?.confidence ?? 1) < 0.6);
  });

  test('a date in four columns, sentinels, marks in headers', async () => {
    const sample = readFileSync(sharedData('beijing-air/PRSA_Data_Changping_20130301-20170228.csv')).subarray(
      0,
      400_000,
    );
    const { mapping, missing } = await suggestMapping(
      sample,
      sharedSchema('air-quality-hourly@1'),
      surroundings.codeLists,
    );
    assert.deepEqual(missing, []);
    assert.deepEqual(mapping.fields['time'], {
      join: ['year', 'month', 'day', 'hour'],
      sep: ' ',
      datetime: 'yyyy M d H',
      zone: '+08:00',
    });
    assert.deepEqual(mapping.fields['pm25'], { from: 'PM2.5', nullIf: ['NA'] });
  });

  test('a total is known by its word in a later column, with a colon or a number, and next month by the same word', async () => {
    const schema = schemaOf('paid@1', {
      no: { type: 'integer' },
      street: { type: 'string' },
      amount: { type: 'number' },
    });
    const records = ['1,东溪,1.5', '2,西岭,2.5', '3,合计路,3.5', '4,北门,4.5'];
    for (const [total, next, begins] of [
      [',合计：40人,12', ',合计：41人,13', ['合计：']],
      [',共计40户,12', ',共计5户,13', Array.from('0123456789', (digit) => `共计${digit}`)],
      ['5,合 计:40人,', '6,合 计:41人,', ['合 计:']],
    ] as const) {
      const sample = Buffer.from(['no,street,amount', ...records, total].join('\n'));
      const { mapping } = await suggestMapping(sample, schema, surroundings.codeLists, { isWhole: true });
      assert.deepEqual(mapping.skipIf, [{ from: 'street', begins }]);
      const later = Buffer.from(['no,street,amount', ...records, next].join('\n'));
      assert.deepEqual(await totalsOf(later, mapping, schema), { rows: 4, bad: 0, skipped: 1 });
    }
    const named = Buffer.from(['no,street,amount', ...records, '5,合计,5.5'].join('\n'));
    const { mapping } = await suggestMapping(named, schema, surroundings.codeLists, { isWhole: true });
    assert.equal(mapping.skipIf, undefined, 'a full numbered row is a record');
  });

  test('totals and signatures at the end are skipped by their words, and do not count among the values', async () => {
    const schema = schemaOf('paid@1', { no: { type: 'integer' }, amount: { type: 'number' } });
    const lines = ['no,amount', ...Array.from({ length: 6 }, (_, at) => `${at},${at}.5`)];
    const sample = Buffer.from([...lines, '合计,15.5', '制表人：演示甲,'].join('\n'));
    const { mapping } = await suggestMapping(sample, schema, surroundings.codeLists, { isWhole: true });
    assert.deepEqual(mapping.skipIf, [
      { from: 'no', is: ['合计'] },
      { from: 'no', begins: ['制表人：'] },
    ]);
    assert.deepEqual(await totalsOf(sample, mapping, schema), { rows: 6, bad: 0, skipped: 2 });
  });

  test('formats are recognised by their first bytes; trees are matched by their leaves', async () => {
    const schema = schemaOf('station@1', {
      id: { type: 'string', maxLength: 9 },
      kunta: { type: 'string', maxLength: 40 },
    });
    const xml = readFileSync(sharedData('xml/road-weather/HaeKaikkiTiesaaAsematResponse.xml'));
    const { format, fields } = await suggestMapping(xml, schema, surroundings.codeLists, {
      options: { rows: '/*/*' },
    });
    assert.deepEqual([format.value, fields['kunta']?.column], ['xml', 'kunta']);
    for (const [file, name] of [
      ['dbf/cp1251.dbf', 'dbf'],
      ['xlsx/us-crime-2.xlsx', 'xlsx'],
      ['hl7/Other_001_ADT_A01.hl7', 'hl7'],
      ['gb-codes/GB-2260.json', 'json'],
    ] as const) {
      assert.equal(
        (await suggestMapping(readFileSync(sharedData(file)), schema, surroundings.codeLists)).format.value,
        name,
      );
    }
  });
});

describe('a header of groups and names in CSV', () => {
  const headerOf = async (csv: string): Promise<unknown> => {
    const string = { type: 'string', maxLength: 40 } as const;
    const schema = schemaOf('two@1', { name: string, phone: string }, []);
    const { options } = await suggestMapping(Buffer.from(csv), schema, surroundings.codeLists);
    return options['headerRows']?.value;
  };

  test('has two rows, below a title or not', async () => {
    const rows = '编号,户主,,备注\n,姓名,电话,\n1,张三,13800138000,无\n2,李四,13800138001,无\n';
    assert.deepEqual(await headerOf(rows), [1, 2]);
    assert.deepEqual(await headerOf(`登记表,,,\n${rows}`), [2, 3]);
  });

  test('is no first row of data, with or without blanks', async () => {
    assert.deepEqual(await headerOf('姓名,备注,,电话\n张三,无,有,1380\n李四,无,有,1381\n'), [1]);
    assert.deepEqual(await headerOf('姓名,备注,,电话\n张三,无,有,\n李四,无,有,1381\n'), [1]);
  });
});
