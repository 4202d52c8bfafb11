/** Statistics of data about persons count persons: many rows of one person are a group of one, and say nothing about them. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { AggregateCell } from '../../clients/sdk/types.ts';
import { seededRandom, residents } from '../../clients/cli/demo/files/invented.ts';
import { cityHub } from '../cityHub.ts';

const { city } = await cityHub({ jobsByTime: false });
const dataset = 'pub-security.wages';
const context = { purpose: 'school-enrolment', agreement: 'agr-wages', onBehalfOf: 'official-1' };
const months = Array.from({ length: 12 }, (_, i) => `2025-${String(i + 1).padStart(2, '0')}`);

const invented = residents(seededRandom(29));
const ids = Array.from({ length: 70 }, () => invented.next().value.id);

/** 30 persons in district 1 with the same wage, 1 in district 2; in district 3 one of 15 persons earns more than all others. */
const persons = [
  ...Array.from({ length: 30 }, (_, i) => ({ nth: i, district: '1', wage: 1000 })),
  { nth: 30, district: '2', wage: 5000 },
  ...Array.from({ length: 15 }, (_, i) => ({ nth: 31 + i, district: '3', wage: i === 0 ? 90_000 : 1000 })),
  ...Array.from({ length: 20 }, (_, i) => ({ nth: 50 + i, district: '4', wage: 2000 })),
];
const rows = persons.flatMap(({ nth, district, wage }) =>
  months.map((month) => ({ person_id: ids[nth], month, district, wage })),
);

before(async () => {
  const urn = 'urn:datong:wages:1.0';
  const field = (title: string, more: object): object => ({
    'x-title': { zh: title, en: title },
    'x-sensitivity': 'L2',
    'x-personal': 'personal',
    ...more,
  });
  const properties = {
    person_id: field('person', {
      type: 'string',
      format: 'cn-resident-id',
      'x-sensitivity': 'L3',
      'x-semantic': 'cn.resident-id',
      'x-subject-key': 'person',
      'x-mask': { name: 'idCard' },
    }),
    month: field('month', { type: 'string', maxLength: 7 }),
    district: field('district', { type: 'string', enum: ['1', '2', '3', '4'] }),
    wage: field('wage', { type: 'integer' }),
  };
  const document = {
    ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: urn, type: 'object' },
    'x-title': { zh: '工资', en: 'Wages' },
    'x-class': 'general',
    'x-primary-key': ['/person_id', '/month'],
    additionalProperties: false,
    required: Object.keys(properties),
    properties,
  };
  const fields = Object.fromEntries(Object.keys(properties).map((name) => [name, { from: name }]));
  const documents = [
    { kind: 'Schema', document },
    {
      kind: 'Dataset',
      id: dataset,
      title: { zh: '工资', en: 'Wages' },
      schema: urn,
      mode: 'snapshot',
      sharing: { type: 'conditional', conditions: '示例' },
    },
    {
      kind: 'Mapping',
      dataset,
      document: {
        mapping: 'pub-security/wages@1',
        target: 'wages@1',
        source: { format: 'json' },
        limits: { maxBad: 0 },
        fields,
      },
    },
    {
      kind: 'Agreement',
      id: 'agr-wages',
      version: 1,
      title: { zh: '工资', en: 'Wages' },
      provider: 'pub-security',
      consumer: 'education',
      purposes: ['school-enrolment'],
      basis: { type: 'statutory', reference: '中华人民共和国义务教育法', clause: '第十二条' },
      valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' },
      grants: [
        {
          dataset,
          schema: 'wages@1',
          requires: ['on-behalf-of'],
          limits: { callsPerDay: 100 },
          aggregates: [
            {
              id: 'by-district',
              title: { zh: '分区', en: 'By district' },
              by: ['district'],
              sum: ['wage'],
              minGroup: 10,
            },
          ],
          fields: {},
        },
      ],
    },
  ];
  await city.apply(documents, [city.education, city.publicSecurity]);
  const lines = Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n'));
  const { json } = await city.publicSecurity.client.sendFile(dataset, lines, { mapping: 'wages' });
  assert.equal(json.state, 'published', JSON.stringify(json));
});

test('a group is as large as its persons are many, and one with more than half of a sum hides it', async () => {
  const { json } = await city.education.client.aggregate(dataset, 'by-district', context);
  const cell = (district: string): AggregateCell | undefined =>
    json.cells.find(({ key }) => key['district'] === district);
  const [many, one, dominated] = [cell('1'), cell('2'), cell('3')];
  assert.ok(many !== undefined && 'count' in many, JSON.stringify(json.cells));
  assert.equal(many.count, 30, 'persons, not their 360 rows');
  const { value, step } = many.sums?.['wage'] ?? { value: '', step: '' };
  assert.ok(Number(step) >= 12_000, 'no step is smaller than what one person has in a year');
  assert.ok(Math.abs(Number(value) - 360_000) <= Number(step) / 2);
  assert.ok(one !== undefined && 'suppressed' in one, 'twelve rows of one person are one person');
  assert.ok(dominated !== undefined && 'suppressed' in dominated, 'one of fifteen has more than half');
});
