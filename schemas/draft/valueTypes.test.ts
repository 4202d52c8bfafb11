import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shippedSurroundings } from '../../machine/surroundings.ts';
import { draftSchema, type Draft } from './draftSchema.ts';
import { readRows } from './readRows.ts';

function draftOf(rows: readonly (readonly string[])[], name = '样例'): Draft {
  const [table] = readRows(name, rows);
  assert.ok(table);
  return draftSchema(table, shippedSurroundings);
}

const fieldOf = (draft: Draft, field: string): Readonly<Record<string, unknown>> =>
  (draft.schema['properties'] as Record<string, Record<string, unknown>>)[field] ?? {};

test('one bad value of ten does not turn a date, a time or a number into a text, and its record is listed without the value', () => {
  const good = (place: number): string[] => [
    `2026/3/${place + 1}`,
    `${place}`,
    `1,00${place}.5`,
    `2026-03-0${place + 1} 8:05`,
  ];
  const rows = Array.from({ length: 9 }, (_, place) => good(place));
  const draft = draftOf([['开工日期', '层数', '造价', '上报时间'], ...rows, ['待定', '甲', '面议', '晚上']]);
  assert.deepEqual(
    draft.fields.map(({ field, bad }) => [
      field,
      fieldOf(draft, field)['type'],
      fieldOf(draft, field)['format'],
      bad,
    ]),
    [
      ['kaigong_date', 'string', 'date', [10]],
      ['ceng_count', 'integer', undefined, [10]],
      ['zaojia', 'number', undefined, [10]],
      ['reported_at', 'string', 'date-time', [10]],
    ],
  );
  assert.ok(!/待定|面议|晚上/.test(JSON.stringify(draft)), 'no value of the sample');
  assert.match(JSON.stringify(draft.fields[0]?.reasons), /9 of 10 values are dates.*not so in record 10/);
});

test('dates as offices write them, several ways in one column; marks of a missing value make a field optional', () => {
  const written = ['2003年5月1日', '2026/3/5', '2026-03-05', '2026.3.5', '2003年12月31日'];
  const draft = draftOf([
    ['成立日期', '注销日期'],
    ...written.map((text, place) => [text, place === 2 ? '无' : text]),
  ]);
  assert.equal(fieldOf(draft, 'registered_on')['format'], 'date');
  assert.deepEqual(fieldOf(draft, 'zhuxiao_date')['type'], ['string', 'null']);
  assert.deepEqual(
    draft.fields.flatMap(({ bad }) => bad),
    [],
  );
  const impossible = draftOf([
    ['日期'],
    ...['2026/2/30', '2026/13/1', '2026年4月31日'].map((text) => [text]),
  ]);
  assert.equal(fieldOf(impossible, 'date')['format'], undefined);
  // eight digits are a date only where the column is called one
  const digits = [
    ['上报日期', '许可编号'],
    ['20260305', '20260305'],
    ['20260306', '20260306'],
  ];
  assert.equal(fieldOf(draftOf(digits), 'reported_on')['format'], 'date');
  assert.equal(fieldOf(draftOf(digits), 'permit_no')['format'], undefined);
  assert.equal(fieldOf(draftOf(digits), 'permit_no')['type'], 'string');
});

test('codes and telephone numbers are texts; what a level is guessed from is no placeholder', () => {
  const draft = draftOf([
    ['类别码', '座机', '数量', '身份证号'],
    ['1', '88123456', '3', '110101199003070000'],
    ['2', '88123457', '4', '110101199003070000'],
  ]);
  assert.deepEqual(
    draft.fields.map(({ field }) => fieldOf(draft, field)['type']),
    ['string', 'string', 'integer', 'string'],
  );
  assert.deepEqual(
    draft.fields.map(({ placeholder }) => placeholder),
    [true, true, true, false],
  );
});

test('the name of a schema comes from the file, else from the title above the header; one letter is enough', () => {
  const rows = [['某市食品经营许可台账'], ['许可证编号', '面积'], ['JY1', '3'], ['JY2', '4']];
  const nameOf = (file: string): unknown => draftOf(rows, file).schema['$id'];
  const names = ['食品经营许可', '户籍人口', 'a', '1', 'data', 'Book1'].map(nameOf);
  assert.equal(new Set(names.slice(0, 4)).size, 4, JSON.stringify(names));
  assert.equal(names[4], names[5], 'both have the name of their title');
  assert.match(String(names[4]), /food-business-permit/);
  assert.equal((draftOf(rows, 'data').schema['x-title'] as { zh: string }).zh, '某市食品经营许可台账');
});
