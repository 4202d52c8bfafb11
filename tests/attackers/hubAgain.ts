/** A hub that was made for a test, served once more by a process of its own, which may be killed and started again as often as one likes. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleTests } from '../bundleTests.mjs';
import { startTestCluster } from '../cluster.ts';
import type { TestDatabase } from '../database.ts';
import type { TestHub } from '../hub.ts';

/** It starts dozens of times: read as one file, as `datong serve` is. */
const [program = ''] = await bundleTests([resolve(import.meta.dirname, 'hubProcess.ts')]);

/**
 * Stops the hub. @param further members of hub.json
 * @returns serves it again: its keys, its database, its ports; `failures`: where its reports go
 */
export async function hubAgain(
  made: TestHub,
  database: TestDatabase,
  further: Readonly<Record<string, unknown>> = {},
): Promise<(failures?: 'inherit' | 'ignore') => Promise<ChildProcess>> {
  const { host, port, user } = (await startTestCluster()).address;
  const named = await database.app.query<{ name: string }>('SELECT current_database() AS name');
  const portOf = (origin: string) => ({ host: '127.0.0.1', port: Number(new URL(origin).port) });
  const { origins, config } = made.hub;
  const place = encodeURIComponent(host);
  const again = JSON.stringify({
    name: config.name,
    publicOrigin: origins.exchange,
    stateDir: made.stateDir,
    keysDir: config.keysDir,
    ...further,
    listeners: {
      exchange: portOf(origins.exchange),
      open: portOf(origins.open),
      staff: portOf(origins.staff),
      admin: portOf(origins.admin),
    },
    database: {
      url: `postgres:///${named.rows[0]?.name ?? ''}?host=${place}&port=${port}&user=${user}`,
      durable: false,
    },
  });
  await made.hub.stop();
  return async (failures = 'inherit') => {
    const child = spawn(process.execPath, [program, again], { stdio: ['ignore', 'pipe', failures] });
    const [output] = (await once(child.stdout, 'data')) as [Buffer];
    assert.match(output.toString('utf8'), /serving/, 'the hub serves');
    return child;
  };
}

/** Kills (SIGKILL) the process of a hub, unless it was killed already, and waits for its end. It must not have ended by itself. */
export async function killHub(hub: ChildProcess): Promise<void> {
  if (hub.signalCode === 'SIGKILL') return;
  assert.deepEqual([hub.exitCode, hub.signalCode], [null, null], 'the hub ended by itself');
  const gone = once(hub, 'exit');
  hub.kill('SIGKILL');
  await gone;
}

/**
 * Does something once undisturbed, to know how long it takes, then so many times while the hub is killed (SIGKILL) at a random moment of it
 * and started again.
 * @param how `below` is a random whole number below another, `before` what is done first, with a hub that is not killed
 * @param check receives which kill it was, and when
 */
export async function killedWhile<T>(
  t: TestContext,
  serve: () => Promise<ChildProcess>,
  how: {
    readonly times: number;
    readonly below: (max: number) => number;
    readonly before?: () => Promise<void>;
  },
  act: (nth: number) => Promise<T>,
  check: (done: T, reported: string, nth: number) => Promise<void>,
): Promise<void> {
  let hub = await serve();
  t.after(() => void hub.kill('SIGKILL')); // later than its database
  await how.before?.();
  let usual = 0;
  for (let i = 0; i <= how.times; i += 1) {
    const begun = performance.now();
    const acting = act(i);
    const moment = how.below(Math.ceil(usual) + 1);
    if (i > 0) {
      await sleep(moment);
      await killHub(hub);
      hub = await serve();
    }
    const done = await acting;
    if (i === 0) usual = performance.now() - begun;
    await check(done, `kill ${i} after ${moment} of ${Math.floor(usual)} ms`, i);
  }
}
