/**
 * A process of PostgreSQL is killed (SIGKILL) at random moments of an intake, and of a correction, so that the whole server recovers and every
 * connection of the hub breaks: each file ends published exactly once, with all of its rows, and nothing stays of what was broken off.
 * ATTACK_SEED sets the moments. Run by itself, without the time limit of the runner.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { seededRandom } from '../../clients/cli/demo/files/invented.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';
import { answered, killOneBackend } from './killOneBackend.ts';
import { noneMissing, leftOver, mendedFile, published, send } from './killedIntake.ts';

const kills = Number(process.env['KILLS'] ?? 20);
const seed = Number(process.env['ATTACK_SEED'] ?? 20261121);
const rows = 20_000;

const database = await testDatabase();
const hub = await testHub({ database, intake: { leaseSeconds: 2 } });
after(() => hub.stop());
const { client } = (await sampleCity(hub)).publicSecurity;

test(`PostgreSQL killed ${kills} times in the middle: each file ends published once, whole, and nothing else stays`, async () => {
  const random = seededRandom(seed);
  const begun = performance.now();
  assert.equal((await send(client, householdFile(rows, 1))).state, 'published');
  const usual = performance.now() - begun;
  for (let i = 0; i < kills; i += 1) {
    const file = householdFile(rows, 100 + i);
    const sending = send(client, file);
    const moment = random.int(Math.ceil(usual));
    await sleep(moment);
    await killOneBackend(database, random);
    const { batch, state } = await sending;
    const reported = `kill ${i + 1} after ${moment} of ${Math.floor(usual)} ms`;
    assert.equal(state, 'published', reported);
    assert.deepEqual(await answered(() => leftOver(database)), published(batch, file), reported);
  }
  const count = await database.app.query<{ n: string }>('SELECT count(*) AS n FROM batch');
  assert.equal(Number(count.rows[0]?.n), kills + 1, 'no file was opened twice');
});

const corrections = Math.ceil(kills / 5);

test(`PostgreSQL killed ${corrections} times while mended rows go back in: the whole is published once, over the batch it corrects`, async () => {
  const random = seededRandom(seed + 1);
  let usual = 0;
  for (let i = 0; i <= corrections; i += 1) {
    const { batch: before } = await send(client, householdFile(rows, 800 + i));
    const begun = performance.now();
    const sending = send(client, mendedFile(rows, 800 + i), { corrects: before });
    // the first shows how long it usually takes
    const moment = i === 0 ? 0 : random.int(Math.ceil(usual));
    if (i > 0) {
      await sleep(moment);
      await killOneBackend(database, random);
    }
    const { batch, state } = await sending;
    if (i === 0) usual = performance.now() - begun;
    const reported = `kill ${i} after ${moment} of ${Math.floor(usual)} ms`;
    assert.equal(state, 'published', reported);
    const whole = { good: noneMissing(rows, 800 + i), bytes: new Uint8Array(0), spoiled: 0 };
    assert.deepEqual(await answered(() => leftOver(database)), published(batch, whole), reported);
    const { rows: found } = await answered(() =>
      database.app.query<{ n: string }>('SELECT count(*) AS n FROM batch WHERE corrects = $1', [before]),
    );
    assert.equal(Number(found[0]?.n), 1, reported);
  }
});
