/** What a webhook does not get now: a full log, dead letters; its secret, its tests, and places that are refused. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { newestLeaves } from '../../../tests/flows/leaves.ts';
import { sealingOf } from '../../platform/database/authenticated/rowSealing.ts';
import { Problem } from '../../../terms/problem.ts';
import { eventually } from '../../../tests/eventually.ts';
import {
  city,
  codeOf,
  context,
  database,
  Endpoint,
  host,
  hub,
  issued,
  origin,
  publish,
  reaches,
  school,
  second,
  service,
  shown,
  stateOf,
  subscribed,
  topic,
} from '../../../tests/flows/webhookHub.ts';

/** Gives the events that a test made long the MAC that the hub gives to each event that it stores. */
async function sealLong(): Promise<void> {
  const key = sealingOf(database.owner)?.digests?.key ?? assert.fail('the hub seals');
  const { rows } = await database.owner.query<Record<'parts' | 'data' | 'topic' | 'sequence', string>>(
    `SELECT topic, sequence::text AS sequence, data,
            json_build_array('datong event 1', topic, sequence::text, id, type, given, encode(digest, 'hex'),
              (extract(epoch FROM time) * 1000)::bigint::text, schema, encode(subject, 'hex'))::text AS parts
       FROM event WHERE length(data) > 3 << 20`,
  );
  for (const { parts, data, topic: of, sequence } of rows) {
    const covered = JSON.stringify(JSON.parse(parts));
    const mac = createHmac('sha256', key).update(covered).update('\n').update(data).digest();
    await database.owner.query('UPDATE event SET mac = $3 WHERE topic = $1 AND sequence = $2', [
      of,
      sequence,
      mac,
    ]);
  }
}

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
    await sealLong();
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
    const none = '01a20328-0104-7757-9e84-c346bc55b77b';
    const mistyped = (await school.replay(id, [none, sent[1] ?? ''])).json;
    assert.deepEqual(mistyped, { subscription: id, replayed: 1, unknown: [none] });
    await endpoint.until(1);
    assert.deepEqual(endpoint.ids, [sent[1]]);
    assert.deepEqual((await school.replay(id)).json, { subscription: id, replayed: 2 });
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

describe('a wait for the next attempt', () => {
  /** A webhook whose endpoint did not take an event and asks to wait. */
  const waiting = async (endpoint: Endpoint): Promise<{ readonly id: string; readonly event: string }> => {
    endpoint.answer = (_, reply) => void reply.writeHead(503, { 'retry-after': '60' }).end();
    const { id } = await subscribed(endpoint);
    await reaches(id, 'active');
    const [event = ''] = await publish();
    await reaches(id, 'failing');
    return { id, event };
  };

  test('it ends with a test that the endpoint takes, and not with another one', async () => {
    const endpoint = new Endpoint();
    const { id, event } = await waiting(endpoint);
    assert.equal((await school.sink(id, 'test')).json.test?.taken, false);
    assert.equal(await stateOf(id), 'failing');
    endpoint.answer = (_, reply) => void reply.writeHead(200).end();
    assert.equal((await school.sink(id, 'test')).json.test?.taken, true);
    await eventually(
      () => endpoint.ids.filter((one) => one === event).length >= 2,
      () => 'the event does not come again',
    );
  });

  test('it ends with a replay', async () => {
    const endpoint = new Endpoint();
    const { id, event } = await waiting(endpoint);
    endpoint.answer = (_, reply) => void reply.writeHead(200).end();
    await school.replay(id);
    await eventually(
      () => endpoint.ids.filter((one) => one === event).length >= 2,
      () => 'the event does not come again',
    );
    assert.equal(endpoint.ids.at(-1), event);
    await reaches(id, 'active');
  });

  test('it does not begin with an attempt that was under way at the replay', async () => {
    const endpoint = new Endpoint();
    const { id, event } = await waiting(endpoint);
    const late: (() => void)[] = [];
    endpoint.answer = (_, reply) =>
      void late.push(() => void reply.writeHead(503, { 'retry-after': '60' }).end());
    const isAsked = (): boolean => late.length === 1;
    await school.replay(id);
    await eventually(isAsked, () => 'the event does not come again');
    await school.replay(id);
    endpoint.answer = (_, reply) => void reply.writeHead(200).end();
    for (const answer of late) answer();
    await eventually(
      () => endpoint.ids.filter((one) => one === event).length >= 3,
      () => 'the event does not come a third time',
    );
    assert.equal(endpoint.ids.at(-1), event);
    await reaches(id, 'active');
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

  test('one that is rotated twice within the overlap leaves the one that receivers use', async () => {
    const endpoint = new Endpoint();
    const { id, secret = '' } = await subscribed(endpoint);
    await reaches(id, 'active');
    const between = (await school.rotateSecret(id, 1)).json.secret;
    const last = (await school.rotateSecret(id, 1)).json.secret;
    await publish();
    await endpoint.until(1);
    const [message] = endpoint.got;
    const verify = (one: string): unknown =>
      new Webhook(one).verify(message?.body ?? '', message?.headers as Record<string, string>);
    for (const one of [secret, last]) verify(one);
    assert.throws(() => verify(between), /No matching signature/);
    // an overlap of none ends it at once
    const only = (await school.rotateSecret(id, 0)).json.secret;
    await publish();
    await endpoint.until(2);
    const newest = endpoint.got[1];
    const signed = newest?.headers['webhook-signature'];
    assert.equal(String(signed).split(' ').length, 1);
    new Webhook(only).verify(newest?.body ?? '', newest?.headers as Record<string, string>);
  });

  test('a test event reports the answer of the endpoint', async () => {
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
  assert.equal(await requested(`http://${host}/`), 'webhook_url_invalid');
  const pulled = (await school.subscribe({ topic }, context)).json.id;
  assert.equal(await codeOf(school.sink(pulled, 'pause')), 'subscription_without_sink');
  assert.equal(await codeOf(school.rotateSecret(pulled)), 'subscription_without_sink');
  assert.equal(await codeOf(school.replay(pulled)), 'subscription_without_sink');
  // of a subscription with a secret the repetition is refused
  const body = Buffer.from(
    JSON.stringify({ topic, sink: { kind: 'webhook', url: `${origin}/once` } }),
    'utf8',
  );
  const once = () =>
    city.education.client.call({
      ...{ method: 'POST', path: '/v1/subscriptions', body, receipt: 'required' },
      headers: {
        ...{ 'content-type': 'application/json', 'datong-idempotency-key': 'webhook-once' },
        ...{ 'datong-purpose': context.purpose, 'datong-agreement': context.agreement },
      },
    });
  await once();
  assert.equal(await codeOf(once()), 'secret_shown_once');
  const { id } = await subscribed(new Endpoint());
  for (const act of ['pause', 'resume', 'test'] as const)
    assert.equal(await codeOf(city.ecology.client.events.sink(id, act)), 'subscription_unknown');
  assert.equal(await codeOf(city.ecology.client.events.rotateSecret(id)), 'subscription_unknown');
  await school.end(id);
  assert.equal(await codeOf(school.sink(id, 'resume')), 'subscription_ended');
});
