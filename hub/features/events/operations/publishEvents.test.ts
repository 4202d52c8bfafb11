/** Topics, and events published to them: validated, stored once, in order, in the transaction of their log entry. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { DatongProblem } from '../../../../clients/sdk/datongProblem.ts';
import type { EventsPublished, PublishedEvent } from '../../../../clients/sdk/events.ts';
import { testHub } from '../../../../tests/hub.ts';
import { lastLeaf } from '../../../../tests/flows/leaves.ts';
import { expireEvents } from '../jobs/expireEvents.ts';
import { cityHub } from '../../../../tests/cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
const second = await testHub({ database, keysDir: hub.hub.config.keysDir, jobsByTime: false });
after(() => second.stop());
await city.apply('air-warning/topic.yaml');
const { client } = city.ecology;
const topic = 'ecology.air-warnings';
const steward = await hub.token('he', ['steward'], 'ecology');

let count = 0;
function warning(more: Partial<PublishedEvent> & { readonly data?: object } = {}): PublishedEvent {
  count += 1;
  return {
    ...({ specversion: '1.0', source: 'air-forecast', type: 'ecology.air-warning-issued' } as const),
    id: `w-${count}`,
    ...more,
    data: { warning_id: `w-${count}`, district: '990101', level: 'orange', ...more.data },
  };
}
const publish = async (...events: readonly PublishedEvent[]): Promise<EventsPublished> =>
  (await client.events.publish(topic, events)).json;

interface StoredEvent {
  readonly sequence: string;
  readonly id: string;
  readonly exchange: string;
}
async function stored(): Promise<readonly StoredEvent[]> {
  const { rows } = await database.owner.query<StoredEvent>(
    'SELECT sequence, id, exchange FROM event WHERE topic = $1 ORDER BY sequence',
    [topic],
  );
  return rows;
}

/** Nothing is stored; the refusal has an entry with its code. */
async function refused(code: string, events: readonly PublishedEvent[]): Promise<DatongProblem> {
  const before = await stored();
  const problem = await client.events.publish(topic, events).then(
    () => assert.fail('it was stored'),
    (error: unknown) => error,
  );
  assert.ok(problem instanceof DatongProblem, String(problem));
  assert.equal(problem.code, code, JSON.stringify(problem.findings));
  assert.deepEqual(await stored(), before);
  const leaf = await lastLeaf(database);
  assert.deepEqual([leaf.operation, leaf.decision, leaf.code], ['publishEvents', 'deny', code]);
  return problem;
}
const rulesOf = ({ findings }: DatongProblem): unknown =>
  findings.map((one) => {
    const { pointer, code } = one as { pointer: string; code: string };
    return [pointer, code];
  });

describe('publish', () => {
  test('events are stored in the order of the call, with one entry that counts them', async () => {
    const at = (await stored()).length;
    const lifted = {
      type: 'ecology.air-warning-lifted',
      data: { warning_id: 'w', district: '990101' },
    };
    const { data: _, ...base } = warning();
    const answer = await client.events.publish(topic, [warning(), { ...base, ...lifted, subject: '990101' }]);
    const { json, exchange } = answer;
    assert.deepEqual([json.stored, json.repeated], [2, 0]);
    const rows = (await stored()).slice(at);
    assert.deepEqual(
      rows.map(({ id }) => id),
      json.events.map(({ event }) => event),
    );
    assert.deepEqual(
      rows.map(({ sequence }) => Number(sequence)),
      [at + 1, at + 2],
    );
    assert.deepEqual(new Set(rows.map((row) => row.exchange)), new Set([exchange]));
    const leaf = await lastLeaf(database);
    assert.deepEqual(
      [leaf.kind, leaf.id, leaf.provider, leaf.dataset, leaf.change],
      [
        ...['intake', exchange, 'ecology', undefined],
        {
          topic,
          types: 'ecology.air-warning-issued ecology.air-warning-lifted',
          stored: 2,
          repeated: 0,
        },
      ],
    );
  });

  test('one event alone is a body too, under the media type of CloudEvents', async () => {
    const body = Buffer.from(JSON.stringify(warning()), 'utf8');
    const headers = { 'content-type': 'application/cloudevents+json' };
    const path = `/v1/topics/${topic}/events`;
    const { json } = await client.call({ method: 'POST', path, headers, body, receipt: 'required' });
    assert.equal((json as EventsPublished).stored, 1);
  });

  test('a number that would be stored as another one is refused at its place, in both modes', async () => {
    const before = await stored();
    const event = warning({ data: { peak_aqi: 12_345 } });
    const inexact = (value: unknown): Uint8Array =>
      Buffer.from(JSON.stringify(value).replace('12345', '9007199254740993'), 'utf8');
    const sent = (body: Uint8Array, headers: Readonly<Record<string, string>> = {}): Promise<unknown> =>
      client
        .call({
          method: 'POST',
          path: `/v1/topics/${topic}/events`,
          headers: { 'content-type': 'application/json', ...headers },
          body,
          receipt: 'optional',
        })
        .then(
          () => assert.fail('it was stored'),
          (error: unknown) =>
            error instanceof DatongProblem && [
              error.code,
              ...error.findings.map((one) => (one as { pointer: string }).pointer),
            ],
        );
    assert.deepEqual(await sent(inexact(event)), ['invalid_request', '/body/data/peak_aqi']);
    assert.deepEqual(await sent(inexact([warning(), event])), ['invalid_request', '/body/1/data/peak_aqi']);
    const { data, ...attributes } = event;
    const named = Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value] as const);
    assert.deepEqual(await sent(inexact(data), Object.fromEntries(named)), [
      'invalid_request',
      '/body/peak_aqi',
    ]);
    assert.deepEqual(await stored(), before);
  });

  describe('binary mode', () => {
    const binary = (
      { data, ...attributes }: PublishedEvent,
      more: Readonly<Record<string, string | undefined>> = {},
      idempotencyKey?: string,
    ): Promise<EventsPublished> => {
      const named = { ...attributes, datacontenttype: undefined, ...more };
      const headers = Object.entries(named).flatMap(([name, value]) =>
        value === undefined
          ? []
          : [[name === 'type-of-body' ? 'content-type' : `ce-${name}`, value] as const],
      );
      return client
        .call({
          method: 'POST',
          path: `/v1/topics/${topic}/events`,
          headers: {
            'content-type': 'application/json',
            ...Object.fromEntries(headers),
            ...(idempotencyKey === undefined ? {} : { 'datong-idempotency-key': idempotencyKey }),
          },
          body: Buffer.from(JSON.stringify(data), 'utf8'),
          receipt: 'required',
        })
        .then(({ json }) => json as EventsPublished);
    };
    const findingsOf = async (work: Promise<unknown>): Promise<unknown> => {
      // first: the call may be refused before the events are counted
      const ended = work.then(
        () => undefined,
        (error: unknown) => error,
      );
      const before = await stored();
      const problem = await ended;
      assert.ok(problem instanceof DatongProblem, String(problem));
      assert.deepEqual(await stored(), before);
      return [
        problem.code,
        ...problem.findings.map((one) => {
          const { pointer, code, rule } = one as { pointer: string; code?: string; rule?: string };
          return [pointer, code ?? rule];
        }),
      ];
    };

    test('attributes in signed ce- headers and data in the body are the same event as in structured mode', async () => {
      const event = warning({ subject: '990101', time: new Date(database.now()).toISOString() });
      const { events } = await binary(event, { subject: '%39%39%30101' });
      assert.equal(events[0]?.repeated, false);
      const again = await publish({ ...event, datacontenttype: 'application/json' });
      assert.deepEqual(again.events, [{ ...events[0], repeated: true }]);
    });

    test('another event of the same data under the same idempotency key is refused, and the same one is answered again', async () => {
      const [event, other] = [warning(), warning()];
      const first = await binary(event, {}, 'once');
      assert.deepEqual(await binary(event, {}, 'once'), first);
      const { data } = event;
      assert.deepEqual(await findingsOf(binary({ ...other, data }, {}, 'once')), ['idempotency_conflict']);
    });

    test('a missing, unknown or wrong attribute is named by its header, and data by its place', async () => {
      const event = warning();
      const invalid = 'invalid_request';
      const wrong: readonly [Readonly<Record<string, string | undefined>>, unknown][] = [
        [{ id: undefined }, [invalid, ['/header/ce-id', 'required']]],
        [{ specversion: '0.3' }, [invalid, ['/header/ce-specversion', 'const']]],
        [{ traceparent: '00' }, [invalid, ['/header/ce-traceparent', 'additionalProperties']]],
        [{ datacontenttype: 'text/xml' }, [invalid, ['/header/ce-datacontenttype', 'unknown']]],
        [{ subject: '%E4%BA' }, [invalid, ['/header/ce-subject', 'encoding']]],
        [{ 'type-of-body': 'application/cloudevents+json' }, [invalid, ['/header/content-type', 'mode']]],
      ];
      for (const [more, expected] of wrong) assert.deepEqual(await findingsOf(binary(event, more)), expected);
      const whole = { ...event, data: { ...event } };
      assert.deepEqual(await findingsOf(binary(whole)), [invalid, ['/header/content-type', 'mode']]);
      const several = { ...event, data: [event.data] } as unknown as PublishedEvent;
      assert.deepEqual(await findingsOf(binary(several)), [invalid, ['/body', 'type']]);
      const purple = { ...event, data: { ...event.data, level: 'purple' } };
      assert.deepEqual(await findingsOf(binary(purple)), ['event_invalid', ['/data/level', 'enum']]);
      // characters that are not shown, and text that was decoded wrongly, as in the rows of a call
      for (const [text, rule] of [
        ...['9901\u202e01', '99\u009b0101', '990101\u200b', '990101\ufeff'].map((one) => [
          one,
          'text.invisible',
        ]),
        ['锟斤拷', 'encoding.mojibake'],
      ]) {
        const hidden = { ...event, data: { ...event.data, district: text } };
        assert.deepEqual(await findingsOf(binary(hidden)), ['event_invalid', ['/data/district', rule]]);
      }
    });
  });

  test('what was stored is not stored again, alone or among new events', async () => {
    const first = warning();
    const [before] = (await publish(first)).events;
    const again = await publish(first, warning());
    assert.deepEqual([again.stored, again.repeated], [1, 1]);
    assert.equal(again.events[0]?.event, before?.event);
    assert.deepEqual(
      again.events.map(({ repeated }) => repeated),
      [true, false],
    );
    const typed = await publish({ ...first, datacontenttype: 'application/json' });
    assert.deepEqual([typed.stored, typed.repeated], [0, 1], 'the content type is of its form');
  });

  test('an event twice in one call is stored once, and both are answered with its number', async () => {
    const [one, other] = [warning(), warning()];
    const answer = await publish(one, other, { ...one, datacontenttype: 'application/json' });
    assert.deepEqual([answer.stored, answer.repeated], [2, 1]);
    assert.deepEqual(
      answer.events.map(({ repeated }) => repeated),
      [false, false, true],
    );
    assert.equal(answer.events[2]?.event, answer.events[0]?.event);
    const again = await publish(one, one);
    assert.deepEqual([again.stored, again.repeated], [0, 2]);
    assert.deepEqual(
      again.events.map(({ event }) => event),
      [answer.events[0]?.event, answer.events[0]?.event],
    );
  });

  test('an id with other content is refused, also twice in one call; another source is another event', async () => {
    const first = warning();
    await publish(first);
    await refused('event_id_reused', [{ ...first, data: { ...first.data, level: 'red' } }]);
    const other = warning();
    await refused('event_id_reused', [other, { ...other, data: { ...other.data, level: 'red' } }]);
    assert.equal((await publish({ ...first, source: 'second-source' })).stored, 1);
  });

  test('an event that does not fit its schema is named with place and rule, without its value', async () => {
    const problem = await refused('event_invalid', [
      warning(),
      warning({ data: { level: 'purple' } }),
      warning({ data: { citizen: '990101199003071234' } }),
      warning({ data: { '990101199003071234': 1 } }),
      warning({ data: { '990101199003071234': 'a\u200b' } }),
    ]);
    assert.deepEqual(rulesOf(problem), [
      ['/1/data/level', 'enum'],
      ['/2/data/*', 'additionalProperties'],
      ['/3/data/*', 'additionalProperties'],
      ['/4/data/*', 'text.invisible'],
    ]);
    assert.ok(!JSON.stringify(problem.findings).includes('199003071234'));
  });

  test('a clock that is years off is refused, in both directions; a minute is not', async () => {
    for (const time of ['2019-01-01T00:00:00Z', '2099-01-01T00:00:00Z'])
      assert.deepEqual(rulesOf(await refused('event_invalid', [warning({ time })])), [['/time', 'time']]);
    const soon = new Date(database.now() + 60_000).toISOString();
    assert.equal((await publish(warning({ time: soon }))).stored, 1);
  });

  test('type, schema version and subject are those of the topic', async () => {
    const wrong: readonly [Partial<PublishedEvent>, string][] = [
      [{ type: 'ecology.air-quality-hourly' }, '/type'],
      [{ dataschema: 'urn:datong:air-warning:1.7' }, '/dataschema'],
      [{ dataschema: 'urn:datong:air-warning-lifted:1.0' }, '/dataschema'],
      [{ subject: '990102' }, '/subject'],
      [{ source: 'datong' }, '/source'],
    ];
    for (const [more, pointer] of wrong) {
      const problem = await refused('event_invalid', [warning(more)]);
      assert.deepEqual(rulesOf(problem), [[pointer, pointer.slice(1)]]);
    }
  });

  test('a further attribute, a mebibyte more and more than 1,000 events are refused', async () => {
    await refused('invalid_request', [{ ...warning(), traceparent: '00' } as PublishedEvent]);
    await refused(
      'invalid_request',
      Array.from({ length: 1_001 }, () => warning()),
    );
    await refused('invalid_request', []);
    const before = await stored();
    await assert.rejects(publish(warning({ data: { duty_phone: 'x'.repeat(1 << 20) } })), {
      code: 'body_too_large',
    });
    assert.deepEqual(await stored(), before);
  });

  test('a thousand events go at once', async () => {
    const { stored: new_ } = await publish(...Array.from({ length: 1_000 }, () => warning()));
    assert.equal(new_, 1_000);
  });

  test('another department does not publish to it, and there is no topic that was not registered', async () => {
    await assert.rejects(city.education.client.events.publish(topic, [warning()]), {
      code: 'topic_not_owned',
    });
    await assert.rejects(client.events.publish('ecology.none', [warning()]), { code: 'topic_unknown' });
  });

  test('a suspended type takes no events, and takes them again when it is resumed', async () => {
    const act = async (what: string): Promise<void> => {
      const path = '/v1/datasets/ecology.air-warning-issued/decision';
      const reply = await hub.staff(steward, 'POST', path, { act: what, reason: 'test' });
      assert.ok(reply.status < 300, JSON.stringify(reply.json));
    };
    await act('suspend');
    await refused('dataset_unavailable', [warning()]);
    await act('resume');
    assert.equal((await publish(warning())).stored, 1);
  });
});

test('calls of two processes at once: each event once, numbered without a gap, in the order of the log', async () => {
  const { hub: other, ca } = second;
  const { DatongClient } = await import('../../../../clients/sdk/datongClient.ts');
  const there = new DatongClient({
    department: 'ecology',
    ca,
    tls: city.ecology.tls,
    signingKey: city.ecology.signing,
    hub: { exchange: other.origins.exchange, open: other.origins.open },
  });
  try {
    const shared = Array.from({ length: 12 }, () => warning());
    const before = (await stored()).length;
    const answers = await Promise.all(
      shared.flatMap((event) => [client, there].map((by) => by.events.publish(topic, [event]))),
    );
    const rows = (await stored()).slice(before);
    assert.equal(rows.length, 12);
    assert.deepEqual(
      rows.map(({ sequence }) => Number(sequence)),
      rows.map((_, at) => before + 1 + at),
    );
    // both callers of an event receive the same id
    assert.equal(new Set(answers.map(({ json }) => json.events[0]?.event)).size, 12);
    const { rows: entries } = await database.owner.query<{ id: string }>(
      'SELECT id FROM audit_entry WHERE id = ANY ($1::uuid[]) ORDER BY idx',
      [rows.map(({ exchange }) => exchange)],
    );
    assert.deepEqual(
      entries.map(({ id }) => id),
      rows.map(({ exchange }) => exchange),
    );
  } finally {
    there.close();
  }
});

describe('topics', () => {
  const document = {
    id: topic,
    title: { zh: '预警', en: 'Warnings' },
    retentionDays: 7,
    orderingKey: 'district',
    types: ['ecology.air-warning-issued', 'ecology.air-warning-lifted'],
  };
  const register = (more: object = {}, token = steward) =>
    hub.staff(token, 'POST', '/v1/topics', { ...document, ...more });

  test('title and retention change; types are only added, and the ordering key stays', async () => {
    assert.deepEqual([(await register()).status, (await register()).status], [201, 200]);
    const shown = await hub.staff(steward, 'GET', `/v1/topics/${topic}`);
    assert.deepEqual([shown.json['retentionDays'], shown.json['department']], [7, 'ecology']);
    for (const more of [
      { types: ['ecology.air-warning-issued'] },
      { orderingKey: 'level' },
      { orderingKey: undefined },
    ]) {
      const reply = await register(more);
      assert.deepEqual([reply.status, reply.json['code']], [422, 'topic_unfit'], JSON.stringify(more));
    }
  });

  test('a type is a dataset of events of the same department, of no other topic, with the ordering key', async () => {
    const id = 'ecology.others';
    for (const more of [
      { types: ['ecology.air-quality-hourly'], orderingKey: undefined },
      { types: ['ecology.unknown'], orderingKey: undefined },
      { types: ['pub-security.household'], orderingKey: undefined },
      { types: ['ecology.air-warning-issued'], orderingKey: undefined },
      { orderingKey: 'peak_aqi' },
    ]) {
      const reply = await register({ id, ...more });
      assert.deepEqual([reply.status, reply.json['code']], [422, 'topic_unfit'], JSON.stringify(more));
    }
  });

  test('another department does not register it; every department reads it', async () => {
    const stranger = await hub.token('li', ['steward'], 'education');
    assert.equal((await register({}, stranger)).json['code'], 'not_your_department');
    const { json } = await city.education.client.call({
      method: 'GET',
      path: '/v1/topics?department=ecology',
      receipt: 'required',
    });
    const { topics } = json as { topics: { id: string; types: { schema: string }[] }[] };
    assert.deepEqual(
      topics.map(({ id, types }) => [id, types.map(({ schema }) => schema)]),
      [[topic, ['urn:datong:air-warning:1.0', 'urn:datong:air-warning-lifted:1.0']]],
    );
  });

  test('what needs rows refuses a type of event', async () => {
    const dataset = 'ecology.air-warning-issued';
    await assert.rejects(client.sendFile(dataset, Buffer.from('{}'), { mapping: 'x' }), {
      code: 'dataset_of_events',
    });
  });
});

test('events go after the retention of their topic, and stay under a legal hold', async () => {
  const job = expireEvents(database.app);
  const run = (now: number) =>
    job.run({
      now: () => now,
      state: null,
      signal: new AbortController().signal,
      act: () => assert.fail('no act'),
    });
  const before = (await stored()).length;
  await run(database.now() + 6 * 86_400_000);
  assert.equal((await stored()).length, before);
  await database.app.query(
    `INSERT INTO legal_hold (id, kind, target, reason, case_number, until, digest, author, approver, exchange)
     SELECT 'hold-1', 'dataset', 'ecology.air-warning-lifted', 'r', 'c', now() + interval '1 year', 'd', min(id), max(id), gen_random_uuid() FROM person`,
  );
  const afterWeek = database.now() + 8 * 86_400_000;
  // one that is placed while a run has begun is effective too: the run ends first, or sees it
  const holder = await database.owner.connect();
  await holder.query('BEGIN');
  await holder.query(`SELECT pg_advisory_xact_lock(hashtext('hold of the log'))`);
  const waits = run(afterWeek);
  await holder.query(
    `INSERT INTO legal_hold (id, kind, target, reason, case_number, until, digest, author, approver, exchange)
     SELECT 'hold-2', 'dataset', 'ecology.air-warning-issued', 'r', 'c', now() + interval '1 year', 'd', min(id), max(id), gen_random_uuid() FROM person`,
  );
  await holder.query('COMMIT');
  holder.release();
  await waits;
  assert.equal((await stored()).length, before);
  await database.app.query(`UPDATE legal_hold SET lifted_by = author, lifted_why = 'r' WHERE id = 'hold-2'`);
  await run(afterWeek);
  const { rows } = await database.owner.query<{ type: string }>('SELECT DISTINCT type FROM event');
  assert.deepEqual(rows, [{ type: 'ecology.air-warning-lifted' }]);
});
