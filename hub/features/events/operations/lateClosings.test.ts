/**
 * Closings that the entry of the closure does not address: of an event that another event closed, and for a department that receives an event
 * after it was closed.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { administratorSession } from '../../../../tests/administratorSession.ts';
import { testDatabase } from '../../../../tests/database.ts';
import { newestLeaves } from '../../../../tests/flows/leaves.ts';
import { sampleCity, testHub, type TestHub } from '../../../../tests/hub.ts';
import { samplePlan } from '../../../../tests/samplePlan.ts';

const database = await testDatabase({ connections: 20 });
const hub = await testHub({ database, jobsByTime: false });
const second = await testHub({ database, jobsByTime: false, keysDir: hub.hub.config.keysDir });
after(async () => {
  await second.stop();
  await hub.stop();
});
const city = await sampleCity(hub);
const office = await hub.enrol('data-office');
await city.apply('air-warning/topic.yaml');
await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
await city.apply('air-warning/response.yaml');
await city.apply('hub-events/topic.yaml');
await city.apply('hub-events/agreement.yaml', [city.education, office]);
// the school receives warnings, and owes nothing in them
await samplePlan(hub, {
  steps: [
    {
      id: 'receipt',
      title: { zh: '收到预警', en: 'Warning received' },
      departments: ['pub-security'],
      grade: 'received',
      withinSeconds: 600,
    },
  ],
});
const run = async (job: string, by: TestHub = hub): Promise<void> =>
  assert.equal(await by.hub.runner.run(job), 'ok');
await run('publishHubEvents');

const topic = 'ecology.air-warnings';
const { events: school } = city.education.client;
const { events: publisher } = city.ecology.client;
const closing = { code: 'ended', reason: '预警已解除' } as const;
const publish = async (id: string, type: 'issued' | 'lifted'): Promise<string> => {
  const data = { warning_id: id, district: '990101', ...(type === 'issued' ? { level: 'red' } : {}) };
  const { json } = await publisher.publish(topic, [
    { specversion: '1.0', id: `${type}-${id}`, source: 'test', type: `ecology.air-warning-${type}`, data },
  ]);
  return json.events[0]?.event ?? assert.fail();
};
const warn = (id: string): Promise<string> => publish(id, 'issued');
const context = { purpose: 'public-service', agreement: 'agr-air-warnings' };
const warnings = (await school.subscribe({ topic, types: ['ecology.air-warning-issued'] }, context)).json.id;
const closings = (
  await school.subscribe(
    { topic: 'data-office.hub-closed-events' },
    { purpose: 'public-service', agreement: 'agr-hub-events' },
  )
).json.id;

/** Takes what is left of a subscription over. */
async function taken(id: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { events, next } = (await school.pull(id)).json;
  await school.pull(id, { after: next });
  return events.map(({ id: event, data }) => ({ id: event, ...data }));
}
/** What the school hears of closings, once the jobs of a process have run. */
async function closingsBy(by: TestHub = hub): Promise<readonly unknown[]> {
  await run('escalateEvents', by);
  await run('publishHubEvents', by);
  return (await taken(closings)).map(({ event, cause, code, purpose }) => [event, cause, code, purpose]);
}

test('it is sent the closing after the opening, with what the closure stated, once', async () => {
  const event = await warn('w-1');
  await publisher.close(event, closing);
  assert.deepEqual(await closingsBy(), [], 'nothing left to the school yet');
  assert.deepEqual(
    (await school.pull(warnings)).json.events.map(({ id }) => id),
    [event],
  );
  assert.deepEqual(await closingsBy(), [[event, 'person', 'ended', 'pollution-response']]);
  await taken(warnings);
  assert.deepEqual(await closingsBy(), [], 'the opening was delivered again');
});

test('the process that delivered the opening ends before its jobs run: another one sends the closing', async () => {
  const event = await warn('w-2');
  await publisher.close(event, closing);
  await taken(warnings);
  assert.deepEqual(await closingsBy(second), [[event, 'person', 'ended', 'pollution-response']]);
  assert.deepEqual(await closingsBy(), []);
});

test('an event that its time closed, and a purpose that another event still needs', async () => {
  const [event, other] = [await warn('w-3'), await warn('w-4')];
  await database.owner.query("UPDATE open_event SET ends_at = now() - interval '1 second' WHERE id = $1", [
    event,
  ]);
  assert.deepEqual(await closingsBy(), []);
  await taken(warnings);
  assert.deepEqual(await closingsBy(), [[event, 'time', undefined, undefined]]);
  await publisher.close(other, closing);
  assert.deepEqual(await closingsBy(), [[other, 'person', 'ended', 'pollution-response']]);
});

test('an event that another event closed: each department that it concerns is sent the closing, once', async () => {
  const event = await warn('w-5');
  await taken(warnings);
  await publish('w-5', 'lifted');
  assert.deepEqual(await closingsBy(), [[event, 'event', undefined, 'pollution-response']]);
  // one entry for all of them: the one that owes something in it, and the one that received it
  const [leaf] = (await newestLeaves(database, 10)).filter(({ change }) => change?.['act'] === 'closeLate');
  assert.deepEqual(
    [leaf?.operation, leaf?.change?.['event'], leaf?.change?.['departments']],
    ['escalateEvents', event, 'education pub-security'],
  );
  await publish('w-5', 'lifted');
  await taken(warnings);
  assert.deepEqual(await closingsBy(second), []);
});

test('an event that another event closed before it was received: the closing is sent after the delivery', async () => {
  const event = await warn('w-6');
  await publish('w-6', 'lifted');
  assert.deepEqual(await closingsBy(), [], 'nothing left to the school yet');
  await taken(warnings);
  assert.deepEqual(await closingsBy(), [[event, 'event', undefined, 'pollution-response']]);
  assert.deepEqual(await closingsBy(second), []);
});

test('the event that closes another one is published while a person closes it: one closing', async () => {
  for (let nth = 0; nth < 6; nth += 1) {
    const event = await warn(`w-race-${nth}`);
    await taken(warnings);
    await Promise.allSettled([publisher.close(event, closing), publish(`w-race-${nth}`, 'lifted')]);
    assert.deepEqual(
      (await closingsBy()).map((one) => (one as unknown[])[0]),
      [event],
      `closing ${nth}`,
    );
    assert.deepEqual(await closingsBy(second), []);
  }
});

test('deliveries and closures at the same time: each delivered opening has one closing', async () => {
  for (let nth = 0; nth < 12; nth += 1) {
    const event = await warn(`w-same-${nth}`);
    const [pulled] = await Promise.all([school.pull(warnings), publisher.close(event, closing)]);
    await school.pull(warnings, { after: pulled.json.next });
    assert.deepEqual(
      pulled.json.events.map(({ id }) => id),
      [event],
    );
    assert.deepEqual(
      (await closingsBy()).map((one) => (one as unknown[])[0]),
      [event],
      `closing ${nth}`,
    );
  }
});

/** A session of the superuser, past the hub: triggers do not run. */
const administrator = await administratorSession(database, '-c session_replication_role=replica');

test('a row past the hub, as if the closing had been sent or were to be sent: nothing is delivered until it is gone, then both', async () => {
  const entry = '01890000-0000-7000-8000-000000000000';
  for (const [table, values, undo] of [
    ['late_closing (event, department)', '', 'DELETE FROM late_closing WHERE event = $1'],
    [
      'event_delivery (event, department, exchange, subscription, at)',
      `, '${entry}', '${warnings}', now()`,
      'DELETE FROM event_delivery WHERE event = $1',
    ],
    [
      'event_step (event, department, step, state, due_at)',
      `, 'more', 'waiting', now()`,
      `DELETE FROM event_step WHERE event = $1 AND step = 'more'`,
    ],
    [
      'event_escalation (event, recipient, department, step, stage, role, due_at, at, exchange)',
      `, 'education', 'receipt', 9, 'steward', now(), now(), '${entry}'`,
      'DELETE FROM event_escalation WHERE event = $1',
    ],
  ] as const) {
    const event = await warn(`w-${table.split(' ')[0]}`);
    await publisher.close(event, closing);
    await administrator.query(`INSERT INTO ${table} VALUES ('${event}', 'education'${values})`);
    await assert.rejects(school.pull(warnings), { code: 'rows_unauthenticated' }, table);
    await administrator.query(undo, [event]);
    await taken(warnings);
    assert.deepEqual(await closingsBy(), [[event, 'person', 'ended', 'pollution-response']], table);
  }
});

test('a delivery that was deleted, or added, past the hub: no other event closes the event until it is restored', async () => {
  const event = await warn('w-changed');
  await taken(warnings);
  for (const [change, undo] of [
    [
      `CREATE TEMPORARY TABLE gone AS SELECT * FROM event_delivery WHERE event = '${event}';
       DELETE FROM event_delivery WHERE event = '${event}'`,
      'INSERT INTO event_delivery SELECT * FROM gone; DROP TABLE gone',
    ],
    [
      `INSERT INTO event_delivery (event, department, exchange, subscription, at)
       VALUES ('${event}', 'ecology', '01890000-0000-7000-8000-000000000000', '${warnings}', now())`,
      `DELETE FROM event_delivery WHERE event = '${event}' AND department = 'ecology'`,
    ],
  ] as const) {
    await administrator.query(change);
    await assert.rejects(publish('w-changed', 'lifted'), { code: 'rows_unauthenticated' });
    await administrator.query(undo);
  }
  await publish('w-changed', 'lifted');
  assert.deepEqual(await closingsBy(), [[event, 'event', undefined, 'pollution-response']]);
});

test('a delivery that was deleted past the hub: the event is not closed without it', async () => {
  const event = await warn('w-deleted');
  await taken(warnings);
  await administrator.query(
    `CREATE TEMPORARY TABLE gone AS SELECT * FROM event_delivery WHERE event = '${event}';
     DELETE FROM event_delivery WHERE event = '${event}'`,
  );
  await assert.rejects(publisher.close(event, closing), { code: 'rows_unauthenticated' });
  await administrator.query('INSERT INTO event_delivery SELECT * FROM gone; DROP TABLE gone');
  await publisher.close(event, closing);
  assert.deepEqual(await closingsBy(), [[event, 'person', 'ended', 'pollution-response']]);
});
