/**
 * A hub is killed (SIGKILL) at random moments of an intake and started again, KILLS times: each file ends published exactly once, with all of
 * its rows, and nothing stays of what was broken off. ATTACK_SEED sets the moments. Run by itself, without the time limit of the runner.
 */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { seededRandom } from '../../clients/cli/demo/files/random.ts';
import { startTestCluster } from '../cluster.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';
import { leftOver, published, send } from './killedIntake.ts';

const kills = Number(process.env['KILLS'] ?? 20);
const seed = Number(process.env['ATTACK_SEED'] ?? 20261121);
const rows = 20_000;

const database = await testDatabase();
const made = await testHub({ database });
const { publicSecurity } = await sampleCity(made);
const { client } = publicSecurity;
const { host, port, user } = (await startTestCluster()).address;
const named = await database.app.query<{ name: string }>('SELECT current_database() AS name');
const portOf = (origin: string) => ({ host: '127.0.0.1', port: Number(new URL(origin).port) });
const { origins, config } = made.hub;
/** the same hub once more: its keys, its database, its ports */
const again = JSON.stringify({
  ...{ name: config.name, publicOrigin: origins.exchange, stateDir: made.stateDir, keysDir: config.keysDir },
  listeners: {
    ...{ exchange: portOf(origins.exchange), open: portOf(origins.open) },
    ...{ staff: portOf(origins.staff), admin: portOf(origins.admin) },
  },
  database: {
    url: `postgres:///${named.rows[0]?.name ?? ''}?host=${encodeURIComponent(host)}&port=${port}&user=${user}`,
    durable: false,
  },
});
await made.hub.stop();
const root = resolve(import.meta.dirname, '../..');
let hub: ChildProcess | undefined;
after(() => made.stop());

async function serve(): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    [resolve(root, 'scripts/run.mjs'), resolve(root, 'tests/attackers/hubProcess.ts'), again],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  assert.match(said.toString('utf8'), /serving/, 'the hub serves');
  return child;
}

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
