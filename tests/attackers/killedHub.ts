/**
 * A hub is killed (SIGKILL) at random moments of an intake and started again, KILLS times: each file ends published exactly once, with all of
 * its rows, and nothing stays of what was broken off. ATTACK_SEED sets the moments. Run by itself, without the time limit of the runner.
 */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { seededRandom } from '../../clients/cli/demo/files/random.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';
import { hubAgain } from './hubAgain.ts';
import { leftOver, published, send } from './killedIntake.ts';

const kills = Number(process.env['KILLS'] ?? 20);
const seed = Number(process.env['ATTACK_SEED'] ?? 20261121);
const rows = 20_000;

const database = await testDatabase();
const made = await testHub({ database });
const { publicSecurity } = await sampleCity(made);
const { client } = publicSecurity;
const serve = await hubAgain(made, database);
let hub: ChildProcess | undefined;
after(() => made.stop());

test(`killed ${kills} times in the middle, each file ends published once, whole, and nothing else stays`, async (t) => {
  t.after(() => void hub?.kill('SIGKILL')); // ahead of its database
  const random = seededRandom(seed);
  hub = await serve();
  const begun = performance.now();
  const first = await send(client, householdFile(rows, 1));
  const usual = performance.now() - begun;
  assert.equal(first.state, 'published');
  for (let i = 0; i < kills; i += 1) {
    const file = householdFile(rows, 100 + i);
    const sending = send(client, file);
    const moment = random.int(Math.ceil(usual));
    await sleep(moment);
    const gone = once(hub, 'exit');
    hub.kill('SIGKILL');
    await gone;
    hub = await serve();
    const { batch, state } = await sending;
    const told = `kill ${i + 1} after ${moment} of ${Math.floor(usual)} ms`;
    assert.equal(state, 'published', told);
    assert.deepEqual(await leftOver(database), published(batch, file), told);
  }
  const count = await database.app.query<{ n: string }>('SELECT count(*) AS n FROM batch');
  assert.equal(Number(count.rows[0]?.n), kills + 1, 'no file was opened twice');
});
