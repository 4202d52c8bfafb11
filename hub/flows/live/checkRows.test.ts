import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shippedSurroundings } from '../../../machine/surroundings.ts';
import { compileSchema } from '../../../schemas/compile.ts';
import { parseDatasetSchema } from '../../../schemas/parse.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { checkRows } from './checkRows.ts';
import { readLiveAnswer } from './liveAnswer.ts';

const named = (zh: string, en: string) => ({ 'x-title': { zh, en }, 'x-sensitivity': 'L1' });
const schema = parseDatasetSchema({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:datong:rate:1.0',
  'x-title': { zh: '税率', en: 'Rates' },
  type: 'object',
  additionalProperties: false,
  required: ['id'],
  'x-primary-key': ['/id'],
  'x-sensitivity': 'L1',
  properties: {
    id: { type: 'string', maxLength: 20, ...named('编号', 'id') },
    rate: { type: ['number', 'null'], ...named('值', 'rate') },
    other: { type: ['number', 'null'], ...named('值', 'other') },
  },
});
const dataset = { schema, compiled: compileSchema(schema, shippedSurroundings) } as LiveDataset;

test('a row with a number that no double represents is dropped, and its field reported; other fields are not checked', () => {
  const rows = [
    '{"id":"990101197610118739","rate":0.1,"other":9007199254740993}',
    '{"id":"b","rate":9007199254740993}',
    '{"id":"c","rate":1e400}',
  ];
  const answer = readLiveAnswer(`{"rows":[${rows.join(',')}],"after":["1","2","3"],"more":false}`, 3, 3);
  const question = { fields: ['id', 'rate'], filter: [], whole: false };
  const checked = checkRows(dataset, question, answer, () => new Uint8Array());
  assert.deepEqual(
    checked.rows.map(({ record }) => record),
    [{ id: '990101197610118739', rate: 0.1 }],
  );
  assert.deepEqual(checked.findings, [
    { row: 2, field: 'rate', rule: 'number.inexact' },
    { row: 3, field: 'rate', rule: 'number.inexact' },
  ]);
});
