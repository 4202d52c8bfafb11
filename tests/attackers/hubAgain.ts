/** A hub that was made for a test, served once more by a process of its own, which may be killed and started again as often as one likes. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { startTestCluster } from '../cluster.ts';
import type { TestDatabase } from '../database.ts';
import type { TestHub } from '../hub.ts';

/** Stops the hub. @returns how it is served again: its keys, its database, its ports */
export async function hubAgain(made: TestHub, database: TestDatabase): Promise<() => Promise<ChildProcess>> {
  const { host, port, user } = (await startTestCluster()).address;
  const named = await database.app.query<{ name: string }>('SELECT current_database() AS name');
  const portOf = (origin: string) => ({ host: '127.0.0.1', port: Number(new URL(origin).port) });
  const { origins, config } = made.hub;
  const place = encodeURIComponent(host);
  const again = JSON.stringify({
    ...{
      name: config.name,
      publicOrigin: origins.exchange,
      stateDir: made.stateDir,
      keysDir: config.keysDir,
    },
    listeners: {
      ...{ exchange: portOf(origins.exchange), open: portOf(origins.open) },
      ...{ staff: portOf(origins.staff), admin: portOf(origins.admin) },
    },
    database: {
      url: `postgres:///${named.rows[0]?.name ?? ''}?host=${place}&port=${port}&user=${user}`,
      durable: false,
    },
  });
  await made.hub.stop();
  const root = resolve(import.meta.dirname, '../..');
  return async () => {
    const child = spawn(
      process.execPath,
      [resolve(root, 'scripts/run.mjs'), resolve(root, 'tests/attackers/hubProcess.ts'), again],
      { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    assert.match(said.toString('utf8'), /serving/, 'the hub serves');
    return child;
  };
}
