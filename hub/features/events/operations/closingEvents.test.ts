/** Closing an event takes a reason that others read; what belongs to another department is answered as what does not exist. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatongProblem } from '../../../../clients/sdk/datongProblem.ts';
import { newestLeaves } from '../../../../tests/flows/leaves.ts';
import { readSamplePlan, samplePlan } from '../../../../tests/samplePlan.ts';
import { cityHub } from '../../../../tests/cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 12 });
const office = await hub.enrol('data-office');
await city.apply('air-warning/topic.yaml');
await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
await city.apply('air-warning/response.yaml');
await city.apply('hub-events/topic.yaml');
await city.apply('hub-events/agreement.yaml', [city.education, office]);
await samplePlan(hub);
const publishHubEvents = async (): Promise<void> =>
  assert.equal(await hub.hub.runner.run('publishHubEvents'), 'ok');
await publishHubEvents();

const topic = 'ecology.air-warnings';
const { events: school } = city.education.client;
const { events: publisher } = city.ecology.client;
const warn = async (id: string): Promise<string> => {
  const { json } = await publisher.publish(topic, [
    {
      specversion: '1.0',
      id,
      source: 'test',
      type: 'ecology.air-warning-issued',
      data: { warning_id: id, district: '990101', level: 'red' },
    },
  ]);
  return json.events[0]?.event ?? assert.fail();
};
const closing = { code: 'false-alarm', reason: '监测设备故障，误发预警' } as const;

test('the code and the reason of a closure are on the board, in the log and in an event of the hub', async () => {
  const { id } = (
    await school.subscribe(
      { topic: 'data-office.hub-closed-events' },
      { purpose: 'public-service', agreement: 'agr-hub-events' },
    )
  ).json;
  const event = await warn('w-1');
  assert.deepEqual((await publisher.close(event, closing)).json.closing, closing);
  const [leaf] = await newestLeaves(database, 1);
  assert.deepEqual([leaf?.change?.['code'], leaf?.change?.['reason']], [closing.code, closing.reason]);
  // a department that owes something in it reads why it owes nothing any more
  const { state, cause, closing: shown } = (await school.board(event)).json;
  assert.deepEqual([state, cause, shown], ['closed', 'person', closing]);
  await publishHubEvents();
  const { events } = (await school.pull(id)).json;
  assert.deepEqual(
    events.map(({ data }) => data),
    // the sample agreement does not grant the free text
    [
      {
        entry: leaf?.id,
        event,
        plan: 'ecology.heavy-pollution',
        department: 'ecology',
        recipient: 'education',
        cause: 'person',
        code: closing.code,
        purpose: 'pollution-response',
      },
    ],
  );
});

test('the event of a closure is one for each department that it concerns, and none for others', async () => {
  const recipientsOf = async (event: string): Promise<readonly unknown[]> => {
    await publishHubEvents();
    const { rows } = await database.owner.query<{ data: string }>(
      "SELECT data FROM event WHERE type = 'data-office.hub-closed-event' ORDER BY sequence",
    );
    const all = rows.map(({ data }) => JSON.parse(data) as { event: string; recipient: string });
    return all.flatMap((one) => (one.event === event ? [one.recipient] : []));
  };
  const owing = await warn('w-c1');
  await publisher.close(owing, closing);
  assert.deepEqual(await recipientsOf(owing), ['education', 'pub-security']);
  const late = await warn('w-c2');
  await database.owner.query(
    "UPDATE event_step SET due_at = now() - interval '1 day', next_at = now() - interval '1 day' WHERE event = $1",
    [late],
  );
  assert.equal(await hub.hub.runner.run('escalateEvents'), 'ok');
  await publisher.close(late, closing);
  const { rows } = await database.owner.query<{ recipient: string }>(
    "SELECT DISTINCT recipient FROM event_escalation WHERE event = $1 AND recipient NOT IN ('education', 'pub-security')",
    [late],
  );
  assert.ok(rows.length > 0, 'the plan escalates to others too');
  assert.deepEqual(
    await recipientsOf(late),
    ['education', 'pub-security', ...rows.map(({ recipient }) => recipient)].sort(),
  );
});

test('an event that its time closes is an event of the hub without a reason', async () => {
  const { id } = (
    await school.subscribe(
      { topic: 'data-office.hub-closed-events' },
      { purpose: 'public-service', agreement: 'agr-hub-events' },
    )
  ).json;
  const event = await warn('w-2');
  await database.owner.query("UPDATE open_event SET ends_at = now() - interval '1 second' WHERE id = $1", [
    event,
  ]);
  assert.equal(await hub.hub.runner.run('escalateEvents'), 'ok');
  await publishHubEvents();
  const { events } = (await school.pull(id)).json;
  assert.deepEqual(
    events.map(({ data: { event: of, cause, code, reason } }) => [of, cause, code, reason]),
    [[event, 'time', undefined, undefined]],
  );
});

test('the purpose is stated as ended only by the last open event that has it', async () => {
  const [first, second, third] = [await warn('w-p1'), await warn('w-p2'), await warn('w-p3')];
  const purposeIn = async (): Promise<unknown> => (await newestLeaves(database, 1))[0]?.change?.['purpose'];
  await publisher.close(first, closing);
  assert.equal(await purposeIn(), undefined, 'two others are open');
  await database.owner.query(
    "UPDATE open_event SET ends_at = now() - interval '1 second' WHERE id = ANY ($1)",
    [[second, third]],
  );
  assert.equal(await hub.hub.runner.run('escalateEvents'), 'ok');
  const ends = (await newestLeaves(database, 10)).filter(
    ({ change }) => change?.['act'] === 'close' && [second, third].includes(String(change['event'])),
  );
  assert.deepEqual(ends.map(({ change }) => change?.['purpose'] ?? 'none').sort(), [
    'none',
    'pollution-response',
  ]);
});

test('without a code of the list or without a text nothing is closed', async () => {
  const event = await warn('w-3');
  const steward = await hub.token('wen', ['steward'], 'ecology');
  const path = `/v1/open-events/${event}/closure`;
  const wrong = [
    {},
    { code: 'ended' },
    { reason: 'dealt with' },
    { code: 'bored', reason: 'dealt with' },
    { code: 'ended', reason: 'x' },
    { code: 'ended', reason: 'x'.repeat(201) },
  ];
  for (const body of wrong) {
    const { status, json } = await hub.staff(steward, 'POST', path, body);
    assert.deepEqual([status, json['code']], [400, 'invalid_request'], JSON.stringify(body));
  }
  assert.equal((await publisher.board(event)).json.state, 'open');
});

test('two persons who change the same revision of a plan: the second change is refused, also at its acceptance', async () => {
  const [wen, wan] = [
    await hub.token('wen', ['steward'], 'ecology'),
    await hub.token('wan', ['steward'], 'ecology'),
  ];
  const plan = readSamplePlan();
  const propose = (more: object) => hub.staff(wen, 'POST', '/v1/response-plans', { ...plan, ...more });
  const accept = async (proposal: unknown) => {
    const path = `/v1/proposals/${String(proposal)}`;
    const { digest } = (await hub.staff(wan, 'GET', path)).json;
    return hub.staff(wan, 'POST', `${path}/acceptance`, { digest });
  };
  const unnamed = await propose({ maxHours: 40 });
  assert.deepEqual([unnamed.status, unnamed.json['code']], [409, 'plan_changed']);
  const first = await propose({ maxHours: 41, basedOn: 1 });
  const second = await propose({ maxHours: 42, basedOn: 1 });
  assert.deepEqual([first.status, second.status], [202, 202], JSON.stringify([first.json, second.json]));
  assert.ok((await accept(first.json['proposal'])).status < 300);
  const late = await accept(second.json['proposal']);
  assert.deepEqual([late.status, late.json['code']], [409, 'plan_changed']);
  const tried = await hub.staff(wen, 'POST', '/v1/response-plans/trials', {
    ...plan,
    maxHours: 42,
    basedOn: 1,
  });
  assert.deepEqual([tried.status, tried.json['code']], [409, 'plan_changed']);
  const { json } = await hub.staff(wen, 'GET', '/v1/response-plans');
  const [{ maxHours, revision, basedOn } = {}] = json['plans'] as Record<string, unknown>[];
  assert.deepEqual([maxHours, revision, basedOn], [41, 2, undefined]);
  const next = await propose({ maxHours: 42, basedOn: 2 });
  assert.ok((await accept(next.json['proposal'])).status < 300);
});

/** What a call was refused with, without the id of its exchange. */
const refusalOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => assert.fail('answered'),
    (error: unknown) => {
      assert.ok(error instanceof DatongProblem, String(error));
      return { status: error.status, code: error.code, text: error.text };
    },
  );

test('what belongs to another department is answered as what does not exist, in every operation of events', async () => {
  const event = await warn('w-4');
  const { id: subscription } = (
    await school.subscribe({ topic }, { purpose: 'public-service', agreement: 'agr-air-warnings' })
  ).json;
  const none = '01a1fdab-cf10-75cb-88ab-083f382da461';
  const { client } = await hub.enrol('transport');
  const { events } = client;
  const machine: readonly ((of: { event: string; subscription: string }) => Promise<unknown>)[] = [
    (of) => events.board(of.event),
    (of) => events.archive(of.event),
    (of) => events.acknowledge(of.event, 'received'),
    (of) => events.close(of.event, closing),
    (of) => events.pull(of.subscription),
    (of) => events.end(of.subscription),
    (of) => events.sink(of.subscription, 'pause'),
    (of) => events.rotateSecret(of.subscription),
    (of) => events.deadLetters(of.subscription),
    (of) => events.replay(of.subscription),
  ];
  for (const call of machine)
    assert.deepEqual(
      await refusalOf(call({ event, subscription })),
      await refusalOf(call({ event: none, subscription: none })),
      String(call),
    );
  const steward = await hub.token('tong', ['steward'], 'transport');
  const staff: readonly (readonly ['GET' | 'POST', string, object?])[] = [
    ['GET', '/v1/open-events/EVENT'],
    ['GET', '/v1/open-events/EVENT/archive'],
    ['POST', '/v1/open-events/EVENT/acknowledgements', { grade: 'received' }],
    ['POST', '/v1/open-events/EVENT/closure', closing],
    ['POST', '/v1/subscriptions/SUBSCRIPTION/sink', { act: 'pause' }],
    ['POST', '/v1/subscriptions/SUBSCRIPTION/secret', {}],
    ['GET', '/v1/subscriptions/SUBSCRIPTION/dead-letters'],
    ['POST', '/v1/subscriptions/SUBSCRIPTION/dead-letters/replay', {}],
  ];
  for (const [method, path, body] of staff) {
    const answers = [];
    for (const of of [
      { event, subscription },
      { event: none, subscription: none },
    ]) {
      const at = path.replace('EVENT', of.event).replace('SUBSCRIPTION', of.subscription);
      const { status, json } = await hub.staff(steward, method, at, body);
      const { exchange: _, ...rest } = json;
      answers.push({ status, ...rest });
    }
    assert.deepEqual(answers[0], answers[1], `${method} ${path}`);
    assert.ok(Number(answers[0]?.status) >= 400, path);
  }
  const listed = await hub.staff(steward, 'GET', '/v1/subscriptions');
  assert.deepEqual(listed.json['subscriptions'], []);
  assert.deepEqual((await hub.staff(steward, 'GET', '/v1/open-events')).json['events'], []);
});
