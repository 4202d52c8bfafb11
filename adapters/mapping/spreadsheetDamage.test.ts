import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { surroundingsWith } from '../../machine/surroundings.ts';
import { compileSchema } from '../../schemas/compile.ts';
import { parseDatasetSchema } from '../../schemas/parse.ts';
import { bytesOf } from '../fixtures/bytes.ts';
import { compileMapping } from './compile.ts';
import { textDamage } from './spreadsheetDamage.ts';
import { translate } from '../translate.ts';

const surroundings = surroundingsWith([]);
const text = (title: string): object => ({
  type: 'string',
  maxLength: 40,
  'x-title': { zh: title, en: title },
  'x-sensitivity': 'L1',
});
const schema = parseDatasetSchema({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:datong:damaged:1.0',
  'x-title': { zh: '试', en: 'damaged' },
  'x-primary-key': ['/id'],
  type: 'object',
  additionalProperties: false,
  required: ['id'],
  properties: { id: text('id'), note: text('note') },
});

/** Values of the rows, and `line:column rule` of what is held back or doubted. */
async function translated(
  file: string,
  fields: object = {},
  more: object = {},
): Promise<{
  readonly rows: unknown[];
  readonly bad: string[];
  readonly doubts: string[];
  readonly doubted: number;
}> {
  const document = {
    mapping: 'a/damaged@1',
    target: 'damaged@1',
    source: { format: 'csv', options: { encoding: 'utf-8', separator: ';' } },
    fields: { id: { from: 'id' }, note: { from: 'note' }, ...fields },
    ...more,
  };
  const mapping = compileMapping(document, schema, surroundings.codeLists);
  const rows: unknown[] = [];
  const bad: string[] = [];
  const doubts: string[] = [];
  let doubted = 0;
  for await (const batch of translate(bytesOf(file), mapping, compileSchema(schema, surroundings))) {
    rows.push(...batch.rows.map((row) => Object.values(row).join('|')));
    for (const { problems } of batch.bad)
      bad.push(...problems.map((one) => `${one.line}:${one.column} ${one.rule}`));
    doubts.push(...batch.doubts.map((one) => `${one.line}:${one.column} ${one.rule}`));
    doubted += batch.doubted.length;
  }
  return { rows, bad, doubts, doubted };
}

describe('texts that a spreadsheet may have made', () => {
  const file =
    'id;note\n4.40106E+17;x\n2;1月2日\n440,106;x\n4;1,234\n5;4,401,061,990\n6;2-Jan\n7;Jan-02\n8;第1-2号\n';

  test('are held back, in keys and other texts', async () => {
    const { rows, bad } = await translated(file);
    assert.deepEqual(bad, [
      '2:1 spreadsheet.exponent',
      '3:2 spreadsheet.date',
      '4:1 spreadsheet.grouped',
      '6:2 spreadsheet.grouped',
      '7:2 spreadsheet.date',
      '8:2 spreadsheet.date',
    ]);
    assert.deepEqual(rows, ['4|1,234', '8|第1-2号']);
  });

  test('are delivered and counted with doubts: tell', async () => {
    const { rows, bad, doubts, doubted } = await translated(file, {}, { doubts: 'tell' });
    assert.deepEqual([rows.length, bad, doubts.length, doubted], [8, [], 6, 6]);
    assert.equal(rows[0], '4.40106E+17|x');
  });

  test('pass where the field says asWritten, and where it is converted', async () => {
    const asWritten = { id: { from: 'id', asWritten: true }, note: { from: 'note', asWritten: true } };
    assert.deepEqual((await translated(file, asWritten)).bad, []);
    const coded = { note: { from: 'note', code: { '1月2日': 'a', x: 'b' } } };
    assert.deepEqual((await translated('id;note\n1;1月2日\n', coded)).rows, ['1|a']);
  });

  test('every one of many records is found, also where cells repeat', async () => {
    const rows = Array.from({ length: 6_000 }, (_, i) => `${i};2-Jan\n`).join('');
    const { bad } = await translated(`id;note\n${rows}`);
    assert.deepEqual([bad.length, new Set(bad.map((one) => one.split(' ')[1])).size], [6_000, 1]);
  });

  test('what is none of them', () => {
    for (const text of [
      '1.5',
      '1E5',
      '1.5E+3',
      '4401061990',
      '1,23',
      '12,34,567',
      'May',
      '2-1',
      '13月',
      'E+17',
      '',
    ])
      assert.equal(textDamage(text, true, 'note'), undefined, text);
    assert.equal(textDamage('1月2日', true, '出生日期'), undefined, 'a column of dates holds dates');
  });
});

describe('characters that cannot be seen', () => {
  const file = 'id;note\n\u200b1;x\n2;a\u00adb\n3;x\n';

  test('hold a record back where the column is read', async () => {
    assert.deepEqual((await translated(file)).bad, ['2:1 text.invisible', '3:2 text.invisible']);
    assert.deepEqual((await translated(file, { note: { const: 'n' } })).bad, ['2:1 text.invisible']);
  });

  test('are dropped by dropInvisible, and their doubt with them', async () => {
    const fields = { id: { from: 'id', dropInvisible: true }, note: { from: 'note', dropInvisible: true } };
    assert.deepEqual(await translated(file, fields), {
      rows: ['1|x', '2|ab', '3|x'],
      bad: [],
      doubts: [],
      doubted: 0,
    });
  });

  test('in a header hide no column', async () => {
    assert.deepEqual((await translated('\u200bid\u200b;no\u00adte\n1;x\n')).rows, ['1|x']);
  });
});
