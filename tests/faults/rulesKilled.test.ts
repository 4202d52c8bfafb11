/**
 * A hub is killed (SIGKILL) while readings arrive and their rule is evaluated, and started again. Readings are sent again until they are
 * answered. In the end each crossing raised one event, which its consumer receives once.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../clients/cli/demo/files/invented.ts';
import { hubAgain, killHub } from '../attackers/hubAgain.ts';
import { testDatabase } from '../database.ts';
import { eventually } from '../eventually.ts';
import { alarmsHub, at, row } from '../flows/alarmsHub.ts';
import { post } from '../flows/intakeCalls.ts';
import { testHub } from '../hub.ts';

const kills = Number(process.env['KILLS'] ?? 5);
const random = seededRandom(Number(process.env['ATTACK_SEED'] ?? 20261129));

test('a hub that is killed while a rule is evaluated: one event for each crossing', async (t) => {
  const database = await testDatabase({ connections: 20 });
  const made = await testHub({ database, jobsByTime: false });
  const { city, subscription, dataset } = await alarmsHub(made);
  const id = await dataset([{ when: 'level > 150' }]);
  const serve = await hubAgain(made, database);
  let hub = await serve();
  t.after(() => hub.kill('SIGKILL'));
  let minute = 0;
  let isSending = true;
  const sending = (async () => {
    for (; isSending; minute += 2) {
      // a crossing, and a reading after which the next one is a crossing again
      const rows = [row('甲', minute, 151), row('甲', minute + 1, 0)];
      const key = { 'datong-idempotency-key': randomUUID() };
      const sent = (): Promise<boolean> =>
        post(city.ecology.client, `/v1/datasets/${id}/rows`, rows, key).then(
          () => true,
          () => false,
        );
      while (!(await sent())) await sleep(20);
    }
  })();
  for (let kill = 0; kill < kills; kill += 1) {
    const before = minute;
    await eventually(
      () => minute > before + 4,
      () => 'no reading is taken',
      { within: 60_000 },
    );
    await sleep(random.int(300));
    await killHub(hub);
    hub = await serve();
  }
  isSending = false;
  await sending;
  const { client: reader } = city.education;
  const times: unknown[] = [];
  let after: string | undefined;
  await eventually(
    async () => {
      const { json } = await reader.events.pull(subscription, after === undefined ? {} : { after });
      after = json.next;
      times.push(...json.events.map(({ data }) => data['time']));
      return times.length >= minute / 2;
    },
    () => `${times.length} of ${minute / 2} crossings`,
    { within: 60_000 },
  );
  await sleep(2_000);
  const { json } = await reader.events.pull(subscription, after === undefined ? {} : { after });
  assert.deepEqual(
    [...times, ...json.events.map(({ data }) => data['time'])],
    Array.from({ length: minute / 2 }, (_, nth) => at(2 * nth)),
  );
  await killHub(hub);
  t.diagnostic(`${minute} readings, ${kills} kills`);
});
