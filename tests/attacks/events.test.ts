/** A database administrator without a key of the hub writes events. None is delivered as the department's, and none takes the place of one. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { administratorSession } from '../administratorSession.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
await city.apply('air-warning/topic.yaml');
await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
const administrator = await administratorSession(database);
after(() => hub.stop());

const topic = 'ecology.air-warnings';
const context = { purpose: 'public-service', agreement: 'agr-air-warnings' };
const { events: school } = city.education.client;
const subscription = (await school.subscribe({ topic }, context)).json.id;
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'answered',
    (error: unknown) => (error instanceof DatongProblem ? error.code : String(error)),
  );
const publish = (id: string) =>
  city.ecology.client.events.publish(topic, [
    {
      specversion: '1.0',
      id,
      source: 'test',
      type: 'ecology.air-warning-issued',
      data: { warning_id: id, district: '990101', level: 'orange', duty_phone: '0990-5550100' },
    },
  ]);
const pulled = async (): Promise<readonly unknown[]> =>
  (await school.pull(subscription)).json.events.map(
    ({ data }) => (data as { warning_id?: unknown }).warning_id,
  );

await publish('e-1');
await publish('e-2');

test('an event whose content, type, time, number or subject was altered is not delivered, nor any after it', async () => {
  assert.deepEqual(await pulled(), ['e-1', 'e-2']);
  for (const [set, back] of [
    [`data = replace(data, 'orange', 'red')`, `data = replace(data, 'red', 'orange')`],
    [`type = 'ecology.air-warning-lifted'`, `type = 'ecology.air-warning-issued'`],
    [`time = time - interval '1 hour'`, `time = time + interval '1 hour'`],
    [`subject = '\\x01'`, 'subject = NULL'],
    [`id = '01890000-0000-7000-8000-000000000000'`, `id = $1`],
    ['mac = NULL', 'mac = $1'],
  ] as const) {
    const column = set.split(' ')[0] ?? '';
    const { rows } = await administrator.query<{ value: unknown }>(
      `SELECT ${column} AS value FROM event WHERE sequence = 1`,
    );
    await administrator.query(`UPDATE event SET ${set} WHERE sequence = 1`);
    assert.equal(await codeOf(pulled()), 'rows_unauthenticated', set);
    await administrator.query(
      `UPDATE event SET ${back} WHERE sequence = 1`,
      back.includes('$1') ? [rows[0]?.value] : [],
    );
    assert.deepEqual(await pulled(), ['e-1', 'e-2'], back);
  }
});

test('an event that was never published, with the MAC of another: not delivered', async () => {
  await administrator.query(
    `INSERT INTO event SELECT topic, 3, gen_random_uuid(), type, 'test' || chr(10) || 'e-3', digest, time, schema, subject, data, exchange, stored_at, mac
       FROM event WHERE sequence = 2`,
  );
  assert.equal(await codeOf(pulled()), 'rows_unauthenticated');
  // it does not pass for the department's own publication either
  assert.equal(await codeOf(publish('e-3')), 'rows_unauthenticated');
  await administrator.query('DELETE FROM event WHERE sequence = 3');
  await publish('e-3');
  assert.deepEqual(await pulled(), ['e-1', 'e-2', 'e-3']);
});

test('two events that change places: not delivered', async () => {
  await administrator.query('UPDATE event SET sequence = 9 WHERE sequence = 1');
  await administrator.query('UPDATE event SET sequence = 1 WHERE sequence = 2');
  assert.equal(await codeOf(pulled()), 'rows_unauthenticated');
});

test('the number of the newest event, set back after the events expired: the next event is delivered', async () => {
  const { rows } = await administrator.query<{ last: string }>(
    'SELECT last_sequence AS last FROM topic WHERE id = $1',
    [topic],
  );
  await administrator.query(
    'UPDATE subscription SET acknowledged = (SELECT last_sequence FROM topic WHERE id = subscription.topic)',
  );
  await administrator.query('DELETE FROM event');
  await administrator.query('UPDATE topic SET last_sequence = 0');
  await publish('e-after');
  assert.deepEqual(await pulled(), ['e-after']);
  const { rows: now } = await administrator.query<{ last: string }>(
    'SELECT last_sequence AS last FROM topic WHERE id = $1',
    [topic],
  );
  assert.equal(Number(now[0]?.last), Number(rows[0]?.last) + 1);
});
