/** What a dataset comes from and what uses it; and boxes of the picture that do not overlap. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Schemas } from '../api/call.ts';
import { boxHeight, maxDrawn, placed, relationsOf, shortened, type LineageAnswers } from './lineage.ts';

function view(
  id: string,
  intake: Schemas['IntakeRules'] = {},
  mode: Schemas['DatasetView']['mode'] = 'upsert',
) {
  return {
    id,
    title: { zh: `${id} 名称`, en: `${id} title` },
    department: 'ecology',
    schema: 'urn:datong:air:1.0',
    mode,
    sharing: { type: 'conditional' },
    opened: false,
    entries: [],
    intake,
    state: 'published',
    standing: 'published',
    linked: true,
    digest: '0'.repeat(64),
    registeredAt: '2026-11-01T00:00:00Z',
  } satisfies Schemas['DatasetView'];
}
const rule = { id: 'high', when: 'pm25 > 150', severity: 'alarm', type: 'ecology.alarms' } as const;
const air = view('ecology.air', { byCall: {}, eventRules: [rule] });
const hourly = view('ecology.hourly', { rollup: { of: air.id, every: '1h', fields: { pm25: ['avg'] } } });
const alarms = view('ecology.alarms', {}, 'events');
const stations = view('ecology.stations');
const checked = view('ecology.checked', {
  references: [{ fields: ['station'], dataset: stations.id, onMissing: 'warn' }],
});
const siblings = [air, alarms, checked, hourly, stations];
const nothing = { mappings: [], siblings, agreements: [], topics: [], pull: undefined };
const linesOf = (answers: Pick<LineageAnswers, 'dataset'> & Partial<LineageAnswers>): readonly string[] =>
  relationsOf({ ...nothing, ...answers }).map(({ side, kind, end, via, state = '' }) =>
    [side, kind, end.id, via, state].join(' ').trim(),
  );
const agreement = (id: string, consumer: string, state: Schemas['PolicyDocumentSummary']['state']) =>
  ({ id, version: 1, consumer, state }) as Schemas['PolicyDocumentSummary'];

test('readings lead to their rollup and to the events of their rules, and these name the readings', () => {
  assert.deepEqual(linesOf({ dataset: air }), [
    'source calls ecology',
    'use rollup ecology.hourly 1h',
    'use rule ecology.alarms high',
  ]);
  assert.deepEqual(linesOf({ dataset: hourly }), ['source rollup ecology.air 1h']);
  const topic = { id: 'ecology.warnings', types: [{ type: alarms.id }] } as unknown as Schemas['TopicView'];
  assert.deepEqual(linesOf({ dataset: alarms, topics: [topic] }), [
    'source rule ecology.air high',
    'source topic ecology ecology.warnings',
  ]);
  assert.deepEqual(linesOf({ dataset: stations }), ['use reference ecology.checked']);
});

test('the newest version of a mapping, the database of a pull, and agreements that are not over', () => {
  const mappings = [1, 3, 2].map((version) => ({ name: 'ecology/air', version, digest: '' }));
  const pull = { host: 'db', database: 'air' } as LineageAnswers['pull'];
  const agreements = [
    agreement('agr-b', 'health', 'submitted'),
    agreement('agr-a', 'works', 'active'),
    agreement('agr-old', 'works', 'superseded'),
    agreement('agr-end', 'works', 'revoked'),
    agreement('agr-c', 'health', 'active'),
  ];
  assert.deepEqual(linesOf({ dataset: stations, siblings: [], mappings, pull, agreements }), [
    'source pull db / air',
    'source mapping ecology air@3',
    'use agreement health agr-c@1 active',
    'use agreement works agr-a@1 active',
    'use agreement health agr-b@1 submitted',
  ]);
});

test('boxes do not overlap, an end with two agreements is one box, and a long list is cut', () => {
  const agreements = Array.from({ length: 20 }, (_, nth) => agreement(`agr-${nth}`, `d${nth % 3}`, 'active'));
  const relations = relationsOf({ ...nothing, dataset: air, agreements });
  const { use, source, height } = placed(relations);
  assert.equal(use.vias.length, maxDrawn);
  assert.deepEqual([use.ends.length, source.ends.length], [2, 1], 'the first twelve are of two departments');
  for (const list of [use.vias, use.ends, source.vias])
    for (const [nth, { y }] of list.entries()) {
      assert.ok(y - boxHeight / 2 >= 0 && y + boxHeight / 2 <= height);
      assert.ok(nth === 0 || y - (list[nth - 1]?.y ?? 0) >= boxHeight, `${nth}`);
    }
});

test('a text is cut by its width', () => {
  assert.equal(shortened('agr-school-enrolment@1', 22), 'agr-school-enrolment@1');
  assert.equal(shortened('agr-school-enrolment@10', 22), 'agr-school-enrolment…');
  assert.equal(shortened('户籍人口基本信息', 8), '户籍人…');
});
