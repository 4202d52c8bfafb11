/** The hub's own events: what the hub did reaches those whose agreement with the data office lets them hear of it, once and in order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { householdFile } from '../../../../clients/cli/demo/files/householdFile.ts';
import { DatongProblem } from '../../../../clients/sdk/datongProblem.ts';
import { holdJob, type HeldJob } from '../../../../tests/holdJob.ts';
import { schemaOf } from '../../../../tests/flows/householdVersions.ts';
import { lastLeaf } from '../../../../tests/flows/leaves.ts';
import { Problem } from '../../../../terms/problem.ts';
import { performAct } from '../../../platform/jobs/act.ts';
import type { JobResult } from '../../../platform/jobs/job.ts';
import { errorFacts } from '../../../report.ts';
import { hubEventKind } from '../hubEvent.ts';
import { publishHubEvents } from './publishHubEvents.ts';
import { cityHub } from '../../../../tests/cityHub.ts';
import { newYear } from '../../../../tests/newYear.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 12 });
const office = await hub.enrol('data-office');
const { client: police } = city.publicSecurity;
const { events: school } = city.education.client;
const household = 'pub-security.household';
const context = { purpose: 'public-service', agreement: 'agr-hub-events' };
const steward = await hub.token('han', ['steward'], 'pub-security');
const [author, officer] = [await hub.token('lin', ['steward']), await hub.token('qiu', ['security'])];
const publish = async (): Promise<void> => assert.equal(await hub.hub.runner.run('publishHubEvents'), 'ok');

await publish();
await police.sendFile(household, householdFile(4000, 1).bytes, { mapping: 'household' });
await city.apply('hub-events/topic.yaml');
await city.apply('hub-events/agreement.yaml', [city.education, office]);
await city.apply('school-meals/notice.yaml');
await city.apply('school-meals/agreement.yaml', [city.education, city.publicSecurity]);
await publish();

type Data = Readonly<Record<string, unknown>>;

/** A subscription from now on. @returns fetches what is new in it */
async function subscribed(topic: string): Promise<() => Promise<readonly Data[]>> {
  const { id } = (await school.subscribe({ topic: `data-office.${topic}` }, context)).json;
  let after: string | undefined;
  return async () => {
    await publish();
    const { json } = await school.pull(id, after === undefined ? {} : { after });
    after = json.next;
    return json.events.map(({ data }) => data);
  };
}
const without = ({ entry: _entry, ...data }: Data): Data => data;
const act = async (token: string, path: string, body: object): Promise<Data> => {
  const { status, json } = await hub.staff(token, 'POST', path, body);
  assert.ok(status < 300, JSON.stringify(json));
  return json;
};

test('batches: published, held, restored, each with its log entry; not those of other datasets', async () => {
  const batches = await subscribed('hub-batches');
  const file = householdFile(4000, 2);
  const first = (await police.sendFile(household, file.bytes, { mapping: 'household' })).json.batch;
  const entry = (await lastLeaf(database)).id;
  const counts = { rows: file.good.length, bad: file.spoiled };
  assert.deepEqual(await batches(), [
    { entry, batch: first, dataset: household, department: 'pub-security', state: 'published', ...counts },
  ]);
  const held = await police.sendFile(household, householdFile(1500, 3).bytes, { mapping: 'household' }).then(
    () => assert.fail('published'),
    (error: unknown) => error,
  );
  assert.ok(held instanceof DatongProblem && held.code === 'batch_shrunk', String(held));
  const [second] = await batches();
  assert.equal(second?.['state'], 'held');
  const reason = '已与报送员核对';
  const path = `/v1/batches/${String(second['batch'])}`;
  for (const token of [steward, author]) await hub.staff(token, 'POST', `${path}/release`, { reason });
  assert.deepEqual(
    (await batches()).map(({ batch, state }) => [batch, state]),
    [[second['batch'], 'published']],
  );
  for (const token of [steward, author]) await act(token, `/v1/batches/${first}/restoration`, { reason });
  assert.deepEqual(
    (await batches()).map(({ batch, state }) => [batch, state]),
    [[first, 'restored']],
  );
});

test('schema versions: published and deprecated', async () => {
  const schemas = await subscribed('hub-schemas');
  const document = schemaOf(2);
  let { state, digest } = await act(city.operator, '/v1/schemas', { document });
  for (const token of [author, officer])
    if (state !== 'published')
      ({ state, digest } = await act(token, `/v1/schemas/${document.$id}/decision`, {
        act: 'publish',
        digest,
      }));
  const sunset = newYear(2).slice(0, 10);
  await act(author, `/v1/schemas/${document.$id}/decision`, { act: 'deprecate', sunset, reason: 'test' });
  assert.deepEqual((await schemas()).map(without), [
    { schema: document.$id, state: 'published' },
    { schema: document.$id, state: 'deprecated', sunset },
  ]);
});

test('a published version that is discarded is an event, a draft is not', async () => {
  const schemas = await subscribed('hub-schemas');
  const whole = schemaOf(2);
  for (const [name, draft] of [
    ['mistaken', false],
    ['drafted', true],
  ] as const) {
    const $id = `urn:datong:${name}:1.0`;
    const document = { ...whole, $id };
    const { state, digest } = await act(author, '/v1/schemas', { document, ...(draft ? { draft } : {}) });
    if (!draft && state !== 'published')
      await act(officer, `/v1/schemas/${$id}/decision`, { act: 'publish', digest });
    await act(author, `/v1/schemas/${$id}/decision`, { act: 'discard' });
  }
  assert.deepEqual((await schemas()).map(without), [
    { schema: 'urn:datong:mistaken:1.0', state: 'published' },
    { schema: 'urn:datong:mistaken:1.0', state: 'discarded' },
  ]);
});

test('agreements of the consumer: suspended, and in force again', async () => {
  const agreements = await subscribed('hub-agreements');
  const agreement = 'agr-school-enrolment';
  for (const what of ['suspension', 'resumption'])
    await act(steward, `/v1/policy/documents/${agreement}/${what}`, { reason: 'test' });
  const parties = { agreement, version: 1, provider: 'pub-security', consumer: 'education' };
  assert.deepEqual((await agreements()).map(without), [
    { ...parties, state: 'suspended' },
    { ...parties, state: 'active' },
  ]);
});

test('consents: given and withdrawn, for the recipient', async () => {
  const consents = await subscribed('hub-consents');
  const [family, onForm] = householdFile(4000, 2).good.filter(
    ({ guardian, id }) => guardian !== '' && id.slice(6, 10) >= '2016',
  );
  assert.ok(family && onForm);
  const { rows } = await database.app.query<{ digest: string }>('SELECT digest FROM consent_notice');
  await police.giveConsent({
    id: 'meals-1',
    person: family.id,
    guardian: family.guardian,
    recipient: 'education',
    dataset: household,
    purposes: ['school-meals'],
    fields: ['name', 'income'],
    notBefore: '2026-01-01T00:00:00+08:00',
    expires: '2099-01-01T00:00:00+08:00',
    notice: { digest: rows[0]?.digest ?? '', language: 'zh' },
    method: 'app',
  });
  for (let twice = 0; twice < 2; twice += 1) await police.withdrawConsent('meals-1');
  const parties = {
    consent: 'meals-1',
    recipient: 'education',
    provider: 'pub-security',
    dataset: household,
  };
  assert.deepEqual((await consents()).map(without), [
    { ...parties, state: 'given' },
    { ...parties, state: 'withdrawn' },
  ]);

  const paper = {
    id: 'meals-2',
    form: 'ZZ-2026-1',
    scan: 'a'.repeat(64),
    takenOn: '2026-03-01',
    person: onForm.id,
    guardian: onForm.guardian,
    collectedBy: 'pub-security',
    recipient: 'education',
    dataset: household,
    purposes: ['school-meals'],
    fields: ['name', 'income'],
    expires: '2099-01-01T00:00:00+08:00',
    notice: { digest: rows[0]?.digest ?? '', language: 'zh' },
  };
  const { proposal } = await act(steward, '/v1/paper-consents', paper);
  assert.deepEqual(await consents(), [], 'before the second person confirms it');
  const colleague = await hub.token('ke', ['steward'], 'pub-security');
  const path = `/v1/proposals/${String(proposal)}`;
  const { digest } = (await hub.staff(colleague, 'GET', path)).json;
  await act(colleague, `${path}/acceptance`, { digest });
  await police.withdrawConsent('meals-2');
  const onPaper = { ...parties, consent: 'meals-2' };
  assert.deepEqual((await consents()).map(without), [
    { ...onPaper, state: 'given' },
    { ...onPaper, state: 'withdrawn' },
  ]);
});

test('a batch that was held while the log could not be written is logged and published once the log can be written', async () => {
  const batches = await subscribed('hub-batches');
  const { audit } = hub.hub;
  const append = audit.append.bind(audit);
  audit.append = (draft) =>
    draft.leaf.code === 'batch_shrunk' ? Promise.reject(new Problem('storage_full')) : append(draft);
  try {
    const outcome = await police
      .sendFile(household, householdFile(1500, 5).bytes, { mapping: 'household' })
      .then(
        ({ json }) => json.state,
        (error: unknown) => (error instanceof DatongProblem ? error.code : String(error)),
      );
    assert.ok(['held', 'log_unavailable', 'storage_full'].includes(outcome), outcome);
  } finally {
    audit.append = append;
  }
  const { rows } = await database.owner.query<{ id: string; exchange: string }>(
    `UPDATE batch SET finished_at = finished_at - interval '2 minutes' WHERE state = 'held' RETURNING id, exchange`,
  );
  const held = rows.at(-1);
  assert.deepEqual(await batches(), []);
  for (let twice = 0; twice < 2; twice += 1) {
    assert.equal(await hub.hub.runner.run('resumeBatches'), 'ok');
    const expected = twice === 0 ? [[held?.id, 'held', held?.exchange]] : [];
    assert.deepEqual(
      (await batches()).map(({ batch, state, entry }) => [batch, state, entry]),
      expected,
    );
  }
});

test('a suspended type gets what happened in the meantime when it is resumed, in order; others go on', async () => {
  const batches = await subscribed('hub-batches');
  const schemas = await subscribed('hub-schemas');
  const path = '/v1/datasets/data-office.hub-schema/decision';
  const registered: string[] = [];
  const register = async (name: string): Promise<void> => {
    const document = { ...schemaOf(2), $id: `urn:datong:${name}:1.0` };
    const { state, digest } = await act(author, '/v1/schemas', { document });
    if (state !== 'published')
      await act(officer, `/v1/schemas/${document.$id}/decision`, { act: 'publish', digest });
    registered.push(document.$id);
  };
  await act(author, path, { act: 'suspend', reason: 'test' });
  await publish();
  for (const name of ['first', 'second']) await register(name);
  const { batch } = (await police.sendFile(household, householdFile(4000, 6).bytes, { mapping: 'household' }))
    .json;
  assert.deepEqual(
    (await batches()).map((one) => one['batch']),
    [batch],
  );
  await publish();
  await act(author, path, { act: 'resume', reason: 'test' });
  await register('third');
  // the past is a run of its own
  const got = [...(await schemas()), ...(await schemas())];
  assert.deepEqual(
    got.map(({ schema }) => schema),
    registered,
  );
});

test('agreements that end soon, and answered tickets, for the consumer', async () => {
  const agreements = await subscribed('hub-agreements');
  const tickets = await subscribed('hub-tickets');
  const until = new Date(Date.now() + 6 * 86_400_000).toISOString();
  await database.owner.query(
    `UPDATE policy_document SET text = jsonb_set(text::jsonb, '{valid,until}', to_jsonb($1::text))::text WHERE id = 'agr-school-enrolment'`,
    [until],
  );
  for (let twice = 0; twice < 2; twice += 1) assert.equal(await hub.hub.runner.run('warnExpiry'), 'ok');
  const parties = { provider: 'pub-security', consumer: 'education' };
  assert.deepEqual((await agreements()).map(without), [
    { agreement: 'agr-school-enrolment', version: 1, ...parties, until, state: 'ending' },
  ]);

  const person = householdFile(4000, 6).good[0];
  const { json: ticket } = await city.education.client.tickets.open({
    dataset: household,
    key: person?.id ?? '',
    claim: 'the day is another one',
  });
  assert.deepEqual(await tickets(), [], 'before it is answered');
  await act(steward, `/v1/tickets/${ticket.id}/answer`, { act: 'explain', reason: 'as in the register' });
  assert.deepEqual((await tickets()).map(without), [
    {
      ticket: ticket.id,
      opener: 'education',
      provider: 'pub-security',
      dataset: household,
      state: 'explained',
    },
  ]);
});

test('a response plan of the data office opens for a held batch', async () => {
  const plan = {
    id: 'data-office.held-batches',
    title: { zh: '搁置批次', en: 'Held batches' },
    maxHours: 24,
    type: 'data-office.hub-batch',
    when: [{ field: 'state', op: 'eq', value: 'held' }],
    steps: [
      {
        id: 'seen',
        title: { zh: '知悉', en: 'Seen' },
        departments: ['pub-security'],
        grade: 'received',
        withinSeconds: 600,
      },
    ],
  };
  const second = await hub.token('lan', ['steward']);
  const { proposal } = await act(author, '/v1/response-plans', plan);
  const path = `/v1/proposals/${String(proposal)}`;
  const { digest } = (await hub.staff(second, 'GET', path)).json;
  await act(second, `${path}/acceptance`, { digest });
  await publish();
  await police.sendFile(household, householdFile(1500, 4).bytes, { mapping: 'household' }).then(
    () => assert.fail('published'),
    (error: unknown) => assert.ok(error instanceof DatongProblem && error.code === 'batch_shrunk'),
  );
  await publish();
  const leaf = await lastLeaf(database);
  const { json } = await hub.staff(second, 'GET', '/v1/open-events?state=open');
  const open = json['events'] as readonly Data[];
  assert.deepEqual(
    open.map(({ type, plan: under }) => [type, under]),
    [['data-office.hub-batch', plan.id]],
  );
  assert.deepEqual(
    [leaf.operation, leaf.change?.['opened'], leaf.change?.['event']],
    ['publishHubEvents', 1, open[0]?.['event']],
  );
});

test('a run stores a limited number of events and ends after the last one', async () => {
  const { rows } = await database.app.query<{ n: string }>('SELECT count(*) AS n FROM audit_entry');
  const size = Number(rows[0]?.n);
  const { audit, services } = hub.hub;
  /** Publishes the whole log again. @returns the events, and how many each run stored */
  const again = async (maxEvents: number): Promise<readonly [readonly string[], readonly unknown[]]> => {
    await database.owner.query('DELETE FROM event');
    const job = publishHubEvents({ ...services, audit: { size: () => size } }, maxEvents);
    const counts: unknown[] = [];
    let result: JobResult = { state: { next: 0 }, more: true };
    const runAll = async (held: HeldJob): Promise<void> => {
      while (result.more === true) result = await run(held, result.state);
    };
    const run = (held: HeldJob, state: unknown): Promise<JobResult> =>
      job.run({
        now: () => database.now(),
        state,
        signal: new AbortController().signal,
        act: (facts) => {
          counts.push(facts.change?.['stored']);
          return performAct(audit, held, database.now(), facts);
        },
      });
    await holdJob(database, 'publishHubEvents', runAll);
    const stored = await database.app.query<{ given: string }>(
      'SELECT given FROM event ORDER BY topic, sequence',
    );
    return [stored.rows.map(({ given }) => given), counts];
  };
  const [whole, [all, ...more]] = await again(1_000);
  assert.deepEqual([all, more], [whole.length, []]);
  const [parts, counts] = await again(2);
  assert.deepEqual(parts, whole);
  assert.ok(counts.length >= whole.length / 2 && counts.every((count) => Number(count) <= 2), String(counts));
});

test('an event that its type does not take is reported with its log entry; another department may publish a schema of that name', async () => {
  const facts = errorFacts(new Problem('event_invalid', { count: 1, entry: 'e-1' }));
  assert.deepEqual([facts['code'], facts['entry']], ['event_invalid', 'e-1']);
  assert.equal(hubEventKind('urn:datong:constructor:1.0'), undefined);
  const title = { zh: '动态', en: 'News' };
  await act(city.operator, '/v1/datasets', {
    id: 'education.news',
    title,
    schema: 'urn:datong:hub-schema:1.0',
    mode: 'events',
    sharing: { type: 'conditional', conditions: '示例' },
  });
  const topic = { id: 'education.news-topic', title, types: ['education.news'], retentionDays: 30 };
  await act(city.operator, '/v1/topics', topic);
  const { json } = await city.education.client.events.publish(topic.id, [
    {
      specversion: '1.0' as const,
      id: 'e-1',
      source: 'test',
      type: 'education.news',
      data: { entry: 'e', schema: 'urn:datong:household:9.0', state: 'published' },
    },
  ]);
  assert.equal(json.stored, 1);
});

test('a run whose position was lost stores nothing twice; the data office publishes none of them itself', async () => {
  const count = async (): Promise<number> =>
    Number((await database.app.query<{ n: string }>('SELECT count(*) AS n FROM event')).rows[0]?.n);
  const before = await count();
  assert.ok(before > 0);
  await database.owner.query(
    `UPDATE job_position SET state = jsonb_build_object('next', 0) WHERE job = 'publishHubEvents'`,
  );
  await publish();
  const whole = await count();
  const { rows } = await database.app.query<{ given: string }>('SELECT given FROM event');
  assert.equal(new Set(rows.map(({ given }) => given)).size, whole);
  await database.owner.query(
    `UPDATE job_position SET state = jsonb_build_object('next', 0) WHERE job = 'publishHubEvents'`,
  );
  await publish();
  assert.equal(await count(), whole);
  const forged = {
    specversion: '1.0' as const,
    id: 'e-1',
    source: 'test',
    type: 'data-office.hub-schema',
    data: { entry: 'e', schema: 'urn:datong:household:9.0', state: 'published' },
  };
  const refused = await office.client.events.publish('data-office.hub-schemas', [forged]).then(
    () => assert.fail('published'),
    (error: unknown) => error,
  );
  assert.ok(refused instanceof DatongProblem && refused.code === 'topic_not_owned', String(refused));
});
