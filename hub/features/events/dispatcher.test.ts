/** Webhooks: real hubs, real TLS endpoints that behave and that do not, and the stock library of Standard Webhooks as the receiver. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import pg from 'pg';
import { Webhook } from 'standardwebhooks';
import { verificationKey } from '../../../certs/signatures/index.ts';
import { DatongProblem } from '../../../clients/sdk/datongProblem.ts';
import type { Subscription, SubscriptionRequest } from '../../../clients/sdk/events.ts';
import { ProviderService } from '../../../clients/sdk/providerService.ts';
import { Problem } from '../../../terms/problem.ts';
import { testDatabase } from '../../../tests/database.ts';
import { connectionOf } from '../../platform/database/connection.ts';
import { sampleCity, testHub, type TestHubOptions } from '../../../tests/hub.ts';
import { newestLeaves } from '../../../tests/flows/leaves.ts';
import { testService, type Serve } from '../../../tests/flows/serviceProvider.ts';

const database = await testDatabase({ connections: 30 });
const host = 'events.school.example';
const service = await testService(host);
const folder = mkdtempSync(join(tmpdir(), 'datong-webhooks-'));
const caFile = join(folder, 'ca.pem');
writeFileSync(caFile, service.ca);
const origin = `https://${host}:${service.port}`;
/** What the name of the endpoint is looked up as, one answer after the other; the last one stays. */
let lookedUp: readonly (readonly string[])[] = [['127.0.0.1']];
const resolve = (): Promise<readonly string[]> => {
  const [first = [], ...rest] = lookedUp;
  if (rest.length > 0) lookedUp = rest;
  return Promise.resolve(first);
};
const options: TestHubOptions = {
  ...{ database, jobsByTime: false, resolve },
  dispatch: { firstMs: 60, maxMs: 120, pollMs: 30, patienceMs: 1_000, leaseMs: 4_000, windowMs: 1_500 },
  config: { services: [{ department: 'education', origin, addresses: ['127.0.0.0/30'], caFile }] },
};
const hub = await testHub(options);
const second = await testHub({ ...options, keysDir: hub.hub.config.keysDir });
after(async () => {
  await second.stop();
  await hub.stop();
  service.close();
  rmSync(folder, { recursive: true, force: true });
});
service.server.setSecureContext({ ...service.tls, ca: hub.ca });
const city = await sampleCity(hub);
await city.apply('air-warning/topic.yaml');
await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
const { events: school } = city.education.client;
const topic = 'ecology.air-warnings';
const issued = 'ecology.air-warning-issued';
const context = { purpose: 'public-service', agreement: 'agr-air-warnings' };
const nap = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

interface Event {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly subject?: string;
  readonly data: Readonly<Record<string, unknown>>;
}
interface Message {
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly events: readonly Event[];
  readonly at: number;
}

/** An endpoint below a path of its own. */
class Endpoint {
  readonly path: string;
  readonly url: string;
  readonly got: Message[] = [];
  challenges = 0;
  /** what a challenge is answered with */
  prove: (challenge: string, reply: ServerResponse) => void = (challenge, reply) =>
    void reply.end(JSON.stringify({ challenge }));
  /** what events are answered with */
  answer: (message: Message, reply: ServerResponse) => void = (_, reply) => void reply.writeHead(204).end();
  private static count = 0;

  constructor() {
    Endpoint.count += 1;
    this.path = `/hook/${Endpoint.count}`;
    this.url = `${origin}${this.path}`;
    endpoints.set(this.path, this);
  }

  get ids(): readonly string[] {
    return this.got.flatMap(({ events }) => events.map(({ id }) => id));
  }

  /** Waits until so many messages came. */
  async until(messages: number): Promise<void> {
    await eventually(
      () => this.got.length >= messages,
      () => `${this.got.length} of ${messages} messages came`,
    );
  }
}
const endpoints = new Map<string, Endpoint>();
const serve: Serve = (request, reply) => {
  const endpoint = endpoints.get(request.url ?? '');
  if (endpoint === undefined) return void reply.writeHead(404).end();
  const parsed = JSON.parse(request.whole.toString('utf8')) as Event | Event[];
  const events = Array.isArray(parsed) ? parsed : [parsed];
  const { headers, rawHeaders, whole: body } = request;
  if (events[0]?.type === 'datong.challenge') {
    endpoint.challenges += 1;
    endpoint.prove(String(events[0].data['challenge']), reply);
    return;
  }
  const message = { headers, rawHeaders, body, events, at: performance.now() };
  endpoint.got.push(message);
  endpoint.answer(message, reply);
};
service.serve = serve;

async function eventually(holds: () => boolean | Promise<boolean>, otherwise: () => string): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 20) {
    if (await holds()) return;
    await nap(20);
  }
  assert.fail(otherwise());
}

let count = 0;
/** @returns ids that the hub gave */
async function publish(many = 1, data: object = {}): Promise<readonly string[]> {
  const events = Array.from({ length: many }, () => {
    count += 1;
    return {
      ...{ specversion: '1.0' as const, id: `e-${count}`, source: 'test', type: issued },
      data: {
        warning_id: `w-${count}`,
        district: '990101',
        level: 'orange',
        duty_phone: '0990-5550100',
        ...data,
      },
    };
  });
  const { json } = await city.ecology.client.events.publish(topic, events);
  return json.events.map(({ event }) => event);
}
const made = new Set<string>();
const subscribed = async (
  endpoint: Endpoint,
  batch = 1,
  requested: Partial<SubscriptionRequest> = {},
): Promise<Subscription> => {
  const sink = { kind: 'webhook' as const, url: endpoint.url, batch };
  const { json } = await school.subscribe({ topic, types: [issued], sink, ...requested }, context);
  made.add(json.id);
  return json;
};
afterEach(async () => {
  for (const id of made) await codeOf(school.end(id));
  made.clear();
});
/** As its department sees it. */
async function shown(id: string, by = city.education): Promise<Subscription> {
  const { json } = await by.client.call({
    ...{ method: 'GET', path: '/v1/subscriptions?limit=200', receipt: 'required' },
  });
  return (
    (json as { subscriptions: Subscription[] }).subscriptions.find((one) => one.id === id) ?? assert.fail()
  );
}
const stateOf = async (id: string): Promise<string | undefined> => (await shown(id)).sink?.state;
const reaches = (id: string, state: string): Promise<void> =>
  eventually(
    async () => (await stateOf(id)) === state,
    () => `the webhook is not ${state}`,
  );
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'answered',
    (error: unknown) => {
      assert.ok(error instanceof DatongProblem, String(error));
      return error.code;
    },
  );

describe('what is delivered', () => {
  test('after the challenge, masked, signed by the hub and as Standard Webhooks, under an entry', async () => {
    const endpoint = new Endpoint();
    const { id, secret = '', sink } = await subscribed(endpoint);
    assert.deepEqual([sink?.state, sink?.host], ['unproven', new URL(endpoint.url).host]);
    const [event] = await publish(1, { peak_aqi: 263 });
    await endpoint.until(1);
    const [message] = endpoint.got;
    assert.ok(message !== undefined);
    assert.deepEqual(message.events, [
      {
        ...{ specversion: '1.0', id: event, source: `/v1/topics/${topic}`, type: issued },
        ...{
          time: (message.events[0] as unknown as { time: string }).time,
          datacontenttype: 'application/json',
        },
        subject: '990101',
        data: { warning_id: `w-${count}`, district: '990101', level: 'orange', peak_aqi: 250 },
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
      ...{ origin, key: city.education.signing },
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
      ...{ since: before, filter: [{ field: 'district', op: 'eq', value: '990102' }] },
    });
    await endpoint.until(1);
    assert.deepEqual(endpoint.ids, mine);
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
    lookedUp = [['127.0.0.5', '10.0.0.1', '::1']];
    await publish();
    await reaches(id, 'failing');
    assert.equal((await shown(id)).sink?.trouble?.code, 'address');
    assert.equal(endpoint.got.length, 0);
    lookedUp = [['127.0.0.1']];
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
    endpoint.answer = (_, reply) => void school.end(id).then(() => reply.writeHead(410).end());
    await publish();
    await endpoint.until(1);
    await nap(300);
    const ends = (await newestLeaves(database, 20)).filter(
      ({ change }) => change?.['subscription'] === id && change['act'] === 'end',
    );
    assert.deepEqual(
      ends.map(({ operation }) => operation),
      ['endSubscription'],
    );
  });

  test('a dead one holds up nobody else', async () => {
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
    // one after the other, the dead ones would take twenty seconds
    assert.ok(Math.max(...times) < 6_000, times.map(Math.round).join(' '));
  });
});

/** While `work` runs, the log takes no such entry of a delivery. */
async function withoutLog(kind: 'release' | 'management', work: () => Promise<void>): Promise<void> {
  const logs = [hub, second].map(({ hub: { audit } }) => ({ audit, append: audit.append.bind(audit) }));
  for (const { audit, append } of logs)
    audit.append = (draft) =>
      draft.leaf.operation === 'deliverEvents' && draft.leaf.kind === kind
        ? Promise.reject(new Problem('log_busy'))
        : append(draft);
  try {
    await work();
  } finally {
    for (const { audit, append } of logs) audit.append = append;
  }
}

describe('a log that takes nothing', () => {
  test('the event stays queued for seconds, without a message', async () => {
    const endpoint = new Endpoint();
    const { id } = await subscribed(endpoint);
    await reaches(id, 'active');
    let sent: readonly string[] = [];
    await withoutLog('release', async () => {
      sent = await publish();
      await reaches(id, 'refused');
    });
    assert.equal((await shown(id)).sink?.trouble?.code, 'log_busy');
    assert.equal(endpoint.got.length, 0);
    await school.sink(id, 'resume');
    await endpoint.until(1);
    assert.deepEqual(endpoint.ids, sent);
  });

  test('the end after 410 waits; the message is not sent again at once', async () => {
    const endpoint = new Endpoint();
    endpoint.answer = (_, reply) => void reply.writeHead(410).end();
    const { id } = await subscribed(endpoint);
    await reaches(id, 'active');
    await withoutLog('management', async () => {
      await publish();
      await reaches(id, 'refused');
    });
    assert.equal(endpoint.got.length, 1);
    await school.sink(id, 'resume');
    await eventually(
      async () => (await shown(id)).state === 'ended',
      () => 'it has not ended',
    );
  });
});

describe('what forbids it, also for what is queued', () => {
  test('a suspended agreement; resumed, the event arrives', async () => {
    const endpoint = new Endpoint();
    const { id } = await subscribed(endpoint);
    await reaches(id, 'active');
    const steward = await hub.token('wen', ['steward'], 'ecology');
    const act = async (what: string): Promise<void> => {
      const path = `/v1/policy/documents/agr-air-warnings/${what}`;
      const reply = await hub.staff(steward, 'POST', path, { reason: 'test' });
      assert.ok(reply.status < 300, JSON.stringify(reply.json));
    };
    await act('suspension');
    const [event] = await publish();
    await reaches(id, 'refused');
    assert.equal((await shown(id)).sink?.trouble?.code, 'agreement_suspended');
    assert.equal(endpoint.got.length, 0);
    await act('resumption');
    await school.sink(id, 'resume');
    await endpoint.until(1);
    assert.deepEqual(endpoint.ids, [event]);
  });

  test('a revoked certificate; another machine vouches for it anew', async () => {
    const machine = await hub.enrol('education');
    const endpoint = new Endpoint();
    const sink = { kind: 'webhook' as const, url: endpoint.url };
    const { id } = (await machine.client.events.subscribe({ topic, types: [issued], sink }, context)).json;
    await reaches(id, 'active');
    const path = `/v1/certificates/${machine.serial}/revocation`;
    const reply = await hub.staff(city.operator, 'POST', path, { reason: 'superseded' });
    assert.ok(reply.status < 300, JSON.stringify(reply.json));
    const [event] = await publish();
    await reaches(id, 'refused');
    assert.match((await shown(id)).sink?.trouble?.code ?? '', /revoked/);
    assert.equal(endpoint.got.length, 0);
    await school.sink(id, 'resume');
    await endpoint.until(1);
    assert.deepEqual(endpoint.ids, [event]);
  });

  test('a pause', async () => {
    const endpoint = new Endpoint();
    const { id } = await subscribed(endpoint);
    await reaches(id, 'active');
    await school.sink(id, 'pause');
    const [event] = await publish();
    await nap(200);
    assert.deepEqual([endpoint.got.length, await stateOf(id)], [0, 'paused']);
    await school.sink(id, 'resume');
    await endpoint.until(1);
    assert.deepEqual(endpoint.ids, [event]);
  });

  test('a pause, which a test of an unproven endpoint does not end', async () => {
    const endpoint = new Endpoint();
    endpoint.prove = (_, reply) => void reply.writeHead(404).end();
    const { id } = await subscribed(endpoint);
    await eventually(
      () => endpoint.challenges > 0,
      () => 'it is not asked',
    );
    await school.sink(id, 'pause');
    endpoint.prove = (challenge, reply) => void reply.end(challenge);
    const { test: tested } = (await school.sink(id, 'test')).json;
    assert.deepEqual([tested?.sent, tested?.taken], ['challenge', true]);
    await publish();
    await nap(200);
    assert.deepEqual([endpoint.got.length, await stateOf(id)], [0, 'paused']);
    await school.sink(id, 'resume');
    await endpoint.until(1);
  });
});

describe('dead letters', () => {
  const stateOfLetters = async (id: string): Promise<readonly boolean[]> =>
    (await school.deadLetters(id)).json.letters.map(({ replayed }) => replayed);
  /** Events that the endpoint did not take in time. */
  const dead = async (endpoint: Endpoint, many: number): Promise<string> => {
    endpoint.answer = (_, reply) => void reply.writeHead(500).end();
    const { id } = await subscribed(endpoint, 10);
    await reaches(id, 'active');
    await publish(many);
    await eventually(
      async () => (await stateOfLetters(id)).length === many,
      () => 'they do not die',
    );
    return id;
  };

  test('of those that are sent again, each dies when its own time is over', async () => {
    const endpoint = new Endpoint();
    const id = await dead(endpoint, 2);
    await school.replay(id);
    await database.owner.query(
      `UPDATE dead_letter AS l SET replayed_at = now() + interval '1 hour' * CASE
         WHEN sequence = (SELECT min(sequence) FROM dead_letter WHERE subscription = $1) THEN -1 ELSE 1 END
        WHERE subscription = $1`,
      [id],
    );
    await eventually(
      async () => (await stateOfLetters(id))[0] === false,
      () => 'it does not die',
    );
    assert.deepEqual(await stateOfLetters(id), [false, true]);
  });

  test('that are long are sent again in several messages', async () => {
    const endpoint = new Endpoint();
    const id = await dead(endpoint, 3);
    await database.owner.query(
      `UPDATE event AS e SET data = data || repeat(' ', 3 << 20) FROM dead_letter AS l
        WHERE l.subscription = $1 AND e.topic = l.topic AND e.sequence = l.sequence`,
      [id],
    );
    endpoint.got.length = 0;
    endpoint.answer = (_, reply) => void reply.writeHead(200).end();
    await school.replay(id);
    await eventually(
      () => endpoint.ids.length === 3,
      () => `${endpoint.ids.length} of 3`,
    );
    assert.equal(endpoint.got.length, 3);
  });

  test('both sides see them; one is sent again, or all', async () => {
    const endpoint = new Endpoint();
    endpoint.answer = (_, reply) => void reply.writeHead(500).end();
    const { id } = await subscribed(endpoint, 10);
    await reaches(id, 'active');
    const sent = await publish(3);
    await eventually(
      async () => (await shown(id)).sink?.deadLetters === 3,
      () => 'they do not die',
    );
    for (const { client } of [city.education, city.ecology]) {
      const { letters } = (await client.events.deadLetters(id)).json;
      assert.deepEqual(
        letters.map(({ event, type, replayed }) => [event, type, replayed]),
        sent.map((one) => [one, issued, false]),
      );
      assert.equal(letters[0]?.trouble.code, 'status');
    }
    assert.equal(await codeOf(city.publicSecurity.client.events.deadLetters(id)), 'subscription_unknown');
    assert.equal(await codeOf(city.ecology.client.events.replay(id)), 'subscription_unknown');
    assert.deepEqual(
      [(await shown(id, city.ecology)).sink?.host, (await shown(id)).sink?.waiting],
      [undefined, undefined],
    );
    endpoint.got.length = 0;
    endpoint.answer = (_, reply) => void reply.writeHead(200).end();
    assert.equal((await school.replay(id, [sent[1] ?? ''])).json.replayed, 1);
    await endpoint.until(1);
    assert.deepEqual(endpoint.ids, [sent[1]]);
    assert.equal((await school.replay(id)).json.replayed, 2);
    await endpoint.until(2);
    assert.deepEqual(endpoint.ids, [sent[1], sent[0], sent[2]]);
    await eventually(
      async () => (await school.deadLetters(id)).json.letters.length === 0,
      () => 'they stay',
    );
    const [newer] = await publish();
    await endpoint.until(3);
    assert.equal(endpoint.ids.at(-1), newer);
  });
});

describe('the secret', () => {
  test('a rotated one overlaps with the former', async () => {
    const endpoint = new Endpoint();
    const { id, secret = '' } = await subscribed(endpoint);
    await reaches(id, 'active');
    const rotated = (await school.rotateSecret(id, 1)).json;
    await publish();
    await endpoint.until(1);
    const [message] = endpoint.got;
    for (const one of [secret, rotated.secret])
      new Webhook(one).verify(message?.body ?? '', message?.headers as Record<string, string>);
    const last = (await school.rotateSecret(id, 0)).json.secret;
    await publish();
    await endpoint.until(2);
    const newest = endpoint.got[1];
    new Webhook(last).verify(newest?.body ?? '', newest?.headers as Record<string, string>);
    assert.throws(
      () => new Webhook(rotated.secret).verify(newest?.body ?? '', newest?.headers as Record<string, string>),
      /No matching signature/,
    );
  });

  test('a test event says what the endpoint answers', async () => {
    const endpoint = new Endpoint();
    const { id } = await subscribed(endpoint);
    await reaches(id, 'active');
    assert.deepEqual((await school.sink(id, 'test')).json.test, { sent: 'event', taken: true });
    assert.deepEqual(
      [endpoint.got[0]?.events[0]?.type, endpoint.got[0]?.events[0]?.data],
      ['datong.test', {}],
    );
    // names an exchange that has an entry
    const [exchange] = String(endpoint.got[0]?.headers['datong-idempotency-key']).split('.');
    const entry = (await newestLeaves(database, 10)).find((one) => one.id === exchange);
    assert.equal(entry?.operation, 'changeSink');
    endpoint.answer = (_, reply) => void reply.writeHead(404).end();
    const failed = (await school.sink(id, 'test')).json.test;
    assert.deepEqual([failed?.taken, failed?.trouble?.code, failed?.trouble?.status], [false, 'status', 404]);
  });
});

test('a place that the operator did not name, an address that is none, another department', async () => {
  const requested = async (url: string): Promise<string> =>
    codeOf(school.subscribe({ topic, sink: { kind: 'webhook', url } }, context));
  assert.equal(await requested('https://elsewhere.example/hook'), 'live_service_not_allowed');
  assert.equal(await requested('https://127.0.0.1:1/hook'), 'live_service_not_allowed');
  assert.equal(await requested(`${origin}/a#b`), 'webhook_url_invalid');
  assert.equal(await requested(`https://user:pass@${host}:${service.port}/`), 'webhook_url_invalid');
  assert.equal(await requested(`http://${host}/`), 'invalid_request');
  const pulled = (await school.subscribe({ topic }, context)).json.id;
  assert.equal(await codeOf(school.sink(pulled, 'pause')), 'subscription_without_sink');
  assert.equal(await codeOf(school.rotateSecret(pulled)), 'subscription_without_sink');
  assert.equal(await codeOf(school.replay(pulled)), 'subscription_without_sink');
  const { id } = await subscribed(new Endpoint());
  for (const act of ['pause', 'resume', 'test'] as const)
    assert.equal(await codeOf(city.ecology.client.events.sink(id, act)), 'subscription_unknown');
  assert.equal(await codeOf(city.ecology.client.events.rotateSecret(id)), 'subscription_unknown');
  await school.end(id);
  assert.equal(await codeOf(school.sink(id, 'resume')), 'subscription_ended');
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
  const sent: string[] = [];
  for (let i = 0; i < 20; i += 1) sent.push(...(await publish(5)));
  for (const endpoint of pair) {
    await eventually(
      () => endpoint.ids.length >= sent.length,
      () => `${endpoint.ids.length} of ${sent.length}`,
    );
    assert.deepEqual(endpoint.ids, sent);
  }
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
