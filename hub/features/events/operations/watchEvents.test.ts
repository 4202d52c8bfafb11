/** A person of the consumer watches a subscription in a browser: what its system would get, under the person's name, and nothing changes. */
import assert from 'node:assert/strict';
import { request as httpsRequest } from 'node:https';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventsAnswer } from '../../../../clients/sdk/events.ts';
import { testDatabase } from '../../../../tests/database.ts';
import { lastLeaf } from '../../../../tests/flows/leaves.ts';
import { sampleCity, testHub } from '../../../../tests/hub.ts';

const database = await testDatabase({ connections: 20 });
const hub = await testHub({ database, jobsByTime: false });
after(() => hub.stop());
const city = await sampleCity(hub);
await city.apply('air-warning/topic.yaml');
await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
const { events: school } = city.education.client;
const topic = 'ecology.air-warnings';
const context = { purpose: 'public-service', agreement: 'agr-air-warnings' };
const subscribe = async (): Promise<string> => (await school.subscribe({ topic }, context)).json.id;
const clerk = await hub.token('shi', ['clerk'], 'education');

let count = 0;
async function warn(level = 'red'): Promise<string> {
  count += 1;
  const { json } = await city.ecology.client.events.publish(topic, [
    {
      specversion: '1.0',
      id: `e-${count}`,
      source: 'test',
      type: 'ecology.air-warning-issued',
      data: { warning_id: `w-${count}`, district: '990101', level, peak_aqi: 333 },
    },
  ]);
  return json.events[0]?.event ?? assert.fail();
}

interface Connection {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}
/** One connection, as a browser makes it. @param last `Last-Event-ID` */
const connect = (subscription: string, last?: string, token = clerk): Promise<Connection> =>
  new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(last === undefined ? {} : { 'last-event-id': last }),
    };
    const address = `${hub.hub.origins.staff}/v1/subscriptions/${subscription}/live`;
    httpsRequest(address, { ca: hub.ca, headers, agent: false }, (reply) => {
      let text = '';
      reply.setEncoding('utf8').on('data', (part: string) => (text += part));
      reply.once('end', () =>
        resolve({ status: reply.statusCode ?? 0, type: reply.headers['content-type'] ?? '', text }),
      );
    })
      .on('error', reject)
      .end();
  });
const message = /^retry: 1000\nid: ([\w-]+)\nevent: events\ndata: (.+)\n\n$/;
/** The message of a connection. */
async function watch(subscription: string, last?: string): Promise<{ id: string; answer: EventsAnswer }> {
  const { status, type, text } = await connect(subscription, last);
  assert.deepEqual([status, type], [200, 'text/event-stream'], text);
  const [, id = '', data = ''] = message.exec(text) ?? assert.fail(text);
  return { id, answer: JSON.parse(data) as EventsAnswer };
}
const idsIn = ({ events }: EventsAnswer): readonly string[] => events.map(({ id }) => id);
const codeIn = ({ text }: Connection): unknown => (JSON.parse(text) as { readonly code?: string }).code;

test('a person receives what the system would: masked, decided and logged under their name, and nothing is acknowledged', async () => {
  const id = await subscribe();
  const waiting = watch(id);
  await sleep(300);
  const event = await warn();
  const { answer, id: cursor } = await waiting;
  assert.deepEqual(idsIn(answer), [event]);
  assert.equal(answer.events[0]?.data['peak_aqi'], 300, 'masked');
  const leaf = await lastLeaf(database);
  assert.deepEqual(
    [leaf.kind, leaf.operation, leaf.agreement, leaf.purpose, leaf.rows?.delivered, leaf.consumer],
    ['release', 'watchEvents', 'agr-air-warnings', 'public-service', 1, 'education'],
  );
  assert.ok(leaf.actor.person !== undefined);
  assert.equal(leaf.onBehalfOf, leaf.actor.person, 'the official is the person');
  const next = await warn();
  assert.deepEqual(idsIn((await watch(id, cursor)).answer), [next], 'after the last message');
  assert.deepEqual(idsIn((await watch(id)).answer), [event, next], 'without it, what is not acknowledged');
  assert.deepEqual(idsIn((await school.pull(id)).json), [event, next]);
});

test('a person and the system wait at the same time, and both receive the event', async () => {
  const id = await subscribe();
  const [person, system] = [watch(id), school.pull(id, { wait: 20 })];
  await sleep(300);
  const event = await warn();
  assert.deepEqual(idsIn((await person).answer), [event]);
  assert.deepEqual(idsIn((await system).json), [event]);
});

test('a pattern of topics is not watched: a cursor is that of one of its topics', async () => {
  const { id } = (await school.subscribe({ topic: 'ecology.*' }, { purpose: 'public-service' })).json;
  const connection = await connect(id);
  assert.equal(connection.status, 409);
  assert.equal(codeIn(connection), 'subscription_of_pattern');
});

test('only stewards and clerks of the consumer; what belongs to others is answered as what does not exist', async () => {
  const id = await subscribe();
  await warn();
  const none = '01a1fdab-cf10-75cb-88ab-083f382da461';
  const codeFor = async (role: 'steward' | 'security' | 'auditor', department: string, of = id) => {
    const token = await hub.token(`${role} ${department}`, [role], department);
    const connection = await connect(of, undefined, token);
    return connection.status === 200 ? 'answered' : codeIn(connection);
  };
  assert.equal(await codeFor('steward', 'education'), 'answered');
  assert.equal(await codeFor('security', 'education'), await codeFor('auditor', 'education'));
  assert.notEqual(await codeFor('security', 'education'), 'answered');
  const foreign = await codeFor('steward', 'ecology');
  assert.notEqual(foreign, 'answered');
  assert.equal(foreign, await codeFor('steward', 'ecology', none), 'the publisher');
  assert.equal(foreign, await codeFor('steward', 'transport'));
});

test('the next connection is decided anew, and a cursor of another subscription is refused', async () => {
  const [id, other] = [await subscribe(), await subscribe()];
  await warn();
  const { id: cursor } = await watch(id);
  assert.equal(codeIn(await connect(other, cursor)), 'cursor_invalid');
  assert.equal((await connect(id, 'no cursor')).status, 400);
  await warn();
  const security = await hub.token('an', ['security'], 'ecology');
  const act = async (what: string): Promise<void> => {
    const path = `/v1/policy/documents/agr-air-warnings/${what}`;
    const { status, json } = await hub.staff(security, 'POST', path, { reason: 'test' });
    assert.ok(status < 300, JSON.stringify(json));
  };
  await act('suspension');
  assert.equal(codeIn(await connect(id, cursor)), 'agreement_suspended');
  const leaf = await lastLeaf(database);
  assert.deepEqual(
    [leaf.operation, leaf.decision, leaf.code],
    ['watchEvents', 'deny', 'agreement_suspended'],
  );
  await act('resumption');
  assert.equal((await watch(id, cursor)).answer.events.length, 1);
});

test('a fifth connection of a person is refused while four wait', async () => {
  const id = await subscribe();
  const connections: Promise<{ answer: EventsAnswer }>[] = [];
  for (let nth = 0; nth < 4; nth += 1) {
    connections.push(watch(id));
    await sleep(200);
  }
  assert.equal(codeIn(await connect(id)), 'live_pages_too_many');
  const event = await warn();
  for (const connection of connections) assert.deepEqual(idsIn((await connection).answer), [event]);
});
