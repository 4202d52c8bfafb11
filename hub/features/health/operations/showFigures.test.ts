/** The figures of the hub for an operator: those of /metrics, of the jobs and of the database. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ReplyOf } from '../../../pipeline/contract.ts';
import { recordSizes, sizesIn } from '../jobs/recordSizes.ts';
import { callFigures } from './callFigures.ts';
import { CounterHistory } from './counterHistory.ts';
import type { MetricSample } from './metricFamily.ts';
import { hubCounters } from './hubCounters.ts';
import { cityHub } from '../../../../tests/cityHub.ts';

const { database, hub, city } = await cityHub();
const figuresOf = async (): Promise<ReplyOf<'showFigures', 200>> => {
  const { status, json } = await hub.staff(city.operator, 'GET', '/v1/figures');
  assert.equal(status, 200, JSON.stringify(json));
  return json as unknown as ReplyOf<'showFigures', 200>;
};

test('calls are counted by operation and result, as /metrics counts them', async () => {
  const before = await figuresOf();
  const readings = (all: typeof before) =>
    all.calls.byOperation.find(({ operation }) => operation === 'listExchanges') ?? {
      answered: 0,
      refused: 0,
    };
  for (let call = 0; call < 3; call += 1) await city.education.client.exchanges();
  await assert.rejects(city.education.client.receipt('019a0000-0000-7000-8000-000000000000'), {
    code: 'not_found',
  });
  const now = await figuresOf();
  assert.equal(readings(now).answered, readings(before).answered + 3);
  const refused = now.calls.byOperation.find(({ operation }) => operation === 'getReceipt');
  assert.equal(refused?.refused, 1);
  const [first] = now.calls.byOperation;
  assert.ok(first && first.p50Ms > 0 && first.p50Ms <= first.p95Ms && first.p95Ms <= first.p99Ms);
  const { body } = await hub.hub.metrics.text();
  assert.match(body, /^datong_log_entries \d+$/m);
  assert.equal(typeof now.log.entries, 'number');
  assert.equal(now.waiting.statements, 0);
});

test('jobs, database, disk and certificates are those of the hub', async () => {
  await hub.hub.runner.run('forgetQuotas');
  const { jobs, database: server, growth, certificates, process: of } = await figuresOf();
  const job = jobs.find(({ name }) => name === 'forgetQuotas');
  assert.equal(job?.outcome, 'ok');
  assert.equal(job.lateSeconds, 0);
  assert.ok(
    server.bytes > 1_000_000 && server.connections >= 1 && server.connections <= server.maxConnections,
  );
  assert.match(server.version, /^\d+/);
  assert.equal(growth.bytesPerDay, undefined, 'nothing is known before a day has passed');
  assert.deepEqual(
    certificates.ends.map(({ what }) => what),
    ['intermediate', 'root-list', 'listener', 'revocation-list'],
  );
  for (const { until } of certificates.ends) assert.ok(Date.parse(until) > Date.now());
  assert.ok(of.memoryBytes > 10_000_000);
});

test('growth and its forecast come from recorded sizes', async () => {
  const now = Date.now();
  const state = { sizes: [{ at: now - 4 * 86_400_000, bytes: 1_000_000, entries: 0 }] };
  await database.app.query(
    `INSERT INTO job (name, due, state) VALUES ('recordSizes', now(), $1)
       ON CONFLICT (name) DO UPDATE SET state = $1`,
    [JSON.stringify(state)],
  );
  const { growth, database: server, log } = await figuresOf();
  const perDay = (server.bytes - 1_000_000) / 4;
  assert.ok(Math.abs((growth.bytesPerDay ?? 0) - perDay) < perDay * 0.01, `${growth.bytesPerDay}, ${perDay}`);
  assert.ok(Math.abs((growth.entriesPerDay ?? 0) - (log.entries ?? 0) / 4) <= 1);
  if (growth.freeBytes !== undefined)
    assert.equal(growth.daysLeft, Math.floor(growth.freeBytes / (growth.bytesPerDay ?? 1)));
});

test('a person of another role is refused', async () => {
  for (const [role, department] of [
    ['auditor', undefined],
    ['steward', 'education'],
  ] as const) {
    const token = await hub.token(`other-${role}`, [role], department);
    assert.equal((await hub.staff(token, 'GET', '/v1/figures')).status, 403);
  }
});

test('a size is recorded once a day, for 31 days; a state of another form is not read', async () => {
  const job = recordSizes(database.app, { size: () => 7 });
  const run = (state: unknown, now: number) =>
    job.run({
      now: () => now,
      state,
      signal: new AbortController().signal,
      act: () => assert.fail('no act'),
    });
  let state: unknown = null;
  const begin = Date.parse('2026-10-01T09:00:00+08:00');
  for (let day = 0; day < 40; day += 1) {
    const at = begin + day * 86_400_000;
    ({ state = state } = await run(state, at));
    assert.deepEqual(await run(state, at + 3_600_000), {});
  }
  const sizes = sizesIn(state);
  assert.equal(sizes.length, 31);
  const [first] = sizes;
  assert.ok(first && first.bytes > 0);
  assert.deepEqual(first, { at: begin + 9 * 86_400_000, bytes: first.bytes, entries: 7 });
  for (const other of [undefined, 3, { sizes: 'many' }, { sizes: [{ at: 'now' }, null] }])
    assert.deepEqual(sizesIn(other), []);
});

test('a history compares with its oldest snapshot; latencies lie within their buckets', async () => {
  const counters = hubCounters();
  const history = new CounterHistory((name) => counters.family(name));
  for (let call = 0; call < 5; call += 1) counters.answered('queryDataset', 200, 700);
  await history.begin();
  after(() => history.close());
  for (let call = 0; call < 98; call += 1) counters.answered('queryDataset', 200, 3);
  counters.answered('queryDataset', 503, 20_000);
  counters.answered('queryDataset', 422, 3);
  const [only, ...others] = callFigures(await history.increase());
  assert.deepEqual(others, []);
  assert.deepEqual(
    { ...only, p50Ms: 0, p95Ms: 0 },
    { operation: 'queryDataset', answered: 98, refused: 1, failed: 1, p50Ms: 0, p95Ms: 0, p99Ms: 5 },
  );
  // 99 of 100 calls lie between 2.5 and 5 ms
  assert.ok(only && only.p50Ms > 2.5 && only.p50Ms < 5 && only.p95Ms > only.p50Ms && only.p95Ms < 5);
  const beyond: MetricSample[] = [
    { metricName: 'datong_answer_seconds_bucket', labels: { operation: 'x', le: 10 }, value: 0 },
    { metricName: 'datong_answer_seconds_bucket', labels: { operation: 'x', le: '+Inf' }, value: 4 },
  ];
  const [slow] = callFigures({
    of: (counter) =>
      counter === 'datong_answers_total'
        ? [{ labels: { operation: 'x', status: '200' }, value: 4 }]
        : counter === 'datong_answer_seconds'
          ? beyond
          : [],
  });
  assert.equal(slow?.p50Ms, 10_000);
});
