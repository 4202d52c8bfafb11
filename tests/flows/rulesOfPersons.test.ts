/** Readings of persons do not become events of a type that protects them less: at registration, in a trial, and when either side moves. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timePattern } from '../../hub/domain/timeField.ts';
import { eventRuleFault, ownType } from '../../hub/registry/eventRuleFault.ts';
import type { LiveDataset } from '../../hub/registry/snapshot.ts';
import { cityHub } from '../cityHub.ts';

const { hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
const steward = await hub.token('steward-of-rules', ['steward'], 'ecology');

const field = (type: unknown, more: object = {}): object => ({
  type,
  'x-title': { zh: '数据项', en: 'Field' },
  'x-sensitivity': 'L1',
  'x-personal': 'none',
  ...more,
});
const schema = (urn: string, key: readonly string[], properties: object) => ({
  kind: 'Schema',
  document: {
    ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: `urn:datong:${urn}`, type: 'object' },
    'x-title': { zh: '读数', en: 'Readings' },
    'x-class': 'general',
    'x-primary-key': key.map((name) => `/${name}`),
    additionalProperties: false,
    required: Object.keys(properties),
    properties,
  },
});
const time = field('string', { format: 'date-time', pattern: timePattern });
const person = field('string', {
  maxLength: 40,
  'x-personal': 'personal',
  'x-subject-key': 'person',
  'x-sensitivity': 'L3',
});
const sensitive = { 'x-personal': 'sensitive', 'x-sensitivity': 'L4' };
const pulse = field(['number', 'null'], sensitive);
const alarm = (protects: object): object => ({
  person,
  time,
  rule: field('string', { maxLength: 40, ...protects }),
  severity: field('string', { maxLength: 40, ...protects }),
  value: field(['number', 'null'], protects),
});
const type = (name: string, urn: string): object[] => [
  {
    kind: 'Dataset',
    id: `ecology.${name}`,
    title: { zh: '报警', en: 'Alarm' },
    schema: `urn:datong:${urn}`,
    mode: 'events',
    sharing: { type: 'none' },
  },
  {
    kind: 'Topic',
    id: `ecology.${name}s`,
    title: { zh: '报警', en: 'Alarms' },
    types: [`ecology.${name}`],
    retentionDays: 30,
  },
];
await city.apply(
  [
    schema('pulse:1.0', ['person', 'time'], { person, time, pulse }),
    schema('steps:1.0', ['person', 'time'], { person, time, pulse: field(['number', 'null']) }),
    schema('open-alarm:1.0', ['person', 'time', 'rule'], alarm({})),
    schema('kept-alarm:1.0', ['person', 'time', 'rule'], alarm(sensitive)),
    ...type('open-alarm', 'open-alarm:1.0'),
    ...type('kept-alarm', 'kept-alarm:1.0'),
  ],
  [city.ecology],
);
const rule = { id: 'high', when: 'pulse >= 0', severity: 'info' };
const register = (id: string, urn: string, to: string) =>
  hub.staff(steward, 'POST', '/v1/datasets', {
    id,
    title: { zh: '脉搏', en: 'Pulse' },
    schema: `urn:datong:${urn}`,
    mode: 'upsert',
    sharing: { type: 'none' },
    intake: { byCall: {}, timeField: 'time', eventRules: [{ ...rule, type: to }] },
  });

/** Submits a version, which two stewards and the security officer of the hub publish. */
async function publish(urn: string, { document }: ReturnType<typeof schema>): Promise<void> {
  const people = { author: 'steward', second: 'steward', officer: 'security' } as const;
  const tokens = new Map<string, string>();
  for (const [name, role] of Object.entries(people))
    tokens.set(name, await hub.token(`${name}-${urn}`, [role]));
  const submitted = await hub.staff(tokens.get('author') ?? '', 'POST', '/v1/schemas', { document });
  assert.ok(submitted.status < 300, JSON.stringify(submitted.json));
  const path = `/v1/schemas/urn:datong:${urn}`;
  const { digest } = (await hub.staff(tokens.get('second') ?? '', 'GET', `${path}/impact`)).json;
  let { state } = submitted.json;
  for (const name of ['second', 'officer'])
    if (state !== 'published')
      ({ state } = (
        await hub.staff(tokens.get(name) ?? '', 'POST', `${path}/decision`, { act: 'publish', digest })
      ).json);
  assert.equal(state, 'published');
}

test('a rule over sensitive readings of persons raises no events of an open type', async () => {
  const { status, json } = await register('ecology.pulse', 'pulse:1.0', 'ecology.open-alarm');
  assert.deepEqual(
    [status, json['code'], json['at']],
    [422, 'event_rule_unfit', '/body/intake/eventRules/0'],
  );
  assert.match(JSON.stringify(json['detail']), /rule of the type of event.*pulse of the readings \(L4\)/);
  assert.equal((await register('ecology.pulse', 'pulse:1.0', 'ecology.kept-alarm')).status, 201);
});

test('the trial of a rule refuses it too', async () => {
  const period = { from: '2026-09-01T00:00:00+08:00', until: '2026-09-02T00:00:00+08:00' };
  const tried = await hub.staff(steward, 'POST', '/v1/datasets/ecology.pulse/rule-trials', {
    rules: [{ ...rule, type: 'ecology.open-alarm' }],
    ...period,
  });
  assert.deepEqual([tried.status, tried.json['code']], [422, 'event_rule_unfit']);
});

test('neither the readings nor the type of event move to a version under which the rule would not fit', async () => {
  await publish('steps:1.1', schema('steps:1.1', ['person', 'time'], { person, time, pulse }));
  await publish('kept-alarm:1.1', schema('kept-alarm:1.1', ['person', 'time', 'rule'], alarm({})));
  const move = (id: string, urn: string) =>
    hub.staff(steward, 'POST', `/v1/datasets/${id}/schema`, { schema: `urn:datong:${urn}` });
  assert.equal((await register('ecology.steps', 'steps:1.0', 'ecology.open-alarm')).status, 201);
  for (const [id, urn] of [
    ['ecology.steps', 'steps:1.1'],
    ['ecology.kept-alarm', 'kept-alarm:1.1'],
  ] as const) {
    const { status, json } = await move(id, urn);
    assert.deepEqual([status, json['code']], [409, 'rebind_unfit'], JSON.stringify(json));
    assert.match(JSON.stringify(json['findings']), /event_rule_unfit/);
  }
});

test('a rule that does not fit now, or whose type is retired, hinders no other change; no new rule names a retired type', async () => {
  const { registry } = hub.hub.services;
  await registry.refresh();
  const { datasets } = registry.current;
  const [steps, open] = [datasets.get('ecology.steps'), datasets.get('ecology.open-alarm')];
  const sensitive = datasets.get('ecology.pulse');
  assert.ok(steps && open && sensitive);
  const { intake } = steps.row;
  const moved = (of: ReadonlyMap<string, LiveDataset>) =>
    eventRuleFault({ datasets: of }, 'ecology.steps', sensitive.schema, intake);
  assert.match(moved(datasets)?.en ?? '', /ecology\.steps/);
  const retired = { ...open, row: { ...open.row, state: 'retired' as const } };
  const after = new Map(datasets).set('ecology.open-alarm', retired);
  assert.equal(moved(after), undefined, 'there are no events of it any more');
  assert.equal(ownType({ datasets: after }, 'ecology.open-alarm', 'ecology'), undefined);
  const other = { ...sensitive, row: { ...sensitive.row, id: 'ecology.other', intake } };
  const unfit = new Map(datasets).set('ecology.other', other);
  assert.equal(eventRuleFault({ datasets: unfit }, 'ecology.open-alarm', open.schema, {}), undefined);
});
