/**
 * Checks whether a postmaster is alive on this data folder. `postmaster.pid` alone does not prove it: the file survives kill -9, and its
 * pid may be reused.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink, realpath, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { readIfPresent } from '../../../machine/readIfPresent.ts';

const run = promisify(execFile);

/** The content of postmaster.pid (miscadmin.h, LOCK_FILE_LINE_*). */
export interface PidFile {
  readonly pid: number;
  readonly port: number;
  readonly socketDir: string;
  readonly ready: boolean;
}

export async function readPidFile(dataDir: string): Promise<PidFile | undefined> {
  const text = await readIfPresent(join(dataDir, 'postmaster.pid'));
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  return {
    pid: Number(lines[0]),
    port: Number(lines[3] ?? 5432),
    socketDir: (lines[4] ?? '').trim(),
    ready: (lines[7] ?? '').trim() === 'ready',
  };
}

/** Whether a process runs (no zombie: PID 1 of a container may never reap). */
export async function isRunning(pid: number): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  return (await processState(pid)) !== undefined;
}

/** Name of a running process, undefined for none and for zombies. */
async function processState(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    const found = /^\d+ \((.*)\) (\w)/s.exec(stat ?? '');
    return found === null || found[2] === 'Z' || found[2] === 'X' ? undefined : found[1];
  }
  const listed = await run('ps', ['-o', 'stat=,comm=', '-p', String(pid)]).catch(() => undefined);
  const [state = '', ...name] = (listed?.stdout.trim() ?? '').split(/\s+/);
  return state === '' || state.startsWith('Z') ? undefined : name.join(' ');
}

/** True while the process named by postmaster.pid is a postgres that uses this data folder. */
export async function isPostmaster(pid: number, dataDir: string): Promise<boolean> {
  const name = await processState(pid);
  if (name === undefined || !/(^|\/)(postgres|postmaster)/.test(name)) return false;
  if (process.platform !== 'linux') return true;
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return folder !== undefined && folder === (await realpath(dataDir));
}

/** SSLRequest (PostgreSQL protocol, «Message Formats»): a server replies `S` or `N` to it before authentication. */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/** True where the server of this file answers on its socket within a second. */
export async function isAnswering({ socketDir, port }: PidFile): Promise<boolean> {
  const socket = connect(join(socketDir, `.s.PGSQL.${port}`));
  return new Promise<boolean>((done) => {
    socket.setTimeout(1_000, () => done(false));
    socket.on('error', () => done(false));
    socket.on('close', () => done(false));
    socket.once('data', () => done(true));
    socket.write(sslRequest);
  }).finally(() => socket.destroy());
}

/** Server processes outlive a killed postmaster for a moment; a new one must not start until they end. */
async function waitForBackends(dataDir: string): Promise<void> {
  if (process.platform !== 'linux') return;
  const folder = await realpath(dataDir);
  const busy = async (): Promise<boolean> => {
    for (const name of await readdir('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const cwd = await readlink(`/proc/${name}/cwd`).catch(() => undefined);
      if (cwd === folder && (await isRunning(Number(name)))) return true;
    }
    return false;
  };
  for (let waited = 0; waited < 10_000 && (await busy()); waited += 100) await sleep(100);
}

/** Removes what a killed postmaster left, once no process uses the folder any more. Call it only after `isPostmaster` returned false. */
export async function clearRemains(dataDir: string, left: PidFile): Promise<void> {
  await waitForBackends(dataDir);
  await rm(join(dataDir, 'postmaster.pid'), { force: true });
  if (left.socketDir === '') return;
  for (const suffix of ['', '.lock'])
    await rm(join(left.socketDir, `.s.PGSQL.${left.port}${suffix}`), { force: true });
}
