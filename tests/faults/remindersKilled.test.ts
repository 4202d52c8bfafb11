/**
 * The hub is killed (SIGKILL) while it sends reminders: each is received, in the order in which they were made, and twice only under the
 * same id.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { insertReminder } from '../../hub/features/reminders/store/reminders.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { hubAgain, killHub } from '../attackers/hubAgain.ts';
import { testDatabase } from '../database.ts';
import { eventually } from '../eventually.ts';
import { sampleCity, testHub } from '../hub.ts';
import { claimsOf, reminderServers } from '../reminderServers.ts';

const [reminders, kills] = [120, 8];
const often = { within: 60_000, every: 3 };

test('the hub is killed while it sends reminders: none is lost, the order holds, and doubles have the same id', async (t) => {
  const servers = await reminderServers(async (reply) => {
    await sleep(5);
    reply.writeHead(204).end();
  });
  const { mail, calls } = servers;
  const further = { reminders: servers.reminders };
  const database = await testDatabase();
  const made = await testHub({ database, jobsByTime: false, config: further });
  await sampleCity(made);
  const steward = await made.token('刘老师', ['steward'], 'education');
  const set = await made.staff(steward, 'POST', '/v1/departments/education/reminders', {
    mail: 'jiaoyu@yunxi.example',
    webhook: `${servers.origin}/`,
  });
  assert.equal(set.status, 200, JSON.stringify(set.json));
  const serve = await hubAgain(made, database, further);
  const ids = { mail: [] as string[], webhook: [] as string[] };
  for (let nth = 0; nth < reminders; nth += 1)
    for (const way of ['mail', 'webhook'] as const) {
      const id = uuid7(database.now());
      ids[way].push(id);
      const place = { kind: 'department', owner: 'education', way } as const;
      await insertReminder(
        database.app,
        { ...place, id, said: { counts: { requests: nth + 1 } }, at: Date.now() + nth },
        [],
      );
    }
  const mailed = (): string[] =>
    mail.mails.map((one) => /^Message-ID: <([^@]*)@/m.exec(one)?.[1] ?? 'without an id');

  let hub = await serve();
  t.after(async () => {
    await killHub(hub);
    await made.stop();
    servers.close();
  });
  const queued = async (): Promise<number> =>
    (await database.app.query('SELECT FROM reminder')).rowCount ?? assert.fail();
  for (let kill = 1; kill <= kills; kill += 1) {
    const goal = Math.floor((kill * reminders) / (kills + 1));
    await eventually(
      () => calls.length >= goal,
      () => `${calls.length} calls before kill ${kill}`,
      often,
    );
    await sleep(Math.random() * 20);
    await killHub(hub);
    hub = await serve();
  }
  await eventually(
    async () => (await queued()) === 0,
    () => 'some are still queued',
    often,
  );
  for (const [way, all] of [
    ['webhook', calls.map((call) => String(claimsOf(call)['jti']))],
    ['mail', mailed()],
  ] as const) {
    // the hub's own job may add one of what waits for the department, as soon as the queue is empty
    const got = all.filter((id) => ids[way].includes(id));
    assert.deepEqual([...new Set(got)], ids[way], `${way}: each of them, in their order`);
    assert.ok(got.length <= reminders + kills, `${way}: ${got.length} for ${reminders}`);
  }
});
