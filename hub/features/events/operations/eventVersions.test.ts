/** Versions of the schema of an event type: the compatibility gate, and which version a type goes over to. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { administratorSession } from '../../../../tests/administratorSession.ts';
import { cityHub } from '../../../../tests/cityHub.ts';
import { eventually } from '../../../../tests/eventually.ts';
import { samples, testHub } from '../../../../tests/hub.ts';
import { readSamplePlan, samplePlan } from '../../../../tests/samplePlan.ts';
import { defined } from '../../../../terms/defined.ts';
import { openingsOf } from '../openings.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
const other = await testHub({ database, jobsByTime: false, keysDir: hub.hub.config.keysDir });
after(() => other.stop());
await city.apply('air-warning/topic.yaml');
await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
await city.apply('air-warning/response.yaml');
const issued = 'ecology.air-warning-issued';
const lifted = 'ecology.air-warning-lifted';
// closes by a field that a version may make optional
await samplePlan(hub, { closedBy: { type: lifted, field: 'district' } });
const author = await hub.token('author', ['steward']);
const second = await hub.token('second', ['steward']);
const officer = await hub.token('officer', ['security']);
const provider = await hub.token('provider', ['steward'], 'ecology');
const planner = await hub.token('planner', ['steward'], 'ecology');
const topic = 'ecology.air-warnings';
const { events: school } = city.education.client;
const context = { purpose: 'public-service', agreement: 'agr-air-warnings' };

interface Schema {
  $id: string;
  required: string[];
  properties: Record<string, Record<string, unknown>>;
}
const registered = parseAllDocuments(readFileSync(join(samples, 'air-warning/topic.yaml'), 'utf8')).flatMap(
  (one) => {
    const { kind, document } = one.toJS() as { readonly kind: string; readonly document?: Schema };
    return kind === 'Schema' && document !== undefined ? [document] : [];
  },
);
/** @param name of the schema, such as `air-warning` @param change what it has in place of version 1.0 */
function version(name: string, number: string, change: (schema: Schema) => void): Schema {
  const known = registered.find(({ $id }) => $id === `urn:datong:${name}:1.0`) ?? assert.fail(name);
  const schema = structuredClone(known);
  schema.$id = `urn:datong:${name}:${number}`;
  change(schema);
  return schema;
}
const withAdvice = ({ properties }: Schema): void => {
  properties['advice'] = { ...properties['duty_phone'], 'x-title': { zh: '建议', en: 'Advice' } };
};
const withoutYellow = (schema: Schema): void => {
  withAdvice(schema);
  schema.properties['level'] = { ...schema.properties['level'], enum: ['orange', 'red'] };
};

interface Finding {
  readonly pointer: string;
  readonly code: string;
  readonly touches?: { readonly datasets: readonly string[]; readonly agreements: readonly string[] };
}
const submit = async (document: Schema, waiver?: object) => {
  const body = { document, ...defined({ waiver }) };
  const { status, json } = await hub.staff(author, 'POST', '/v1/schemas', body);
  return { status, code: json['code'], state: json['state'], findings: json['findings'] as Finding[] };
};
/** Submitted, and approved by those whom it waits for. */
async function published(document: Schema, waiver?: object): Promise<void> {
  assert.equal((await submit(document, waiver)).state, 'inReview');
  const { digest } = (await hub.staff(second, 'GET', `/v1/schemas/${document.$id}/impact`)).json;
  for (const token of [second, officer]) {
    const path = `/v1/schemas/${document.$id}/decision`;
    const { json } = await hub.staff(token, 'POST', path, { act: 'publish', digest });
    if (json['state'] === 'published') return;
    assert.equal(json['state'], 'inReview', JSON.stringify(json));
  }
  assert.fail(`${document.$id} is not published`);
}
const move = async (type: string, schema: string) => {
  const { status, json } = await hub.staff(provider, 'POST', `/v1/datasets/${type}/schema`, { schema });
  const findings = (json['findings'] ?? []) as Finding[];
  return { status, code: json['code'], found: findings.map(({ pointer, code }) => [pointer, code]) };
};
let count = 0;
async function publish(data: object, more: object = {}): Promise<string> {
  count += 1;
  const id = `w-${count}`;
  const event = { specversion: '1.0', id, source: 'test', type: issued, ...more } as const;
  const { json } = await city.ecology.client.events.publish(topic, [
    { ...event, data: { warning_id: id, district: '990101', level: 'orange', ...data } },
  ]);
  return json.events[0]?.event ?? assert.fail();
}

test('a compatible version: the type goes over, and what subscribers get and publishers write goes on', async () => {
  const { id } = (await school.subscribe({ topic, types: [issued] }, context)).json;
  const sent = [await publish({})];
  await published(version('air-warning', '1.1', withAdvice));
  assert.equal((await move(issued, 'urn:datong:air-warning:1.1')).status, 200);
  sent.push(await publish({ advice: '减少户外活动' }, { dataschema: 'urn:datong:air-warning:1.1' }));
  // a publisher that knows the version before
  sent.push(await publish({}, { dataschema: 'urn:datong:air-warning:1.0' }));
  const { events } = (await school.pull(id)).json;
  assert.deepEqual(
    events.map((event) => [event.id, event.dataschema.split('/').at(-1), 'advice' in event.data]),
    sent.map((event, at) => [event, `urn:datong:air-warning:1.${at === 0 ? 0 : 1}`, false]),
  );
});

test('a version that breaks events is refused, with the types, agreements and departments that it would affect', async () => {
  const { status, code, findings } = await submit(version('air-warning', '1.2', withoutYellow));
  assert.deepEqual([status, code], [409, 'schema_incompatible']);
  const [finding] = findings;
  assert.deepEqual(
    [finding?.pointer, finding?.touches?.datasets, finding?.touches?.agreements],
    ['/properties/level/enum', [issued], ['agr-air-warnings']],
  );
});

test('a version that breaks them knowingly is published by a waiver, and no type of event goes over to it', async () => {
  await published(version('air-warning', '1.2', withoutYellow), { reason: '黄色预警不再发布' });
  const refused = await move(issued, 'urn:datong:air-warning:1.2');
  assert.deepEqual([refused.status, refused.code], [409, 'rebind_unfit']);
  assert.deepEqual(refused.found, [['/properties/level/enum', 'values_removed']]);
  // events go on under the version before, with what the other one lacks
  const { id } = (await school.subscribe({ topic, types: [issued] }, context)).json;
  const event = await publish({ level: 'yellow' });
  const { events } = (await school.pull(id)).json;
  assert.deepEqual(
    events.map((one) => [one.id, one.data['level']]),
    [[event, 'yellow']],
  );
});

test('a field that orders or closes events stays required and without null', async () => {
  const optional = version('air-warning-lifted', '1.1', (schema) => {
    schema.required = ['warning_id'];
  });
  const nullable = version('air-warning', '1.3', (schema) => {
    withAdvice(schema);
    schema.properties['district'] = { ...schema.properties['district'], type: ['string', 'null'] };
  });
  const cases = [
    [lifted, optional],
    [issued, nullable],
  ] as const;
  for (const [type, schema] of cases) {
    await published(schema);
    const refused = await move(type, schema.$id);
    assert.deepEqual([refused.status, refused.code], [409, 'rebind_unfit']);
    assert.deepEqual(refused.found, [
      ['/properties/district', 'ordering_key'],
      ['/properties/district', 'closing_field'],
    ]);
  }
});

/** A schema of its own for types of event: number, district, and what a test adds. */
const drill = (id: string, more: object, properties: object = {}): Schema => {
  const marks = { 'x-sensitivity': 'L1', 'x-personal': 'none' };
  const field = (one: object) => ({ 'x-title': { zh: '数据项', en: 'Field' }, ...one, ...marks });
  const all = {
    drill_id: { type: 'string', maxLength: 20 },
    district: { type: 'string', maxLength: 6 },
    aqi: { type: 'integer' },
    amount: { type: 'string', format: 'decimal', maxLength: 20 },
    ...properties,
  };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:datong:${id}`,
    'x-title': { zh: '演练', en: 'Drill' },
    'x-class': 'general',
    'x-primary-key': ['/drill_id'],
    type: 'object',
    additionalProperties: false,
    required: ['drill_id', 'district'],
    ...more,
    properties: Object.fromEntries(Object.entries(all).map(([name, one]) => [name, field(one as object)])),
  } as unknown as Schema;
};
const typesOf = (schema: Schema, ...ids: readonly string[]): readonly object[] => [
  { kind: 'Schema', document: schema },
  ...ids.map((id) => ({
    kind: 'Dataset',
    id,
    title: { zh: '演练', en: 'Drill' },
    schema: schema.$id,
    mode: 'events',
    sharing: { type: 'conditional', conditions: '应急响应成员单位' },
  })),
];
const topicOf = (id: string, ...types: readonly string[]) => ({
  id,
  title: { zh: '演练', en: 'Drills' },
  types,
  retentionDays: 30,
});

test('rules of tables do not apply: an integer becomes a number, and the key changes', async () => {
  const type = 'ecology.drill-begun';
  await city.apply([
    ...typesOf(drill('drill:1.0', {}), type),
    { kind: 'Topic', ...topicOf('ecology.drills', type) },
  ]);
  // a column that tables would retain, with another type
  await published(drill('drill:1.1', {}, { note: { type: 'integer' } }));
  const key = { 'x-primary-key': ['/drill_id', '/district'] };
  const wider = { note: { type: 'string', maxLength: 20 }, aqi: { type: 'number' } };
  await published(drill('drill:1.2', key, wider), { reason: '备注改为文字' });
  const { json } = await hub.staff(provider, 'POST', `/v1/datasets/${type}/schema`, {
    schema: 'urn:datong:drill:1.2',
  });
  const path = `/v1/proposals/${String(json['proposal'])}`;
  const { digest } = (await hub.staff(officer, 'GET', path)).json;
  const accepted = await hub.staff(officer, 'POST', `${path}/acceptance`, { digest });
  assert.equal(accepted.status, 201, JSON.stringify([json, accepted.json]));
  const data = { drill_id: 'd-1', district: '990101', aqi: 180.5, note: '全市' };
  const event = { specversion: '1.0', id: 'd-1', source: 'test', type, data } as const;
  assert.equal((await city.ecology.client.events.publish('ecology.drills', [event])).json.stored, 1);
  // texts would be compared where decimals were
  await published(drill('drill:1.3', key, { ...wider, amount: { type: 'string', maxLength: 20 } }));
  assert.deepEqual((await move(type, 'urn:datong:drill:1.3')).found, [
    ['/properties/amount', 'column_retyped'],
  ]);
});

test('a topic or a plan that is registered in the moment of a move, by another process: one of the two is refused', async () => {
  const [begun, ended, alone] = ['ecology.race-begun', 'ecology.race-ended', 'ecology.race-alone'] as const;
  await city.apply([
    ...typesOf(drill('race:1.0', {}), begun, ended, alone),
    { kind: 'Topic', ...topicOf('ecology.races', begun, ended) },
  ]);
  await published(drill('race:1.1', { required: ['drill_id'] }));
  const plan = {
    ...readSamplePlan(),
    id: 'ecology.race',
    type: begun,
    closedBy: { type: ended, field: 'district' },
  };
  const { purpose: _, noticeType: __, when: ___, ...proposed } = plan;
  const { json } = await hub.staff(provider, 'POST', '/v1/response-plans', proposed);
  const path = `/v1/proposals/${String(json['proposal'])}`;
  const { digest } = (await hub.staff(planner, 'GET', path)).json;
  const [holder, watcher] = [await administratorSession(database), await administratorSession(database)];
  const races = [
    [ended, 'plan_unfit', () => other.staff(planner, 'POST', `${path}/acceptance`, { digest })],
    [
      alone,
      'topic_unfit',
      () =>
        other.staff(provider, 'POST', '/v1/topics', {
          ...topicOf('ecology.race-alone-topic', alone),
          orderingKey: 'district',
        }),
    ],
  ] as const;
  for (const [type, code, register] of races) {
    await holder.query('BEGIN');
    await holder.query('SELECT FROM audit_head WHERE id = 1 FOR UPDATE');
    const both = [
      hub.staff(provider, 'POST', `/v1/datasets/${type}/schema`, { schema: 'urn:datong:race:1.1' }),
      register(),
    ];
    await eventually(
      async () => {
        const { rows } = await watcher.query(
          "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        return rows.length >= 2;
      },
      () => 'both are decided, and wait for the log',
    );
    await holder.query('COMMIT');
    const answers = await Promise.all(both);
    const refused = answers.filter(({ status }) => status >= 300).map(({ json: { code: why } }) => why);
    const shown = JSON.stringify(answers.map(({ status, json: body }) => [status, body]));
    assert.equal(refused.length, 1, shown);
    assert.ok(['rebind_unfit', code].includes(String(refused[0])), shown);
  }
});

test('another major version is another type of event', async () => {
  await published(version('air-warning', '2.0', withAdvice));
  const moved = await move(issued, 'urn:datong:air-warning:2.0');
  assert.deepEqual(
    [moved.code, moved.found],
    ['rebind_unfit', [['urn:datong:air-warning:2.0', 'major_changed']]],
  );
  const begun = await hub.staff(provider, 'POST', `/v1/datasets/${issued}/changeover`, {
    schema: 'urn:datong:air-warning:2.0',
    mappings: [{}],
    reason: '换用新版',
  });
  assert.equal(begun.json['code'], 'changeover_unfit', JSON.stringify(begun.json));
});

test('an event without the value by which it would close others closes none', () => {
  const plan = {
    code: 'ecology.heavy-pollution',
    revision: 1,
    document: { ...readSamplePlan(), closedBy: { type: lifted, field: 'district' } },
    digest: '',
    department: 'ecology',
    topic,
    type: issued,
    purpose: 'pollution-response',
    withdrawn: null,
    live: true,
  };
  const event = (data: object) => ({
    id: '01a20328-0104-7757-9e84-c346bc55b77b',
    type: lifted,
    given: 'test\n1',
    digest: Buffer.alloc(32),
    time: 0,
    schema: 'urn:datong:air-warning-lifted:1.1',
    subject: null,
    data: JSON.stringify(data),
  });
  const registry = { current: hub.hub.services.registry.current };
  const moves = (data: object): number => openingsOf(registry, [plan], [event(data)], 0).moves.length;
  assert.deepEqual(
    [
      moves({ warning_id: 'w-1', district: '990101' }),
      moves({ warning_id: 'w-1' }),
      moves({ district: null }),
    ],
    [1, 0, 0],
  );
});
