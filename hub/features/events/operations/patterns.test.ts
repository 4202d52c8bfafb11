/** Subscriptions to a pattern of topics: each topic under its own agreement, later ones by themselves, and one without agreement delivers nothing. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import pg from 'pg';
import { DatongProblem } from '../../../../clients/sdk/datongProblem.ts';
import type { EventsAnswer, EventsRequest } from '../../../../clients/sdk/events.ts';
import { connectionOf } from '../../../platform/database/connection.ts';
import { lastLeaf } from '../../../../tests/flows/leaves.ts';
import { topicsOfPattern } from '../patternTopics.ts';
import { patternById } from '../store/patterns.ts';
import { samples } from '../../../../tests/hub.ts';
import { cityHub } from '../../../../tests/cityHub.ts';
import { pagedLists } from '../../../../tests/pagedLists.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 12 });
const folder = mkdtempSync(join(tmpdir(), 'datong-patterns-'));
after(async () => {
  await hub.stop();
  rmSync(folder, { recursive: true, force: true });
});
await city.apply('air-warning/topic.yaml');
await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
const { events: school } = city.education.client;
const purpose = 'public-service';

/** A further topic of the same department, with one type. */
async function register(name: string): Promise<void> {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, documentsOf(name, [name]));
  await city.apply(file);
}
const documentsOf = (topic: string, types: readonly string[]): string =>
  [
    ...types.map(
      (type) => `kind: Dataset
id: ecology.${type}
title: { zh: 测试, en: Test }
schema: urn:datong:air-warning:1.0
mode: events
sharing: { type: conditional, conditions: 应急响应成员单位 }
`,
    ),
    `kind: Topic
id: ecology.${topic}-topic
title: { zh: 测试, en: Test }
types: [${types.map((type) => `ecology.${type}`).join(', ')}]
retentionDays: 30
`,
  ].join('---\n');
/** A separate agreement for that topic. */
async function grant(name: string, change: (text: string) => string = (text) => text): Promise<void> {
  const sample = readFileSync(join(samples, 'air-warning/agreement.yaml'), 'utf8');
  const [head = ''] = sample.split(/^ {2}- dataset: ecology\.air-warning-lifted$/m);
  const file = join(folder, `${name}-agreement.yaml`);
  writeFileSync(
    file,
    change(
      head
        .replace('agr-air-warnings', `agr-${name}`)
        .replace('ecology.air-warning-issued', `ecology.${name}`),
    ),
  );
  await city.apply(file, [city.education, city.ecology]);
}
let count = 0;
async function publish(topic: string, type: string, level = 'red'): Promise<string> {
  count += 1;
  const { json } = await city.ecology.client.events.publish(`ecology.${topic}`, [
    {
      specversion: '1.0',
      id: `e-${count}`,
      source: 'test',
      type: `ecology.${type}`,
      data: { warning_id: `w-${count}`, district: '990101', level, peak_aqi: 333 },
    },
  ]);
  return json.events[0]?.event ?? assert.fail();
}
const warn = (): Promise<string> => publish('air-warnings', 'air-warning-issued');
const pull = async (id: string, requested: EventsRequest = {}): Promise<EventsAnswer> =>
  (await school.pull(id, requested)).json;
/** Ids of all events that are left, each answer acknowledged. */
async function drain(id: string): Promise<readonly string[]> {
  const found: string[] = [];
  let taken: string | undefined;
  for (;;) {
    const answer = await pull(id, taken === undefined ? {} : { after: taken });
    if (answer.events.length === 0) return found;
    found.push(...answer.events.map((event) => event.id));
    taken = answer.next;
  }
}
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'answered',
    (error: unknown) => {
      assert.ok(error instanceof DatongProblem, String(error));
      return error.code;
    },
  );
const subscribe = async (): Promise<string> =>
  (await school.subscribe({ topic: 'ecology.*' }, { purpose })).json.id;
/** What a listed subscription shows of its topics. */
async function listed(id: string): Promise<readonly unknown[]> {
  const steward = await hub.token('shi', ['steward'], 'education');
  const { json } = await hub.staff(steward, 'GET', `/v1/subscriptions?subscription=${id}`);
  const [view] = json['subscriptions'] as {
    readonly topics: readonly { topic: string; types: string[]; refusal?: string }[];
  }[];
  return (view?.topics ?? []).map(({ topic, types, refusal }) => [topic, types.length, refusal]);
}

await register('smoke');

test('a topic without agreement delivers nothing and says so; each topic is decided and logged under its own agreement', async () => {
  const made = (await school.subscribe({ topic: 'ecology.*' }, { purpose })).json;
  assert.deepEqual([made.topic, made.types, made.agreement], ['ecology.*', [], undefined]);
  const withoutIt = [
    ['ecology.air-warnings', 2, undefined],
    ['ecology.smoke-topic', 0, 'no_agreement'],
  ];
  assert.deepEqual(
    (made.topics ?? []).map(({ topic, types, refusal }) => [topic, types.length, refusal]),
    withoutIt,
  );
  assert.deepEqual(await listed(made.id), withoutIt);
  const first = await warn();
  await publish('smoke-topic', 'smoke');
  const answer = await pull(made.id);
  assert.deepEqual(
    answer.events.map(({ id, data }) => [id, data['peak_aqi']]),
    [[first, 300]],
    'masked as the agreement of its topic says',
  );
  const leaf = await lastLeaf(database);
  assert.deepEqual(
    [leaf.operation, leaf.agreement, leaf.dataset, leaf.rows?.delivered],
    ['pullEvents', 'agr-air-warnings', 'ecology.air-warning-issued', 1],
  );
  assert.deepEqual((await pull(made.id, { after: answer.next })).events, []);
});

test('an agreement and a topic that come later take part by themselves, also during a wait', async () => {
  const id = await subscribe();
  const before = await publish('smoke-topic', 'smoke');
  assert.deepEqual(await drain(id), []);
  await grant('smoke');
  assert.deepEqual(await drain(id), [before], 'stored since the subscription began');
  await register('dust');
  await grant('dust');
  const [dust, smoke, warning] = [
    await publish('dust-topic', 'dust'),
    await publish('smoke-topic', 'smoke'),
    await warn(),
  ];
  assert.deepEqual([...(await drain(id))].sort(), [dust, smoke, warning].sort());
  const last = await pull(id);
  const waiting = pull(id, { after: last.next, wait: 20 });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const later = await publish('dust-topic', 'dust');
  const begun = performance.now();
  assert.deepEqual(
    (await waiting).events.map((event) => event.id),
    [later],
  );
  assert.ok(performance.now() - begun < 6_000);
});

test('a type whose agreement comes later is received from the start of the subscription, though its topic was acknowledged before', async () => {
  const file = join(folder, 'plant.yaml');
  writeFileSync(file, documentsOf('plant', ['plant-leak', 'plant-stop']));
  await city.apply(file);
  const leak = (): Promise<string> => publish('plant-topic', 'plant-leak');
  const stop = (): Promise<string> => publish('plant-topic', 'plant-stop');
  await stop();
  await grant('plant-leak');
  const { id } = (await school.subscribe({ topic: 'ecology.plant*' }, { purpose })).json;
  const first = await stop();
  const leaks = [await leak()];
  const second = await stop();
  assert.deepEqual(await drain(id), leaks);
  const third = await stop();
  leaks.push(await leak());
  const begun = await pull(id);
  assert.deepEqual(
    begun.events.map((event) => event.id),
    leaks.slice(1),
  );
  await grant('plant-stop');
  const fourth = await leak();
  const answer = await pull(id, { after: begun.next });
  assert.deepEqual(
    [...answer.events.map((event) => event.id), ...(await drain(id))],
    [first, second, third, first, second, third, fourth],
    'what was acknowledged before the agreement is of the other type alone',
  );
  const both = [await stop(), await leak(), await stop()];
  assert.deepEqual(await drain(id), both, 'in the order of the topic');
});

test('a wait also finds the earlier events of a type that is granted during it', async () => {
  const file = join(folder, 'haze.yaml');
  writeFileSync(file, documentsOf('haze', ['fog', 'mist']));
  await city.apply(file);
  await grant('mist');
  const { id } = (await school.subscribe({ topic: 'ecology.haze*' }, { purpose })).json;
  const fog = await publish('haze-topic', 'fog');
  const { next } = await pull(id);
  const waiting = pull(id, { after: next, wait: 20 });
  await new Promise((resolve) => setTimeout(resolve, 300));
  await grant('fog');
  assert.deepEqual(
    (await waiting).events.map((event) => event.id),
    [fog],
  );
});

test('what is not acknowledged is delivered again, of each topic; a busy topic does not delay the others', async () => {
  const id = await subscribe();
  const busy = [await warn(), await warn(), await warn()];
  const quiet = await publish('smoke-topic', 'smoke');
  const first = await pull(id, { limit: 1 });
  assert.deepEqual(
    (await pull(id, { limit: 1 })).events.map((event) => event.id),
    first.events.map((event) => event.id),
  );
  const second = await pull(id, { limit: 1, after: first.next });
  assert.deepEqual(
    [first, second].flatMap(({ events }) => events.map((event) => event.id)),
    [busy[0], quiet],
  );
  // the second answer is not acknowledged
  assert.deepEqual(await drain(id), [busy[1], busy[2], quiet]);
});

test('a suspended agreement holds its topic alone; nothing of it is lost', async () => {
  const id = await subscribe();
  const security = await hub.token('an', ['security'], 'ecology');
  const act = async (what: string): Promise<void> => {
    const path = `/v1/policy/documents/agr-smoke/${what}`;
    const { status, json } = await hub.staff(security, 'POST', path, { reason: 'test' });
    assert.ok(status < 300, JSON.stringify(json));
  };
  await act('suspension');
  const held = await publish('smoke-topic', 'smoke');
  const warning = await warn();
  assert.deepEqual(await drain(id), [warning]);
  const shown = (await listed(id)).find((one) => String(one).startsWith('ecology.smoke-topic'));
  assert.deepEqual(shown, ['ecology.smoke-topic', 0, 'agreement_suspended']);
  await act('resumption');
  assert.deepEqual(await drain(id), [held]);
});

test('an agreement that cannot be used holds a topic only for its purpose, or where its purposes are unknown', async () => {
  const pattern = (await patternById(database.app, await subscribe())) ?? assert.fail();
  const { current } = hub.hub.services.registry;
  const types = ['ecology.air-warning-issued', 'ecology.air-warning-lifted'];
  /** The refusal of the topic where the agreement that can be used has one of its types only, or both. */
  const refusal = async (purposes: readonly string[] | undefined, unplanned = types): Promise<unknown> => {
    const serves = { consumers: ['education'], datasets: types, purposes, from: -Infinity, until: Infinity };
    const failed = [{ name: 'agr-other@1', kind: 'Agreement' as const, fault: 'text' as const, serves }];
    const all = current.plans.all.filter(({ ref }) => !unplanned.includes(ref.dataset));
    const registry = { current: { ...current, failed, plans: { ...current.plans, all } } };
    const topics = await topicsOfPattern({ reader: database.app, registry }, pattern, database.now());
    return topics.find(({ id }) => id === 'ecology.air-warnings')?.refusal;
  };
  assert.equal(await refusal([purpose]), 'agreement_unreadable');
  assert.equal(await refusal(['school-enrolment', purpose]), 'agreement_unreadable');
  assert.equal(await refusal(undefined), 'agreement_unreadable');
  assert.equal(await refusal(['school-enrolment']), 'no_agreement');
  const [, lifted = ''] = types;
  assert.equal(await refusal(['school-enrolment'], [lifted]), undefined, 'the other type is delivered');
  assert.equal(await refusal([purpose], [lifted]), 'agreement_unreadable');
});

test('what the release flow refuses of one topic leaves the events of the others, and is reported where every topic is refused', async () => {
  const id = await subscribe();
  const alone = (await school.subscribe({ topic: 'ecology.dust*' }, { purpose })).json.id;
  const steward = await hub.token('wan', ['steward'], 'ecology');
  const act = async (what: string): Promise<void> => {
    const path = '/v1/datasets/ecology.dust/decision';
    const { status, json } = await hub.staff(steward, 'POST', path, { act: what, reason: 'test' });
    assert.ok(status < 300, JSON.stringify(json));
  };
  const held = await publish('dust-topic', 'dust');
  const smoke = await publish('smoke-topic', 'smoke');
  await act('suspend');
  const answer = await pull(id);
  assert.deepEqual(
    answer.events.map((event) => event.id),
    [smoke],
  );
  const idle = await pull(id, { after: answer.next, wait: 1 });
  assert.deepEqual(idle.events, [], 'the others are idle, and the call waits for them');
  assert.equal(await codeOf(school.pull(alone)), 'dataset_unavailable', 'there is no other topic');
  await act('resume');
  assert.deepEqual(
    (await pull(id, { after: idle.next })).events.map((event) => event.id),
    [held],
  );
});

test('a filter counts for each type; one that lets nothing be filtered by its field delivers nothing', async () => {
  const filter = [{ field: 'level', op: 'eq', value: 'red' }] as const;
  const { json } = await school.subscribe({ topic: 'ecology.air-w*', filter }, { purpose });
  assert.deepEqual(
    [json.filtered, json.topics?.[0]?.types],
    [true, ['ecology.air-warning-issued']],
    'the other type has no level',
  );
  const red = await warn();
  await publish('air-warnings', 'air-warning-issued', 'orange');
  assert.deepEqual(await drain(json.id), [red]);
});

test('what a pattern cannot have is refused, and a pattern that matches nothing', async () => {
  const asked = (more: object, agreement?: string): Promise<string> =>
    codeOf(
      school.subscribe(
        { topic: 'ecology.*', ...more },
        agreement === undefined ? { purpose } : { purpose, agreement },
      ),
    );
  assert.equal(await asked({ types: ['ecology.smoke'] }), 'invalid_request');
  const filter = [{ field: 'peak_aqi', op: 'eq', value: 300 }];
  assert.equal(await asked({ filter }), 'pattern_empty', 'no agreement lets it filter by a masked field');
  assert.equal(
    await asked({ sink: { kind: 'webhook', url: 'https://events.school.example/hook' } }),
    'invalid_request',
  );
  assert.equal(await asked({}, 'agr-air-warnings'), 'invalid_request');
  assert.equal(await asked({ topic: 'transport.*' }), 'pattern_empty');
  assert.equal(
    await codeOf(school.subscribe({ topic: 'ecology.*' }, { purpose: 'school-enrolment' })),
    'pattern_empty',
  );
  const { client } = await hub.enrol('transport');
  assert.equal(await codeOf(client.events.subscribe({ topic: 'ecology.*' }, { purpose })), 'pattern_empty');
});

test('it belongs to its department, and its end leaves no position behind', async () => {
  const id = await subscribe();
  await warn();
  const { next } = await pull(id);
  await pull(id, { after: next });
  const positions = async (): Promise<number> => {
    const { rows } = await database.app.query('SELECT FROM pattern_position WHERE subscription = $1', [id]);
    return rows.length;
  };
  const { rows: types } = await database.app.query("SELECT FROM topic_type WHERE topic LIKE 'ecology.%'");
  assert.equal(await positions(), types.length, 'of each type of the topics');
  const other = await subscribe();
  assert.equal(await codeOf(school.pull(other, { after: next })), 'cursor_invalid');
  const foreign = city.ecology.client.events;
  assert.equal(await codeOf(foreign.pull(id)), 'subscription_unknown');
  assert.equal(await codeOf(foreign.end(id)), 'subscription_unknown');
  assert.equal((await school.end(id)).json.state, 'ended');
  assert.equal(await positions(), 0);
  assert.equal(await codeOf(school.pull(id)), 'subscription_ended');
});

test('a publisher is shown the patterns that match its topics, and of these its own topics alone', async () => {
  const { id } = (await school.subscribe({ topic: '*.*' }, { purpose })).json;
  const narrow = (await school.subscribe({ topic: 'ecology.air*' }, { purpose })).json.id;
  const seenBy = async (department: string, query = ''): Promise<readonly unknown[]> => {
    const steward = await hub.token(`steward of ${department}`, ['steward'], department);
    const { json } = await hub.staff(steward, 'GET', `/v1/subscriptions?limit=200${query}`);
    return (json['subscriptions'] as { id: string; topics?: { publisher: string }[] }[])
      .filter((one) => [id, narrow].includes(one.id))
      .map((one) => [one.id, [...new Set(one.topics?.map(({ publisher }) => publisher))]]);
  };
  assert.deepEqual(await seenBy('ecology'), [
    [id, ['ecology']],
    [narrow, ['ecology']],
  ]);
  assert.deepEqual(await seenBy('ecology', `&subscription=${id}`), [[id, ['ecology']]]);
  assert.deepEqual(await seenBy('transport'), []);
  assert.deepEqual(await seenBy('transport', `&subscription=${id}`), []);
});

test('subscriptions, to a topic or a pattern, are read in both directions and each order, and counted', async () => {
  const agreement = 'agr-air-warnings';
  const { id } = (await school.subscribe({ topic: 'ecology.air-warnings' }, { purpose, agreement })).json;
  const publisher = await hub.token('reading publisher', ['steward'], 'ecology');
  const stranger = await hub.token('reading stranger', ['steward'], 'transport');
  const { pagedBothWays } = pagedLists((token, path) => hub.staff(token, 'GET', path));
  const sorts = ['created', '-created', 'topic', '-topic', 'department', '-department'];
  const found = await pagedBothWays(publisher, '/v1/subscriptions', 'subscriptions', sorts);
  assert.ok(found.some((one) => one['id'] === id));
  const one = `/v1/subscriptions?subscription=${id}&total=true`;
  assert.deepEqual((await hub.staff(publisher, 'GET', one)).json['total'], { count: 1, more: false });
  assert.deepEqual((await hub.staff(stranger, 'GET', one)).json, {
    subscriptions: [],
    total: { count: 0, more: false },
  });
});

test('the consumer is shown how many events are not delivered yet, of its types; the publisher is not', async () => {
  const agreement = 'agr-air-warnings';
  const topic = 'ecology.air-warnings';
  const types = ['ecology.air-warning-issued'];
  const stewards = {
    education: await hub.token('lag consumer', ['steward'], 'education'),
    ecology: await hub.token('lag publisher', ['steward'], 'ecology'),
    office: city.operator,
  };
  interface Lag {
    readonly events: number;
    readonly more: boolean;
    readonly oldestSeconds?: number;
  }
  const lagOf = async (id: string, by: keyof typeof stewards = 'education'): Promise<Lag | undefined> => {
    const { json } = await hub.staff(stewards[by], 'GET', `/v1/subscriptions?subscription=${id}`);
    const [view] = json['subscriptions'] as { readonly lag?: Lag }[];
    assert.ok(view);
    return view.lag;
  };
  const none = { events: 0, more: false };
  const one = (await school.subscribe({ topic, types }, { purpose, agreement })).json.id;
  const filter = [{ field: 'level', op: 'eq', value: 'yellow' }] as const;
  const filtered = (await school.subscribe({ topic, types, filter }, { purpose, agreement })).json.id;
  const pattern = (await school.subscribe({ topic: 'ecology.air-w*' }, { purpose })).json.id;
  for (const id of [one, pattern]) assert.deepEqual(await lagOf(id), none);
  await warn();
  await city.ecology.client.events.publish(topic, [
    {
      specversion: '1.0',
      id: 'lag-lifted',
      source: 'test',
      type: 'ecology.air-warning-lifted',
      data: { warning_id: 'w-lag', district: '990101' },
    },
  ]);
  await warn();
  await database.owner.query(
    `UPDATE event SET stored_at = stored_at - interval '90 s'
      WHERE topic = $1 AND sequence = (SELECT last_sequence - 2 FROM topic WHERE id = $1)`,
    [topic],
  );
  const lag = (await lagOf(one)) ?? assert.fail();
  assert.deepEqual([lag.events, lag.more], [2, false], 'of its types');
  assert.ok((lag.oldestSeconds ?? 0) >= 90 && (lag.oldestSeconds ?? 0) < 150, JSON.stringify(lag));
  assert.equal(await lagOf(filtered), undefined, 'what its filter leaves out would wait for ever');
  assert.equal((await lagOf(pattern))?.events, 3, 'of both types');
  for (const by of ['ecology', 'office'] as const)
    for (const id of [one, pattern]) assert.equal(await lagOf(id, by), undefined);
  await drain(one);
  await drain(pattern);
  assert.deepEqual([await lagOf(one), await lagOf(pattern)], [none, none]);

  // at most a thousand are counted, and a type without any of them among the next ten thousand has none
  await database.owner.query(
    `INSERT INTO event SELECT (jsonb_populate_record(e, jsonb_build_object(
              'id', gen_random_uuid(), 'given', 'lag ' || n, 'sequence', t.last_sequence + n))).*
       FROM topic AS t JOIN event AS e ON e.topic = t.id AND e.sequence = t.last_sequence, generate_series(1, 1001) AS n
      WHERE t.id = $1`,
    [topic],
  );
  await database.owner.query('UPDATE topic SET last_sequence = last_sequence + 1001 WHERE id = $1', [topic]);
  const many = (await lagOf(one)) ?? assert.fail();
  assert.deepEqual([many.events, many.more], [1_000, true]);
  const other = ['ecology.air-warning-lifted'];
  const rare = (await school.subscribe({ topic, types: other, start: 'oldest' }, { purpose, agreement })).json
    .id;
  const rareLag = (await lagOf(rare)) ?? assert.fail();
  assert.ok(rareLag.events >= 1 && rareLag.events < 10, JSON.stringify(rareLag));

  // no number where an event may be withheld, or is refused
  await register('steam');
  await grant('steam', (granted) =>
    granted.replace(
      /^ {4}fields:/m,
      '    rows: { all: [{ field: level, op: in, value: [red] }] }\n    fields:',
    ),
  );
  const steam = await school.subscribe({ topic: 'ecology.steam-topic' }, { purpose, agreement: 'agr-steam' });
  await publish('steam-topic', 'steam', 'orange');
  assert.equal(await lagOf(steam.json.id), undefined);
  const ofSteam = (await school.subscribe({ topic: 'ecology.steam*' }, { purpose })).json.id;
  assert.equal(await lagOf(ofSteam), undefined);
  const security = await hub.token('lag security', ['security'], 'ecology');
  const act = (what: string): Promise<unknown> =>
    hub.staff(security, 'POST', `/v1/policy/documents/${agreement}/${what}`, { reason: 'test' });
  await act('suspension');
  assert.equal(await lagOf(one), undefined);
  await act('resumption');
  await school.end(one);
  assert.equal(await lagOf(one), undefined);
});

test('a pattern has no limit of topics: those of others keep none out', async () => {
  // as the hub stores them: 201 registrations take a minute
  for (const [table, change] of [
    ['dataset', "jsonb_build_object('id', 'ecology.a-many-' || n)"],
    ['topic', "jsonb_build_object('id', 'ecology.a-many-' || n)"],
    ['topic_type', "jsonb_build_object('type', 'ecology.a-many-' || n, 'topic', 'ecology.a-many-' || n)"],
  ])
    await database.owner.query(
      `INSERT INTO ${table} SELECT (jsonb_populate_record(one, ${change})).* FROM ${table} AS one, generate_series(1, 201) AS n
        WHERE to_jsonb(one) ->> '${table === 'topic_type' ? 'type' : 'id'}' = 'ecology.smoke${table === 'topic' ? '-topic' : ''}'`,
    );
  const id = await subscribe();
  const smoke = await publish('smoke-topic', 'smoke');
  assert.deepEqual(await drain(id), [smoke]);
  const view = (await school.subscribe({ topic: 'ecology.*' }, { purpose })).json;
  assert.deepEqual([view.topics?.length, (view.matched ?? 0) > 201], [200, true]);
});

test('one call reads at most ten thousand events of all topics together, and the next one goes on', async () => {
  const names = Array.from({ length: 12 }, (_, nth) => `wide-${String(nth).padStart(2, '0')}`);
  const file = join(folder, 'wide.yaml');
  writeFileSync(file, names.map((name) => documentsOf(name, [name])).join('---\n'));
  await city.apply(file);
  const sample = readFileSync(join(samples, 'air-warning/agreement.yaml'), 'utf8');
  const [head = '', granted = ''] = sample.split(/^grants:\n/m);
  const [one = ''] = granted.split(/^ {2}- dataset: ecology\.air-warning-lifted$/m);
  const grants = names.map((name) => one.replace('ecology.air-warning-issued', `ecology.${name}`));
  const agreement = join(folder, 'wide-agreement.yaml');
  writeFileSync(agreement, `${head.replace('agr-air-warnings', 'agr-wide')}grants:\n${grants.join('')}`);
  await city.apply(agreement, [city.education, city.ecology]);
  const many = 1_000;
  for (const name of names)
    await city.ecology.client.events.publish(
      `ecology.${name}-topic`,
      Array.from({ length: many }, (_, nth) => ({
        specversion: '1.0' as const,
        id: `${name}-${nth}`,
        source: 'test',
        type: `ecology.${name}`,
        data: { warning_id: `w-${nth}`, district: '990101', level: 'red' },
      })),
    );
  const filter = [{ field: 'level', op: 'eq', value: 'yellow' }] as const;
  const asked = { topic: 'ecology.wide*', filter, start: 'oldest' } as const;
  const { id } = (await school.subscribe(asked, { purpose })).json;
  let answer = await pull(id);
  assert.deepEqual([answer.events, answer.more], [[], true], 'twelve thousand are not read by one call');
  let calls = 1;
  for (; answer.more; calls += 1) answer = await pull(id, { after: answer.next });
  // each reads five thousand at least
  assert.ok(calls <= 3, `${calls} calls`);
  const { rows } = await database.app.query<{ acknowledged: string }>(
    'SELECT acknowledged::text AS acknowledged FROM pattern_position WHERE subscription = $1',
    [id],
  );
  assert.deepEqual(
    rows.map(({ acknowledged }) => Number(acknowledged)),
    names.map(() => many),
    'the search is stored for each topic',
  );
  const found = await publish('wide-07-topic', 'wide-07', 'yellow');
  assert.deepEqual(
    (await pull(id)).events.map((event) => event.id),
    [found],
  );
});

test('a row that others than the hub changed delivers nothing', async () => {
  const id = await subscribe();
  const administrator = new pg.Client(connectionOf(database.address));
  await administrator.connect();
  await administrator.query("UPDATE subscription SET pattern = '*.*' WHERE id = $1", [id]);
  await administrator.end();
  assert.equal(await codeOf(school.pull(id)), 'subscription_unknown');
});
