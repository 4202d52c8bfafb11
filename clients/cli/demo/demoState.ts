import { mkdirSync, readdirSync, rmSync, existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Hub } from '../../../hub/main.ts';
import type { SocketOrHost } from '../../../hub/platform/database/connection.ts';
import type { DemoState, ProfileDocument } from '../../sdk/profile.ts';
import { demoStatePath, readDemoState } from '../profile.ts';
import { refuseTakenAlong } from '../takenAlong.ts';
import { exitCode, VerbFailure } from '../verb.ts';
import { isAlive } from '../processLock.ts';
import { shellWord } from '../../../terms/shellWord.ts';

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

/** What commands begin with where several demos run, as one types it. */
export const commandPrefix = ({ path, own }: ReturnType<typeof stateFile>): string =>
  own ? `DATONG_STATE=${shellWord(path)} ` : '';

/** Removes the state file, and the checkpoints that clients stored next to it. */
export function removeState(path: string): void {
  rmSync(path, { force: true });
  const stored = `${basename(path, '.json')}.`;
  for (const name of readdirSync(dirname(path)))
    if (name.startsWith(stored) && name.endsWith('.checkpoint.json'))
      rmSync(join(dirname(path), name), { force: true });
}

/** How psql connects to the demo's database; empty where DATABASE_URL names it. */
export function databaseOf(hub: Hub): Pick<DemoState, 'database'> {
  const { address } = hub.database;
  if (typeof address === 'string') return {};
  const { host, port, database, user } = address satisfies SocketOrHost;
  return { database: { host, port, name: database, user } };
}

/* The folder that a demo leaves. It contains private keys, so `git add` or `npm pack` must never include it. */

/**
 * The folder, made where it does not exist yet.
 * @throws VerbFailure when it is not empty, as a demo never mixes with the remains of another; when it is in a work tree of Git that does
 * not ignore it
 */
export function createFolder(path: string): string {
  const folder = resolve(path);
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new VerbFailure(
      exitCode.local,
      { zh: `文件夹 ${folder} 不是空的`, en: `the folder ${folder} is not empty` },
      { zh: '换一个新的或空的文件夹', en: 'name a new or an empty one' },
    );
  }
  refuseTakenAlong(folder);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The profile that `datong enrol` wrote into a folder, with absolute paths, so that it can be used in a file elsewhere. */
export function enrolledProfile(folder: string, staff: string): ProfileDocument {
  const written = JSON.parse(readFileSync(join(folder, 'datong.json'), 'utf8')) as ProfileDocument;
  const { hub, tls, signingKey } = written;
  const at = (path: string): string => join(folder, path);
  return {
    ...written,
    hub: {
      ...hub,
      staff,
      ca: at(hub.ca),
      ...(typeof hub.anchors === 'string' ? { anchors: at(hub.anchors) } : {}),
    },
    tls: { cert: at(tls.cert), key: at(tls.key) },
    signingKey: typeof signingKey === 'string' ? at(signingKey) : signingKey,
  };
}
