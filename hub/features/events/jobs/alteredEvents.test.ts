/** Events that were changed past the hub fill the portions of the job that ends, closes and escalates them: the others are not delayed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { administratorSession } from '../../../../tests/administratorSession.ts';
import { cityHub } from '../../../../tests/cityHub.ts';
import { eventually } from '../../../../tests/eventually.ts';
import { samplePlan } from '../../../../tests/samplePlan.ts';
import { escalateEvents } from './escalateEvents.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 12 });
await city.apply('air-warning/topic.yaml');
await city.apply('air-warning/response.yaml');
const steps = [
  {
    id: 'receipt',
    title: { zh: '收到预警', en: 'Warning received' },
    departments: ['pub-security'],
    grade: 'received' as const,
    withinSeconds: 600,
  },
];
await samplePlan(hub, { steps });
await samplePlan(hub, {
  id: 'ecology.yellow',
  steps,
  when: [{ field: 'level', op: 'eq', value: 'yellow' }],
});
/** As many as a portion has. */
const many = 200;
let count = 0;
/** @returns ids */
async function publish(
  number: number,
  warning: string,
  level: string | undefined,
): Promise<readonly string[]> {
  const events = Array.from({ length: number }, () => {
    count += 1;
    return {
      specversion: '1.0' as const,
      id: `e-${count}`,
      source: 'test',
      type: `ecology.air-warning-${level === undefined ? 'lifted' : 'issued'}`,
      data: { warning_id: warning, district: '990101', ...(level === undefined ? {} : { level }) },
    };
  });
  const { json } = await city.ecology.client.events.publish('ecology.air-warnings', events);
  return json.events.map(({ event }) => event);
}
/** A session of the superuser, past the hub: triggers do not run. */
const administrator = await administratorSession(database, '-c session_replication_role=replica');
const run = () => hub.hub.runner.run('escalateEvents');
const countOf = async (text: string, events: readonly string[]): Promise<number> =>
  (await database.app.query(text, [events])).rows.length;

test('closings that are to be sent', async () => {
  const altered = await publish(many, 'w-altered', 'red');
  await publish(1, 'w-altered', undefined);
  const [event = ''] = await publish(1, 'w-genuine', 'red');
  await publish(1, 'w-genuine', undefined);
  const waiting = 'SELECT FROM late_closing WHERE event = ANY ($1)';
  assert.deepEqual([await countOf(waiting, altered), await countOf(waiting, [event])], [many, 1]);
  const moved = 'UPDATE open_event SET ends_at = ends_at + $2::interval WHERE id = ANY ($1)';
  await administrator.query(moved, [altered, '1 second']);
  assert.equal(await run(), 'rows_unauthenticated');
  assert.deepEqual([await countOf(waiting, altered), await countOf(waiting, [event])], [many, 0]);
  await administrator.query(moved, [altered, '-1 second']);
  assert.equal(await run(), 'ok');
  assert.equal(await countOf(waiting, altered), 0);
});

test('events whose time is over', async () => {
  const altered = await publish(many, 'w-over', 'red');
  const [event = ''] = await publish(1, 'w-over-too', 'yellow');
  await database.owner.query(
    "UPDATE open_event SET ends_at = now() - CASE WHEN id = $1 THEN interval '1 second' ELSE interval '1 minute' END WHERE state = 'open'",
    [event],
  );
  const moved = 'UPDATE event_step SET due_at = due_at + $2::interval WHERE event = ANY ($1)';
  await administrator.query(moved, [altered, '1 second']);
  const open = "SELECT FROM open_event WHERE state = 'open' AND id = ANY ($1)";
  assert.equal(await run(), 'rows_unauthenticated');
  assert.deepEqual([await countOf(open, altered), await countOf(open, [event])], [many, 0]);
  await administrator.query(moved, [altered, '-1 second']);
  assert.equal(await run(), 'ok');
  assert.equal(await countOf(open, altered), 0);
});

test('missed deadlines, and the moment of the next one', async () => {
  const altered = await publish(many, 'w-late', 'red');
  const [event = '', next = ''] = await publish(2, 'w-late-too', 'yellow');
  await database.owner.query(
    `UPDATE event_step SET due_at = due_at - back, next_at = next_at - back
       FROM (SELECT CASE WHEN id = $1 THEN interval '11 minutes' ELSE interval '12 minutes' END AS back, id
               FROM open_event WHERE state = 'open' AND id <> $2) AS one
      WHERE event = one.id`,
    [event, next],
  );
  const plan = "code = 'ecology.heavy-pollution'";
  await administrator.query(`UPDATE response_plan SET digest = reverse(digest) WHERE ${plan}`);
  const waiting = "SELECT FROM event_step WHERE state = 'waiting' AND event = ANY ($1)";
  assert.equal(await run(), 'rows_unauthenticated');
  assert.deepEqual([await countOf(waiting, altered), await countOf(waiting, [event])], [many, 0]);
  // the next deadline is met in time although earlier ones cannot be
  const job = escalateEvents({ database, registry: hub.hub.services.registry });
  await database.owner.query(
    "UPDATE event_step SET next_at = now() + interval '2 seconds' WHERE event = $1",
    [next],
  );
  const { failures } = await job.run({
    now: () => database.now(),
    state: null,
    signal: new AbortController().signal,
    act: () => assert.fail('nothing is due that was not altered'),
  });
  assert.equal(failures?.length, many);
  assert.equal(job.early?.(), false);
  await eventually(
    () => job.early?.() === true,
    () => 'it is not due',
    { within: 4_000 },
  );
  await administrator.query(`UPDATE response_plan SET digest = reverse(digest) WHERE ${plan}`);
  assert.equal(await run(), 'ok');
  assert.equal(await countOf(waiting, altered), 0);
});

test('missed deadlines of events whose own row was altered', async () => {
  // a plan has no more open events than these
  await publish(1, 'w-late', undefined);
  assert.equal(await run(), 'ok');
  const altered = await publish(many, 'w-moved', 'red');
  const [event = ''] = await publish(1, 'w-moved-too', 'yellow');
  await database.owner.query(
    `UPDATE event_step SET due_at = due_at - back, next_at = next_at - back
       FROM (SELECT CASE WHEN id = $1 THEN interval '11 minutes' ELSE interval '12 minutes' END AS back, id
               FROM open_event WHERE id = ANY ($2)) AS one
      WHERE event = one.id`,
    [event, [event, ...altered]],
  );
  const moved = 'UPDATE open_event SET department = $2 WHERE id = ANY ($1)';
  await administrator.query(moved, [altered, 'education']);
  const waiting = "SELECT FROM event_step WHERE state = 'waiting' AND event = ANY ($1)";
  assert.equal(await run(), 'rows_unauthenticated');
  assert.deepEqual([await countOf(waiting, altered), await countOf(waiting, [event])], [many, 0]);
  await administrator.query(moved, [altered, 'ecology']);
  assert.equal(await run(), 'ok');
  assert.equal(await countOf(waiting, altered), 0);
});

test('more rows without a seal than the hub passes over stop only the work that reads their table', async () => {
  const [event = ''] = await publish(1, 'w-late-again', 'yellow');
  await administrator.query(
    `INSERT INTO late_closing (event, department)
     SELECT lpad(n::text, 32, '0')::uuid, 'pub-security' FROM generate_series(1, 22000) AS n`,
  );
  await database.owner.query(
    `UPDATE event_step SET due_at = due_at - interval '11 minutes', next_at = next_at - interval '11 minutes' WHERE event = $1`,
    [event],
  );
  const waiting = "SELECT FROM event_step WHERE state = 'waiting' AND event = ANY ($1)";
  assert.equal(await countOf(waiting, [event]), 1);
  assert.equal(await run(), 'rows_unauthenticated');
  assert.equal(await countOf(waiting, [event]), 0);
  await administrator.query("DELETE FROM late_closing WHERE event < '00000001-0000-0000-0000-000000000000'");
  assert.equal(await run(), 'ok');
});
