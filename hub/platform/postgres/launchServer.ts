import { asIs } from '../../../terms/bilingual.ts';
import { spawn } from 'node:child_process';
import { chown, mkdtemp, open, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../../terms/problem.ts';
import { readPidFile } from './liveness.ts';
import type { Programs } from './programs.ts';
import { identity, type UnixUser } from './runAs.ts';

export const port = 5432; // TCP is off: the port is only part of the socket's name

/** Limits the socket's path to 107 bytes (103 on macOS): for a deeper folder it moves to the temporary one. */
async function socketFolder(dataDir: string, user: UnixUser | undefined): Promise<string> {
  if (Buffer.byteLength(join(dataDir, `.s.PGSQL.${port}.lock`)) <= 100) return dataDir;
  const folder = await mkdtemp(join(tmpdir(), 'datong-pg-'));
  if (user !== undefined) await chown(folder, user.uid, user.gid);
  return folder;
}

export interface Started {
  readonly pid: number;
  readonly socketDir: string;
}

/** @throws Problem postgres_failed with the last line of the server's own log */
export async function launchServer(
  programs: Programs,
  dataDir: string,
  user: UnixUser | undefined,
  options: {
    readonly durable?: boolean;
    readonly settings?: Readonly<Record<string, string>>;
    readonly launched?: () => void;
  },
): Promise<Started> {
  const socketDir = await socketFolder(dataDir, user);
  const settings: Record<string, string> = {
    listen_addresses: '',
    unix_socket_directories: socketDir,
    unix_socket_permissions: '0700',
    port: String(port),
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    jit: 'off',
    // a server with only a socket is not replicated: tables created and filled in one transaction are flushed with it, not written twice
    wal_level: 'minimal',
    max_wal_senders: '0',
    // for rows partitioned by period, a query that names no period locks each partition and index
    max_locks_per_transaction: '256',
    ...(options.durable === false ? { fsync: 'off', full_page_writes: 'off' } : {}),
    ...options.settings,
  };
  const logFile = join(dataDir, 'server.log');
  const log = await open(logFile, 'a', 0o600);
  if (user !== undefined) await log.chown(user.uid, user.gid);
  // Detached: neither Ctrl-C in the hub's terminal nor the hub's death reaches the database.
  const child = spawn(
    join(programs.bin, 'postgres'),
    ['-D', dataDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...identity(user), cwd: dataDir, detached: true, stdio: ['ignore', log.fd, log.fd] },
  );
  let failure: string | undefined;
  child.on('error', (error) => (failure = error.message));
  child.on('exit', (code, signal) => (failure ??= `exit ${code ?? signal ?? ''}`));
  child.unref();
  options.launched?.();
  await log.close();
  for (let waited = 0; waited < 60_000; waited += 10) {
    const file = await readPidFile(dataDir);
    if (file?.pid === child.pid && file?.ready === true) return { pid: file.pid, socketDir };
    if (failure !== undefined) break;
    await sleep(10);
  }
  const tail = (await readFile(logFile, 'utf8')).trim().split('\n').at(-1) ?? '';
  throw new Problem('postgres_failed', {
    reason: failure === undefined ? 'timeout' : asIs(`${failure} ${tail}`.trim()),
    log: logFile,
  });
}
