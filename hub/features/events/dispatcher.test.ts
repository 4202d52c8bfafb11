/** Deliveries to webhooks: real hubs, real TLS endpoints that behave and that do not, and the stock library of Standard Webhooks as the receiver. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import pg from 'pg';
import { Webhook } from 'standardwebhooks';
import { verificationKey } from '../../../certs/signatures/index.ts';
import { ProviderService } from '../../../clients/sdk/providerService.ts';
import { newestLeaves } from '../../../tests/flows/leaves.ts';
import { connectionOf } from '../../platform/database/connection.ts';
import { administratorSession } from '../../../tests/administratorSession.ts';
import { machineOf } from '../../../tests/hub.ts';
import { samplePlan } from '../../../tests/samplePlan.ts';
import { eventually } from '../../../tests/eventually.ts';
import {
  city,
  codeOf,
  database,
  Endpoint,
  hub,
  issued,
  lookUpAs,
  nap,
  origin,
  publish,
  published,
  reaches,
  resolved,
  school,
  second,
  service,
  shown,
  subscribed,
  topic,
} from '../../../tests/flows/webhookHub.ts';

describe('what is delivered', () => {
  test('after the challenge, masked, signed by the hub and as Standard Webhooks, under an entry', async () => {
    const endpoint = new Endpoint();
    const { id, secret = '', sink } = await subscribed(endpoint);
    assert.deepEqual([sink?.state, sink?.host], ['unproven', new URL(endpoint.url).host]);
    const [event] = await publish(1, { peak_aqi: 263 });
    await endpoint.until(1);
    const [message] = endpoint.got;
    assert.ok(message !== undefined);
    const [{ time, dataschema }] = message.events as unknown as [{ time: string; dataschema: string }];
    // of the process that delivers
    const schemas = [hub, second].map(
      ({ hub: { origins } }) => `${origins.exchange}/v1/schemas/urn:datong:air-warning:1.0`,
    );
    assert.ok(schemas.includes(dataschema), dataschema);
    assert.deepEqual(message.events, [
      {
        specversion: '1.0',
        id: event,
        source: `/v1/topics/${topic}`,
        type: issued,
        time,
        datacontenttype: 'application/json',
        dataschema,
        subject: '990101',
        data: { warning_id: `w-${published()}`, district: '990101', level: 'orange', peak_aqi: 250 },
      },
    ]);
    assert.equal(endpoint.challenges, 1);
    assert.equal(message.headers['content-type'], 'application/cloudevents+json');
    const standard = message.headers as Record<string, string>;
    assert.deepEqual(new Webhook(secret).verify(message.body, standard), message.events[0]);
    assert.equal(standard['webhook-id'], event);
    const tampered = Buffer.from(message.body.toString('utf8').replace('orange', 'yellow'));
    assert.throws(() => new Webhook(secret).verify(tampered, standard), /No matching signature/);
    const receiver = new ProviderService({
      origin,
      key: city.education.signing,
      hubKeys: [verificationKey(hub.hub.keys.hubSigning.privateKey)],
    });
    const { method, path, rawHeaders, body } = { method: 'POST', path: endpoint.path, ...message };
    let exchange = '';
    const verified = await receiver.answer({ method, path, rawHeaders, body }, (call) => {
      [exchange = ''] = call.split('.');
      return { contentType: 'text/plain', body: Buffer.from('taken') };
    });
    assert.equal(verified.status, 200);
    const refused = await receiver.answer({ method, path, rawHeaders, body: tampered }, () => assert.fail());
    assert.equal(refused.status, 401);
    const leaf = (await newestLeaves(database, 50)).find((one) => one.id === exchange) ?? assert.fail();
    assert.deepEqual(
      [leaf.operation, leaf.kind, leaf.consumer, leaf.agreement, leaf.purpose, leaf.dataset],
      ['deliverEvents', 'release', 'education', 'agr-air-warnings', 'public-service', issued],
    );
    assert.deepEqual(leaf.change, { subscription: id, topic });
    await reaches(id, 'active');
    // shown once, and the events of it are not fetched
    assert.equal((await shown(id)).secret, undefined);
    assert.equal(await codeOf(school.pull(id)), 'subscription_has_sink');
  });

  test('in the order of the topic, several in one message, each once', async () => {
    const endpoint = new Endpoint();
    endpoint.answer = (_, reply) => void setTimeout(() => reply.writeHead(200).end(), 20);
    await subscribed(endpoint, 10);
    const sent: string[] = [];
    for (let i = 0; i < 6; i += 1) sent.push(...(await publish(7)));
    await eventually(
      () => endpoint.ids.length >= sent.length,
      () => `${endpoint.ids.length} of ${sent.length}`,
    );
    assert.deepEqual(endpoint.ids, sent);
    assert.ok(endpoint.got.length < sent.length);
    assert.ok(Math.max(...endpoint.got.map(({ events }) => events.length)) <= 10);
    assert.equal(endpoint.got[0]?.headers['content-type'], 'application/cloudevents-batch+json');
  });

  test('a filter, and a start in the past', async () => {
    const before = new Date(database.now()).toISOString();
    await nap(5);
    const [, mine] = [await publish(), await publish(1, { district: '990102' })];
    const endpoint = new Endpoint();
    await subscribed(endpoint, 10, {
      since: before,
      filter: [{ field: 'district', op: 'eq', value: '990102' }],
    });
    await endpoint.until(1);
    assert.deepEqual(endpoint.ids, mine);
  });
});

describe('mutual TLS', () => {
  test('the certificate of the hub is presented to an endpoint that demands one', async () => {
    const endpoint = new Endpoint();
    await subscribed(endpoint);
    await publish();
    await endpoint.until(1);
    assert.equal(endpoint.got[0]?.client, `URI:urn:datong:hub:${hub.hub.config.name}`);
  });

  test('its client certificate is not accepted: the event arrives when it is', async () => {
    const endpoint = new Endpoint();
    const { id } = await subscribed(endpoint);
    await reaches(id, 'active');
    // connections that are open stay valid
    service.server.setSecureContext({ ...service.tls, ca: service.ca });
    service.server.closeAllConnections();
    const [event] = await publish();
    await reaches(id, 'failing');
    const trouble = (await shown(id)).sink?.trouble;
    assert.match(trouble?.code ?? '', /^(?:ERR_SSL_TLSV1_ALERT_UNKNOWN_CA|ECONNRESET|EPIPE)$/);
    assert.ok((trouble?.zh ?? '') !== '' && (trouble?.en ?? '') !== '', JSON.stringify(trouble));
    assert.equal(endpoint.got.length, 0);
    service.server.setSecureContext({ ...service.tls, ca: hub.ca });
    await endpoint.until(1);
    assert.deepEqual(endpoint.ids, [event]);
  });
});

describe('an endpoint that misbehaves', () => {
  const refusals: readonly (readonly [string, Endpoint['answer'], string])[] = [
    [
      'redirects',
      (_, reply) => void reply.writeHead(307, { location: `${origin}/elsewhere` }).end(),
      'redirect',
    ],
    [
      'answers byte by byte',
      (_, reply) => {
        reply.writeHead(200);
        const drip = setInterval(() => reply.write('.'), 50);
        reply.on('close', () => clearInterval(drip));
      },
      'time',
    ],
    [
      'sends a gigabyte back',
      (_, reply) => {
        reply.writeHead(200);
        const more = (): void => {
          while (!reply.destroyed && reply.write(Buffer.alloc(1 << 20)));
        };
        reply.on('drain', more);
        more();
      },
      'too_large',
    ],
    ['is out of order', (_, reply) => void reply.writeHead(500).end(), 'status'],
  ];
  for (const [what, badly, trouble] of refusals)
    test(`it ${what}: the event comes again, under the same id`, async () => {
      const endpoint = new Endpoint();
      endpoint.answer = badly;
      const { id } = await subscribed(endpoint);
      const [event] = await publish();
      await endpoint.until(1);
      await reaches(id, 'failing');
      const view = (await shown(id)).sink;
      assert.equal(view?.trouble?.code, trouble);
      assert.ok(view.trouble.en.length > 10 && view.nextAttempt !== undefined);
      endpoint.answer = (_, reply) => void reply.writeHead(200).end();
      await reaches(id, 'active');
      assert.deepEqual(new Set(endpoint.ids), new Set([event]));
      assert.deepEqual(new Set(endpoint.got.map(({ headers }) => headers['webhook-id'])), new Set([event]));
      assert.ok(endpoint.got.length >= 2);
    });

  test('its name points to a forbidden address the second time: nothing is sent there', async () => {
    const endpoint = new Endpoint();
    const { id } = await subscribed(endpoint);
    await reaches(id, 'active');
    lookUpAs([['127.0.0.5', '10.0.0.1', '::1']]);
    await publish();
    await reaches(id, 'failing');
    assert.equal((await shown(id)).sink?.trouble?.code, 'address');
    assert.equal(endpoint.got.length, 0);
    lookUpAs([['127.0.0.1']]);
    await endpoint.until(1);
  });

  test('it answers 200 without the challenge: it gets no event', async () => {
    const endpoint = new Endpoint();
    endpoint.prove = (_, reply) => void reply.writeHead(200).end('{"challenge": "guessed"}');
    const { id } = await subscribed(endpoint);
    await publish();
    await eventually(
      () => endpoint.challenges >= 3,
      () => 'it is not asked again',
    );
    const view = (await shown(id)).sink;
    assert.deepEqual([view?.state, view?.trouble?.code], ['unproven', 'challenge']);
    assert.equal(endpoint.got.length, 0);
    const wrong = (await school.sink(id, 'test')).json.test;
    assert.deepEqual([wrong?.sent, wrong?.taken], ['challenge', false]);
    endpoint.prove = (challenge, reply) => void reply.end(challenge);
    await endpoint.until(1);
  });

  test('Retry-After is obeyed', async () => {
    const endpoint = new Endpoint();
    endpoint.answer = (_, reply) => void reply.writeHead(503, { 'retry-after': '1' }).end();
    await subscribed(endpoint);
    await publish();
    await endpoint.until(1);
    endpoint.answer = (_, reply) => void reply.writeHead(200).end();
    await endpoint.until(2);
    assert.ok((endpoint.got[1]?.at ?? 0) - (endpoint.got[0]?.at ?? 0) >= 900);
  });

  test('410 ends the subscription', async () => {
    const endpoint = new Endpoint();
    endpoint.answer = (_, reply) => void reply.writeHead(410).end();
    const { id } = await subscribed(endpoint);
    await publish();
    await eventually(
      async () => (await shown(id)).state === 'ended',
      () => 'it has not ended',
    );
    await publish();
    await nap(200);
    assert.equal(endpoint.got.length, 1);
  });

  test('410 after the consumer ended the subscription writes no second entry', async () => {
    const endpoint = new Endpoint();
    const { id } = await subscribed(endpoint);
    const answered = new Promise<void>((resolve) => {
      endpoint.answer = (_, reply) =>
        void school.end(id).then(() => {
          reply.writeHead(410).end();
          resolve();
        });
    });
    await publish();
    await answered;
    await nap(300);
    const ends = (await newestLeaves(database, 20)).filter(
      ({ change }) => change?.['subscription'] === id && change['act'] === 'end',
    );
    assert.deepEqual(
      ends.map(({ operation }) => operation),
      ['endSubscription'],
    );
  });

  test('a dead webhook delays no other', async () => {
    const dead = Array.from({ length: 20 }, () => new Endpoint());
    for (const endpoint of dead) {
      endpoint.answer = () => undefined; // never
      await subscribed(endpoint);
    }
    const alive = new Endpoint();
    await subscribed(alive);
    await eventually(
      () => alive.challenges === 1,
      () => 'not proven',
    );
    await publish();
    await nap(300);
    const times: number[] = [];
    for (let i = 0; i < 10; i += 1) {
      const begun = performance.now();
      const before = alive.got.length;
      await publish();
      await eventually(
        () => alive.got.length > before,
        () => 'held up',
      );
      times.push((alive.got.at(-1)?.at ?? 0) - begun);
    }
    // one that waited for a dead one would wait for half of its patience of a second, on average
    const median = times.sort((a, b) => a - b)[times.length / 2] ?? Infinity;
    assert.ok(median < 500, times.map(Math.round).join(' '));
  });
});

test('two processes deliver without double work, and each in order', async () => {
  const pair = [new Endpoint(), new Endpoint(), new Endpoint()];
  for (const endpoint of pair) {
    endpoint.answer = (_, reply) => void setTimeout(() => reply.writeHead(200).end(), 5);
    await subscribed(endpoint, 3);
  }
  await eventually(
    () => pair.every(({ challenges }) => challenges === 1),
    () => 'not proven',
  );
  const there = machineOf(city.ecology, second);
  const before = { ...resolved };
  const sent: string[] = [];
  // until the second process has taken a webhook once, it asks for them every five seconds
  for (let i = 0; i < 20 || resolved.second < before.second + 10; i += 1) {
    assert.ok(i < 1_000, 'the second process delivers nothing');
    sent.push(...(await publish(5, {}, i % 2 === 0 ? city.ecology : there)));
    await nap(20);
  }
  there.client.close();
  for (const endpoint of pair) {
    await eventually(
      () => endpoint.ids.length >= sent.length,
      () => `${endpoint.ids.length} of ${sent.length}`,
    );
    assert.deepEqual(endpoint.ids, sent);
  }
  assert.ok(resolved.first >= before.first + 10, 'the first process delivers nothing');
});

test('a row of a webhook that others than the hub changed is not used', async () => {
  const endpoint = new Endpoint();
  const { id } = await subscribed(endpoint);
  await reaches(id, 'active');
  const administrator = new pg.Client(connectionOf(database.address));
  await administrator.connect();
  await administrator.query('UPDATE webhook SET certificate = $2 WHERE subscription = $1', [id, 'ff']);
  await administrator.end();
  await publish();
  await eventually(
    async () => {
      const { rows } = await database.app.query<{ trouble: string | null }>(
        'SELECT trouble FROM webhook_state WHERE subscription = $1',
        [id],
      );
      return rows[0]?.trouble === 'configuration';
    },
    () => 'it is used',
  );
  assert.equal(endpoint.got.length, 0);
});

test('a row past the hub, as if the closing had been sent: no message is sent and logged until it is gone', async () => {
  await city.apply('air-warning/response.yaml');
  await samplePlan(hub);
  const since = new Date(database.now()).toISOString();
  const [event = ''] = await publish(1, { level: 'red' });
  await city.ecology.client.events.close(event, { code: 'ended', reason: '预警已解除' });
  const administrator = await administratorSession(database);
  await administrator.query(`INSERT INTO late_closing (event, department) VALUES ('${event}', 'education')`);
  const before = hub.hub.audit.size();
  const entries = async (): Promise<number> =>
    (await newestLeaves(database, hub.hub.audit.size() - before)).filter(
      ({ operation, kind }) => operation === 'deliverEvents' && kind === 'release',
    ).length;
  const endpoint = new Endpoint();
  await subscribed(endpoint, 1, { since });
  await nap(1_500);
  assert.deepEqual([endpoint.got.length, await entries()], [0, 0]);
  await administrator.query(`DELETE FROM late_closing WHERE event = '${event}'`);
  await endpoint.until(1);
  assert.deepEqual([endpoint.ids, await entries()], [[event], 1]);
});
