/** Subscriptions: events leave by the release flow, masked and consented, in order, at least once, and no more once something forbids it. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import pg from 'pg';
import { DatongClient } from '../../../../clients/sdk/datongClient.ts';
import { DatongProblem } from '../../../../clients/sdk/datongProblem.ts';
import type { EventsAnswer, EventsRequest, SubscriptionRequest } from '../../../../clients/sdk/events.ts';
import { connectionOf } from '../../../platform/database/connection.ts';
import { testHub, type Machine } from '../../../../tests/hub.ts';
import { consentedEvents } from '../../../../tests/flows/consentedEvents.ts';
import { lastLeaf } from '../../../../tests/flows/leaves.ts';
import { cityHub } from '../../../../tests/cityHub.ts';
import { validTerm } from '../../../../tests/newYear.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
const second = await testHub({ database, keysDir: hub.hub.config.keysDir, jobsByTime: false });
after(() => second.stop());
await city.apply('air-warning/topic.yaml');
await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
const { events: school } = city.education.client;
const topic = 'ecology.air-warnings';
const issued = 'ecology.air-warning-issued';
const lifted = 'ecology.air-warning-lifted';
const context = { purpose: 'public-service', agreement: 'agr-air-warnings' };

let count = 0;
/** @returns the id that the hub gave it */
async function publish(data: object = {}, type = issued): Promise<string> {
  count += 1;
  const warning = { warning_id: `w-${count}`, district: '990101' };
  const more = type === issued ? { level: 'orange', duty_phone: '0990-5550100' } : {};
  const { json } = await city.ecology.client.events.publish(topic, [
    {
      specversion: '1.0',
      id: `e-${count}`,
      source: 'test',
      type,
      data: { ...warning, ...more, ...data },
    },
  ]);
  return json.events[0]?.event ?? assert.fail();
}
const subscribed = async (requested: Partial<SubscriptionRequest> = {}): Promise<string> =>
  (await school.subscribe({ topic, ...requested }, context)).json.id;
const pull = async (id: string, requested: EventsRequest = {}): Promise<EventsAnswer> =>
  (await school.pull(id, requested)).json;
const idsOf = ({ events }: EventsAnswer): readonly string[] => events.map(({ id }) => id);
/** Answer after answer, each acknowledged, until none is left. */
async function drain(id: string): Promise<EventsAnswer[]> {
  const answers: EventsAnswer[] = [];
  let after: string | undefined;
  for (;;) {
    const answer = await pull(id, after === undefined ? {} : { after });
    if (answer.events.length === 0) return answers;
    answers.push(answer);
    after = answer.next;
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

describe('what leaves', () => {
  test('an event leaves masked, under an entry that says which fields, masks and agreement', async () => {
    const id = await subscribed();
    const event = await publish({ peak_aqi: 263 });
    const answer = await school.pull(id);
    const { events, withheld, rows } = answer.json;
    assert.deepEqual(events, [
      {
        specversion: '1.0',
        id: event,
        source: `/v1/topics/${topic}`,
        type: issued,
        time: events[0]?.time,
        subject: '990101',
        datacontenttype: 'application/json',
        dataschema: `${hub.hub.origins.exchange}/v1/schemas/urn:datong:air-warning:1.0`,
        data: { warning_id: `w-${count}`, district: '990101', level: 'orange', peak_aqi: 250 },
      },
    ]);
    assert.deepEqual([withheld, rows], [{ duty_phone: 'not_granted' }, { delivered: 1, withheld: 0 }]);
    const leaf = await lastLeaf(database);
    assert.deepEqual(
      [leaf.kind, leaf.id, leaf.consumer, leaf.provider, leaf.dataset, leaf.agreement, leaf.purpose],
      ['release', answer.exchange, 'education', 'ecology', issued, 'agr-air-warnings', 'public-service'],
    );
    assert.deepEqual([leaf.fields?.['peak_aqi'], leaf.rows?.delivered], ['floorTo', 1]);
    assert.deepEqual(leaf.change, { subscription: id, topic });
    const path = new URL(events[0]?.dataschema ?? '').pathname;
    const schema = (await city.education.client.call({ method: 'GET', path, receipt: 'required' })).json;
    assert.equal((schema as { schema: { urn: string } }).schema.urn, 'urn:datong:air-warning:1.0');
  });

  test('in order; an answer has one type; what is not acknowledged comes again under the same id', async () => {
    const id = await subscribed();
    const sent = [await publish(), await publish(), await publish({}, lifted), await publish()];
    const first = await pull(id);
    assert.deepEqual([idsOf(first), first.more], [sent.slice(0, 2), true]);
    assert.deepEqual(idsOf(await pull(id)), sent.slice(0, 2));
    const next = await pull(id, { after: first.next });
    assert.deepEqual([idsOf(next), next.events[0]?.type], [[sent[2]], lifted]);
    // acknowledged for good, also for a call that names no place
    assert.deepEqual(idsOf(await pull(id)), [sent[2]]);
    assert.deepEqual(idsOf(await pull(id, { after: next.next })), [sent[3]]);
    assert.deepEqual(idsOf(await pull(id, { after: first.next })), [sent[2]]);
  });

  test('the filter of a subscription chooses among fields that every type may be filtered by', async () => {
    const id = await subscribed({ filter: [{ field: 'district', op: 'eq', value: '990102' }] });
    for (let i = 0; i < 5; i += 1) await publish();
    const mine = await publish({ district: '990102' });
    await publish();
    const answer = await pull(id);
    assert.deepEqual([idsOf(answer), answer.rows.withheld], [[mine], 0]);
    assert.deepEqual(idsOf(await pull(id, { after: answer.next })), []);
    assert.equal(
      await codeOf(subscribed({ filter: [{ field: 'level', op: 'eq', value: 'red' }] })),
      'unknown_field',
    );
    assert.equal(
      await codeOf(subscribed({ types: [issued], filter: [{ field: 'duty_phone', op: 'eq', value: '1' }] })),
      'filter_not_granted',
    );
  });

  test('it begins now, with the oldest event or at a moment; limit and types are obeyed', async () => {
    const moment = new Date(database.now()).toISOString();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const sent = [await publish(), await publish(), await publish({}, lifted)];
    assert.deepEqual(await drain(await subscribed()), []);
    const oldest = (await drain(await subscribed({ start: 'oldest' }))).flatMap(idsOf);
    assert.deepEqual(oldest.slice(-3), sent);
    assert.ok(oldest.length > 10);
    assert.deepEqual((await drain(await subscribed({ since: moment }))).flatMap(idsOf), sent);
    const one = await subscribed({ since: moment, types: [lifted] });
    assert.deepEqual((await drain(one)).flatMap(idsOf), [sent[2]]);
    const small = await pull(await subscribed({ since: moment }), { limit: 1 });
    assert.deepEqual([idsOf(small), small.more], [[sent[0]], true]);
  });
});

describe('long poll', () => {
  test('it is answered when an event is published in another process, and empty when the time is over', async () => {
    const id = await subscribed();
    const { origins } = second.hub;
    const there = new DatongClient({
      department: 'education',
      ca: second.ca,
      tls: city.education.tls,
      signingKey: city.education.signing,
      hub: { exchange: origins.exchange, open: origins.open },
    });
    try {
      const waiting = there.events.pull(id, { wait: 20 });
      await new Promise((resolve) => setTimeout(resolve, 300));
      const sent = await publish();
      const begun = performance.now();
      assert.deepEqual(idsOf((await waiting).json), [sent]);
      assert.ok(performance.now() - begun < 5_000);
    } finally {
      there.close();
    }
    const begun = performance.now();
    const empty = await subscribed();
    assert.deepEqual(idsOf(await pull(empty, { wait: 1 })), []);
    assert.ok(performance.now() - begun >= 900);
  });

  test('an event that is filtered out does not end the wait', async () => {
    const id = await subscribed({ filter: [{ field: 'district', op: 'eq', value: '990102' }] });
    const waiting = pull(id, { wait: 20 });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await publish();
    const mine = await publish({ district: '990102' });
    assert.deepEqual(idsOf(await waiting), [mine]);
  });

  test('a second call of the same subscription answers the first', async () => {
    const id = await subscribed();
    const waiting = pull(id, { wait: 30 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const begun = performance.now();
    await Promise.all([waiting, pull(id, { wait: 1 })]);
    assert.ok(performance.now() - begun < 10_000);
  });

  test('the client library listens, and acknowledges what it handed out before', async () => {
    const id = await subscribed();
    const sent = [await publish(), await publish()];
    const stop = new AbortController();
    const got: string[] = [];
    for await (const { json } of school.listen(id, { signal: stop.signal, limit: 1, wait: 5 })) {
      got.push(...idsOf(json));
      if (got.length === 2) stop.abort();
    }
    assert.deepEqual(got, sent);
    assert.deepEqual(idsOf(await pull(id)), [sent[1]]);
  });
});

describe('what forbids it, also for what is stored already', () => {
  test('a suspended agreement; resumed, it continues at its position', async () => {
    const id = await subscribed();
    const sent = await publish();
    const steward = await hub.token('wen', ['steward'], 'ecology');
    const act = async (what: string): Promise<void> => {
      const path = `/v1/policy/documents/agr-air-warnings/${what}`;
      const reply = await hub.staff(steward, 'POST', path, { reason: 'test' });
      assert.ok(reply.status < 300, JSON.stringify(reply.json));
    };
    const waiting = codeOf(school.pull(await subscribed(), { wait: 20 }));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await act('suspension');
    assert.equal(await codeOf(school.pull(id)), 'agreement_suspended');
    const leaf = await lastLeaf(database);
    assert.deepEqual(
      [leaf.operation, leaf.code, leaf.dataset],
      ['pullEvents', 'agreement_suspended', issued],
    );
    await act('resumption');
    assert.deepEqual(idsOf(await pull(id)), [sent]);
    await publish();
    assert.equal(await waiting, 'answered');
  });

  test('a suspended type', async () => {
    const id = await subscribed();
    await publish();
    const steward = await hub.token('wan', ['steward'], 'ecology');
    const path = `/v1/datasets/${issued}/decision`;
    await hub.staff(steward, 'POST', path, { act: 'suspend', reason: 'test' });
    assert.equal(await codeOf(school.pull(id)), 'dataset_unavailable');
    await hub.staff(steward, 'POST', path, { act: 'resume', reason: 'test' });
    assert.equal((await pull(id)).events.length, 1);
  });

  test('a revoked certificate, while the call waits', async () => {
    const machine = await hub.enrol('education');
    const id = await subscribed();
    const waiting = codeOf(machine.client.events.pull(id, { wait: 20 }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const path = `/v1/certificates/${machine.serial}/revocation`;
    const reply = await hub.staff(city.operator, 'POST', path, { reason: 'superseded' });
    assert.ok(reply.status < 300, JSON.stringify(reply.json));
    await publish();
    assert.notEqual(await waiting, 'answered');
    assert.equal((await pull(id)).events.length, 1);
  });

  test('another department, another subscription’s cursor, no delivery in the agreement, an end', async () => {
    const [one, other] = [await subscribed(), await subscribed()];
    await publish();
    const { next } = await pull(one);
    assert.equal(await codeOf(pull(other, { after: next })), 'cursor_invalid');
    assert.equal(await codeOf(pull(other, { after: 'AAAA' })), 'cursor_invalid');
    assert.equal(await codeOf(city.publicSecurity.client.events.pull(one)), 'subscription_unknown');
    assert.equal(await codeOf(city.publicSecurity.client.events.end(one)), 'subscription_unknown');
    assert.equal(
      await codeOf(city.publicSecurity.client.events.subscribe({ topic }, context)),
      'no_agreement',
    );
    assert.equal(await codeOf(subscribed({ types: ['ecology.air-quality-hourly'] })), 'subscription_types');
    assert.equal((await school.end(one)).json.state, 'ended');
    assert.equal(await codeOf(school.end(one)), 'subscription_ended');
    assert.equal(await codeOf(pull(one)), 'subscription_ended');
  });

  test('others than the hub changed its row', async () => {
    const id = await subscribed();
    await publish();
    await school.end(id);
    const administrator = new pg.Client(connectionOf(database.address));
    await administrator.connect();
    await administrator.query('UPDATE subscription SET ended_at = NULL, ended_by = NULL WHERE id = $1', [id]);
    await administrator.end();
    assert.equal(await codeOf(pull(id)), 'subscription_unknown');
    assert.equal(await codeOf(school.end(id)), 'subscription_unknown');
  });

  test('both sides list it, and no other party does', async () => {
    const id = await subscribed();
    const listed = async ({ client }: Machine): Promise<boolean> => {
      const { json } = await client.call({
        method: 'GET',
        path: '/v1/subscriptions?limit=200',
        receipt: 'required',
      });
      return (json as { subscriptions: { id: string }[] }).subscriptions.some((one) => one.id === id);
    };
    const { education, ecology, publicSecurity } = city;
    assert.deepEqual(
      [await listed(education), await listed(ecology), await listed(publicSecurity)],
      [true, true, false],
    );
  });
});

test('an answer without events is no use of the agreement; one with events is', async () => {
  const taken = async (): Promise<number> => {
    const { rows } = await database.owner.query<{ calls: string }>(
      `SELECT coalesce(sum(calls), 0) AS calls FROM agreement_quota WHERE agreement LIKE 'agr-air-warnings education public-service ${issued}'`,
    );
    return Number(rows[0]?.calls);
  };
  const id = await subscribed();
  const before = await taken();
  await pull(id);
  assert.equal(await taken(), before);
  await publish();
  await pull(id);
  assert.equal(await taken(), before + 1);
});

test('an agreement grants a type of event by deliveries: [events] alone, and rows never so', async () => {
  const grant = {
    dataset: issued,
    schema: 'air-warning@1',
    fields: { district: { mask: 'clear' } },
    limits: { rowsPerCall: 10 },
  };
  const document = {
    kind: 'Agreement',
    id: 'agr-other',
    version: 1,
    provider: 'ecology',
    consumer: 'education',
    purposes: ['public-service'],
    basis: { type: 'statutory', reference: '法', clause: '第一条' },
    valid: validTerm,
  };
  const rows = {
    dataset: 'ecology.air-quality-hourly',
    schema: 'air-quality-hourly@1',
    fields: { station: { mask: 'clear' } },
    limits: { rowsPerCall: 10 },
  };
  for (const [one, code] of [
    [grant, 'events_alone'],
    [{ ...grant, deliveries: ['stream'] }, 'events_alone'],
    [{ ...grant, deliveries: ['events', 'stream'] }, 'events_alone'],
    [{ ...grant, deliveries: ['events'], lookupBy: ['warning_id'] }, 'events_alone'],
    [{ ...rows, deliveries: ['events'] }, 'events_of_rows'],
  ] as const) {
    const reply = await hub.staff(city.operator, 'POST', '/v1/policy/trials', {
      document: { ...document, grants: [one] },
    });
    assert.ok(JSON.stringify(reply.json).includes(`"${code}"`), `${code}: ${JSON.stringify(reply.json)}`);
  }
});

test('only those whose person agreed leave; a withdrawal stops what is stored', async () => {
  const grants = await consentedEvents(city, database);
  const [first] = [await grants.consent(1), await grants.consent(2)];
  const { id } = (await school.subscribe({ topic: grants.topic }, grants.context)).json;
  // of a person who agreed, and outside the row filter of the agreement
  await grants.publish([1], 0);
  await grants.publish([1, 2, 3]);
  const answer = await school.pull(id);
  assert.deepEqual(
    answer.json.events.map(({ data, subject }) => [data, subject]),
    [
      [{ amount: 1 }, undefined],
      [{ amount: 2 }, undefined],
    ],
  );
  assert.deepEqual(answer.json.rows, { delivered: 2, withheld: 'undisclosed' });
  const leaf = await lastLeaf(database);
  assert.deepEqual([leaf.subjects?.count, leaf.private === undefined], [2, false]);
  await city.publicSecurity.client.withdrawConsent(first);
  assert.deepEqual(
    (await pull(id)).events.map(({ data }) => data),
    [{ amount: 2 }],
  );
  // an event about a person who did not consent does not end a wait either
  const waiting = school.pull(id, { after: answer.json.next, wait: 2 });
  await new Promise((resolve) => setTimeout(resolve, 200));
  await grants.publish([4]);
  const begun = performance.now();
  assert.deepEqual((await waiting).json.events, []);
  assert.ok(performance.now() - begun > 1_000);
});

test('a department has a hundred subscriptions at most; an ended one frees a place', async () => {
  const made: string[] = [];
  const full = async (): Promise<string> => {
    for (;;) {
      try {
        made.push(await subscribed());
      } catch (error) {
        assert.ok(error instanceof DatongProblem, String(error));
        return error.code;
      }
      assert.ok(made.length <= 100);
    }
  };
  assert.equal(await full(), 'subscriptions_full');
  await school.end(made[0] ?? assert.fail());
  const atOnce = await Promise.all(Array.from({ length: 5 }, () => codeOf(subscribed())));
  assert.deepEqual(atOnce.sort(), ['answered', ...Array.from({ length: 4 }, () => 'subscriptions_full')]);
});
