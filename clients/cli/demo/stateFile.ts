import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Hub } from '../../../hub/main.ts';
import type { SocketOrHost } from '../../../hub/platform/database/address.ts';
import type { DemoState } from '../../sdk/profile.ts';
import { demoStatePath, readDemoState } from '../profile.ts';

/** Where this demo leaves its state: the usual place, or one of its own while another demo is running. */
export function stateFile(folder: string): { readonly path: string; readonly own: boolean } {
  const usual = demoStatePath();
  const other = readDemoState();
  if (other !== undefined && other.pid !== process.pid && isAlive(other.pid)) {
    return { path: join(folder, 'demo.json'), own: true };
  }
  mkdirSync(dirname(usual), { recursive: true, mode: 0o700 });
  return { path: usual, own: false };
}

/** Removes it, and the checkpoints that clients kept beside it. */
export function removeState(path: string): void {
  rmSync(path, { force: true });
  const kept = `${basename(path, '.json')}.`;
  for (const name of readdirSync(dirname(path)))
    if (name.startsWith(kept) && name.endsWith('.checkpoint.json'))
      rmSync(join(dirname(path), name), { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** How psql finds the demo's database; nothing where DATABASE_URL says it. */
export function databaseOf(hub: Hub): Pick<DemoState, 'database'> {
  const { address } = hub.database;
  if (typeof address === 'string') return {};
  const { host, port, database, user } = address satisfies SocketOrHost;
  return { database: { host, port, name: database, user } };
}
