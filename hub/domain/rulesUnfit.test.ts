import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSchema } from '../../schemas/parse.ts';
import { rulesUnfit } from './rulesUnfit.ts';

const field = (type: string, more: object = {}): object => ({
  type,
  'x-title': { zh: '数据项', en: 'Field' },
  'x-sensitivity': 'L1',
  'x-personal': 'none',
  ...more,
});
const schema = readSchema(
  {
    ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: 'urn:datong:reading:1.0' },
    type: 'object',
    'x-title': { zh: '读数', en: 'Readings' },
    'x-class': 'general',
    'x-primary-key': ['/station', '/time'],
    additionalProperties: false,
    required: ['station', 'time', 'level'],
    properties: {
      station: field('string', { maxLength: 40 }),
      time: field('string', { format: 'date-time' }),
      level: field('number'),
    },
  },
  () => undefined,
);

test('each rule that names a field which the version lacks is found, with its place', () => {
  const found = rulesUnfit(
    {
      crossRules: [{ field: 'level', is: 'atMost', fields: ['gone'], onBroken: 'hold' }],
      periods: { field: 'gone', every: 'day' },
      byCall: { time: { field: 'gone' } },
      timeField: 'gone',
      eventRules: [
        { id: 'high', severity: 'warning', type: 'a.b', when: 'level > 3' },
        { id: 'gone', severity: 'warning', type: 'a.b', when: 'gone > 3' },
      ],
    },
    schema,
  );
  assert.deepEqual(
    found.map(({ code, at }) => [code, at]),
    [
      ['cross_rule_unfit', 'crossRules/0'],
      ['periods_unfit', 'periods'],
      ['by_call_unfit', 'byCall'],
      ['time_field_unfit', 'timeField'],
      ['event_rule_unfit', 'eventRules/1'],
    ],
  );
});
