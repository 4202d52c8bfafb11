/** Deliveries to a webhook as persons see and change them: of the consumer everything, of others nothing; and the traffic of a topic. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { newestLeaves } from '../../../../tests/flows/leaves.ts';
import { eventually } from '../../../../tests/eventually.ts';
import { pagedLists } from '../../../../tests/pagedLists.ts';
import {
  database,
  Endpoint,
  hub,
  publish,
  reaches,
  subscribed,
  topic,
} from '../../../../tests/flows/webhookHub.ts';

const school = await hub.token('shi', ['steward'], 'education');
const clerk = await hub.token('sheng', ['clerk'], 'education');
const ecology = await hub.token('wen', ['steward'], 'ecology');
const police = await hub.token('jing', ['steward'], 'pub-security');
const office = await hub.token('shu', ['steward']);

interface Shown {
  readonly subscriptions: readonly {
    readonly id: string;
    readonly sink?: { readonly state: string; readonly host?: string; readonly waiting?: number };
  }[];
}
const listed = async (by: string, id: string): Promise<Shown['subscriptions']> => {
  const { json } = await hub.staff(by, 'GET', `/v1/subscriptions?subscription=${id}`);
  return (json as unknown as Shown).subscriptions;
};
const vouching = async (id: string): Promise<unknown> =>
  (await database.owner.query('SELECT certificate, keyid FROM webhook WHERE subscription = $1', [id]))
    .rows[0];

test('a steward of the consumer pauses, tests, resumes and replaces the secret; the machine still vouches', async () => {
  const endpoint = new Endpoint();
  const { id } = await subscribed(endpoint);
  await reaches(id, 'active');
  const before = await vouching(id);
  const act = (name: string): ReturnType<typeof hub.staff> =>
    hub.staff(school, 'POST', `/v1/subscriptions/${id}/sink`, { act: name });
  assert.equal((await act('pause')).status, 200);
  await publish();
  assert.equal((await listed(school, id))[0]?.sink?.state, 'paused');
  assert.deepEqual((await act('test')).json['test'], { sent: 'event', taken: true });
  assert.deepEqual(
    endpoint.got.map(({ events }) => events[0]?.type),
    ['datong.test'],
  );
  const rotated = await hub.staff(school, 'POST', `/v1/subscriptions/${id}/secret`, { overlapHours: 0 });
  assert.equal(rotated.status, 200, JSON.stringify(rotated.json));
  assert.equal((await act('resume')).status, 200);
  await endpoint.until(2);
  const { body, headers } = endpoint.got[1] ?? assert.fail();
  new Webhook(String(rotated.json['secret'])).verify(
    body.toString('utf8'),
    headers as Record<string, string>,
  );
  assert.deepEqual(await vouching(id), before);
  const acts = (await newestLeaves(database, 20)).filter(({ operation }) => operation === 'changeSink');
  assert.deepEqual(
    acts.map(({ change, consumer }) => [change?.['act'], consumer]).reverse(),
    ['pause', 'test', 'resume'].map((name) => [name, 'education']),
  );
});

test('dead letters are sent again by a person of the consumer', async () => {
  const endpoint = new Endpoint();
  endpoint.answer = (_, reply) => void reply.writeHead(500).end();
  const { id } = await subscribed(endpoint);
  await reaches(id, 'active');
  const sent = await publish(2);
  const letters = `/v1/subscriptions/${id}/dead-letters`;
  await eventually(
    async () => ((await hub.staff(ecology, 'GET', letters)).json['letters'] as object[]).length === 2,
    () => 'no dead letters',
  );
  endpoint.answer = (_, reply) => void reply.writeHead(204).end();
  endpoint.got.length = 0;
  const one = await hub.staff(school, 'POST', `${letters}/replay`, { events: [sent[1]] });
  assert.equal(one.json['replayed'], 1);
  await endpoint.until(1);
  assert.deepEqual(endpoint.ids, [sent[1]]);
  assert.equal((await hub.staff(school, 'POST', `${letters}/replay`, {})).json['replayed'], 1);
  await endpoint.until(2);
});

test('dead letters are read in both directions, and counted', async () => {
  const endpoint = new Endpoint();
  endpoint.answer = (_, reply) => void reply.writeHead(500).end();
  const { id } = await subscribed(endpoint);
  await reaches(id, 'active');
  const sent = await publish(3);
  const letters = `/v1/subscriptions/${id}/dead-letters`;
  await eventually(
    async () => ((await hub.staff(ecology, 'GET', letters)).json['letters'] as object[]).length === 3,
    () => 'no dead letters',
  );
  const { pagedBothWays } = pagedLists((token, path) => hub.staff(token, 'GET', path));
  const found = await pagedBothWays(school, letters, 'letters', ['sequence', '-sequence']);
  assert.deepEqual(
    found.map(({ event }) => event),
    sent,
    'in the order of the topic',
  );
});

test('the publisher sees a subscription and changes nothing of it; strangers see none', async () => {
  const { id } = await subscribed(new Endpoint());
  await reaches(id, 'active');
  const [seen] = await listed(ecology, id);
  assert.deepEqual([seen?.sink?.host, typeof seen?.sink?.waiting], [undefined, 'number']);
  assert.deepEqual(await listed(police, id), []);
  for (const by of [ecology, police, clerk, office])
    for (const [path, body] of [
      ['sink', { act: 'pause' }],
      ['secret', {}],
      ['dead-letters/replay', {}],
    ] as const) {
      const { status, json } = await hub.staff(by, 'POST', `/v1/subscriptions/${id}/${path}`, body);
      assert.equal(status, 403, JSON.stringify(json));
    }
  assert.equal((await listed(school, id))[0]?.sink?.state, 'active');
});

test('the publisher alone sees how many events its topic had in each of the last 24 hours', async () => {
  const other = await hub.staff(school, 'GET', `/v1/topics/${topic}`);
  assert.deepEqual([other.json['traffic'], other.json['events']], [undefined, undefined]);
  const traffic = async (): Promise<readonly number[]> => {
    const shown = await hub.staff(ecology, 'GET', `/v1/topics/${topic}`);
    const { topics } = (await hub.staff(ecology, 'GET', '/v1/topics')).json as {
      readonly topics: readonly { readonly id: string; readonly traffic?: readonly number[] }[];
    };
    assert.deepEqual(topics.find(({ id }) => id === topic)?.traffic, shown.json['traffic']);
    return shown.json['traffic'] as readonly number[];
  };
  const move = (hours: number): Promise<unknown> =>
    database.owner.query(
      `UPDATE event SET stored_at = stored_at - make_interval(mins => $2) WHERE topic = $1`,
      [topic, hours * 60],
    );
  await move(30);
  await publish(3);
  await move(4.5);
  await publish(5);
  const hours = await traffic();
  assert.equal(hours.length, 24);
  assert.deepEqual([hours[19], hours[23], hours.reduce((sum, one) => sum + one, 0)], [3, 5, 8]);
});
