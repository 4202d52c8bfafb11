import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterTerms } from './filterTerms.ts';
import { VerbFailure } from './verb.ts';

test('words become terms: text as written, JSON after a colon, bounds of one field in one range', () => {
  const words = [
    'region_code=990101',
    'name in 甲, 乙',
    'pm25:>=75',
    'pm25:<150.5',
    'hour>=2016-09-01',
    'rain:=0',
    'code:in ["a,b"]',
    'place within 120.1,30.2,120.2,30.3',
    'home within 120.15,-30.2 500.5m',
    'site within city-districts/990101',
    'stop:within {"bbox":[1,2,3,4]}',
  ];
  assert.deepEqual(filterTerms(words), [
    { field: 'region_code', op: 'eq', value: '990101' },
    { field: 'name', op: 'in', value: ['甲', '乙'] },
    { field: 'pm25', op: 'range', value: { gte: 75, lt: 150.5 } },
    { field: 'hour', op: 'range', value: { gte: '2016-09-01' } },
    { field: 'rain', op: 'eq', value: 0 },
    { field: 'code', op: 'in', value: ['a,b'] },
    { field: 'place', op: 'within', value: { bbox: [120.1, 30.2, 120.2, 30.3] } },
    { field: 'home', op: 'within', value: { center: [120.15, -30.2], metres: 500.5 } },
    {
      field: 'site',
      op: 'within',
      value: { area: { list: 'urn:datong:code:city-districts', code: '990101' } },
    },
    { field: 'stop', op: 'within', value: { bbox: [1, 2, 3, 4] } },
  ]);
});

test('a value may hold any sign', () => {
  assert.deepEqual(filterTerms(['note=a=b>c']), [{ field: 'note', op: 'eq', value: 'a=b>c' }]);
});

test('an invalid term is a usage error (exit 2) and is shown', () => {
  for (const word of [
    '',
    'name',
    'name=',
    '=x',
    '9x=1',
    'pm25:>=x',
    'pm25:>=9007199254740993',
    'pm25:={}',
    'name in ',
    'place within 120.1,30.2',
    'place within 120.1,30.2,500m',
    'place within 1,2,3',
    'place:within 7',
    'code:in []',
    'name~x',
  ])
    assert.throws(
      () => filterTerms([word]),
      (error: unknown) => error instanceof VerbFailure && error.exit === 2 && error.text.en.includes(word),
      word,
    );
});
