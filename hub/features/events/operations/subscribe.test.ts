/** Where a subscription begins, together with its filter: both count, and what cannot both be true is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatongProblem } from '../../../../clients/sdk/datongProblem.ts';
import type { SubscriptionRequest } from '../../../../clients/sdk/events.ts';
import { cityHub } from '../../../../tests/cityHub.ts';

const { database, city } = await cityHub({ jobsByTime: false }, { connections: 12 });
await city.apply('air-warning/topic.yaml');
await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
const topic = 'ecology.air-warnings';
const context = { purpose: 'public-service', agreement: 'agr-air-warnings' };
const { events: school } = city.education.client;

async function publish(district: string, id: string): Promise<string> {
  const { json } = await city.ecology.client.events.publish(topic, [
    {
      specversion: '1.0',
      id,
      source: 'test',
      type: 'ecology.air-warning-issued',
      data: { warning_id: id, district, level: 'orange' },
    },
  ]);
  return json.events[0]?.event ?? assert.fail();
}
/** Ids of the events of a new subscription. */
async function received(requested: Partial<SubscriptionRequest>): Promise<readonly string[]> {
  const { id } = (await school.subscribe({ topic, ...requested }, context)).json;
  return (await school.pull(id)).json.events.map((event) => event.id);
}
const first = await publish('990101', 'a');
const second = await publish('990102', 'b');
await new Promise((resolve) => setTimeout(resolve, 20));
const moment = new Date(database.now()).toISOString();
await new Promise((resolve) => setTimeout(resolve, 20));
const third = await publish('990101', 'c');
const fourth = await publish('990102', 'd');
const filter = [{ field: 'district', op: 'eq' as const, value: '990102' }];

test('a filter counts with every beginning', async () => {
  assert.deepEqual(await received({ start: 'oldest' }), [first, second, third, fourth]);
  assert.deepEqual(await received({ start: 'oldest', filter }), [second, fourth]);
  assert.deepEqual(await received({ since: moment }), [third, fourth]);
  assert.deepEqual(await received({ since: moment, filter }), [fourth]);
  assert.deepEqual(await received({ filter }), []);
});

test('two beginnings, or one that is still to come, are refused', async () => {
  const tomorrow = new Date(database.now() + 86_400_000).toISOString();
  const wrong: readonly Partial<SubscriptionRequest>[] = [
    { start: 'oldest', since: moment },
    { start: 'now', since: moment },
    { since: tomorrow },
  ];
  for (const requested of wrong)
    await assert.rejects(
      school.subscribe({ topic, ...requested }, context),
      (error) => error instanceof DatongProblem && error.code === 'invalid_request',
      JSON.stringify(requested),
    );
});

const keyed = (key: string, body: object, more: Readonly<Record<string, string>> = {}) =>
  city.education.client.call({
    method: 'POST',
    path: '/v1/subscriptions',
    headers: {
      ...{ 'content-type': 'application/json', 'datong-idempotency-key': key },
      ...{ 'datong-purpose': context.purpose, 'datong-agreement': context.agreement },
      ...more,
    },
    body: Buffer.from(JSON.stringify(body), 'utf8'),
    receipt: 'required',
  });
const subscriptions = async (): Promise<number> =>
  (await database.app.query("SELECT FROM subscription WHERE department = 'education'")).rowCount ?? 0;

test('the same call under one idempotency key subscribes once, also at once', async () => {
  const before = await subscriptions();
  const answers = await Promise.all([1, 2, 3].map(() => keyed('subscribe-1', { topic })));
  const again = await keyed('subscribe-1', { topic });
  const ids = new Set([...answers, again].map(({ json }) => (json as { id: string }).id));
  assert.equal(ids.size, 1);
  assert.equal(await subscriptions(), before + 1);
  for (const other of [
    () => keyed('subscribe-1', { topic, start: 'oldest' }),
    () => keyed('subscribe-1', { topic }, { 'datong-purpose': 'environment-study' }),
  ])
    await assert.rejects(
      other(),
      (error) => error instanceof DatongProblem && error.code === 'idempotency_conflict',
    );
  assert.equal(await subscriptions(), before + 1);
});
