/**
 * The hub's own PostgreSQL: made, started, found again after a crash, and stopped. It listens on a unix socket inside a folder
 * that only its user (and root) may enter: no port, no password. A database named by DATABASE_URL never comes here.
 */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, mkdtemp, open, readFile, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Problem } from '../../terms/problem.ts';
import { clearRemains, isPostmaster, isRunning, readPidFile } from './liveness.ts';
import { candidates, type Flavour, type Programs } from './programs.ts';
import { databaseUser, reachable, type UnixUser } from './runAs.ts';
import { underStartLock } from './startLock.ts';
import { isOwnerAlive, readRecord, thisProcess, writeRecord, type StateRecord } from './stateRecord.ts';

const run = promisify(execFile);

export interface PostgresOptions {
  /** the hub's state folder; made when missing */
  readonly stateDir: string;
  /** only this kind of programs (default: DATONG_POSTGRES, else the machine's own before the bundled ones) */
  readonly flavour?: Flavour | undefined;
  /** false: no fsync, for tests and demos whose data may be lost with the machine */
  readonly durable?: boolean;
  /** server settings, e.g. `{ max_connections: '200' }` */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface RunningPostgres {
  /** folder of the unix socket; `pg` takes it as host */
  readonly host: string;
  readonly port: number;
  /** the superuser's name; no password */
  readonly user: string;
  readonly version: string;
  readonly flavour: Flavour;
  /** true when the server was running already */
  readonly attached: boolean;
  readonly dataDir: string;
  readonly pid: number;
  /** Stops the server if this process answers for it (a visitor of another hub's server leaves it running). */
  stop(): Promise<void>;
  /** Stops the server and removes its data. */
  destroy(): Promise<void>;
}

const superuser = 'postgres';
const port = 5432; // only part of the socket's name

/**
 * Attaches to the server of this state folder, or starts it, or makes it first.
 * @throws Problem postgres_missing, postgres_failed, postgres_no_user, postgres_other_major (all exit code 3)
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const stateDir = resolve(options.stateDir);
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  return underStartLock(stateDir, async () => {
    const record = await readRecord(stateDir);
    if (record !== undefined) {
      const attached = await attach(stateDir, record);
      if (attached !== undefined) return attached;
    }
    const user = await databaseUser();
    const dataDir = record?.dataDir ?? (await placeForData(stateDir, user));
    const programs = await choose(options.flavour ?? flavourOfEnvironment(), user, await majorOf(dataDir));
    if ((await majorOf(dataDir)) === undefined) await makeCluster(programs, dataDir, user, options);
    const owner = await thisProcess();
    await writeRecord(stateDir, { flavour: programs.flavour, major: programs.major, dataDir, owner });
    const started = await launch(programs, dataDir, user, options);
    return handle(stateDir, dataDir, started, programs, { attached: false, owned: true });
  });
}

function flavourOfEnvironment(): Flavour | undefined {
  const wanted = process.env['DATONG_POSTGRES'];
  if (wanted === undefined || wanted === '') return undefined;
  if (wanted === 'system' || wanted === 'bundled') return wanted;
  throw new Problem('configuration_invalid', {
    key: 'DATONG_POSTGRES',
    reason: `"${wanted}" ≠ system | bundled`,
    source: 'DATONG_POSTGRES',
  });
}

/** Below the state folder; where root's database user cannot get there, below /var/lib/datong. */
async function placeForData(stateDir: string, user: UnixUser | undefined): Promise<string> {
  if (user === undefined) return join(stateDir, 'postgres');
  const { mode, uid } = await stat(stateDir);
  // The database's user passes through the state folder without seeing what is in it.
  if (uid === 0 && (mode & 0o001) === 0) await chmod(stateDir, (mode & 0o777) | 0o011);
  if (await reachable(stateDir, user, 1)) return join(stateDir, 'postgres');
  const name = `${basename(stateDir)}-${createHash('sha256')
    .update(await realpath(stateDir))
    .digest('hex')
    .slice(0, 12)}`;
  const home = '/var/lib/datong/clusters';
  await mkdir(home, { recursive: true, mode: 0o711 });
  return join(home, name);
}

/** Major version of the data folder, undefined where there is none yet. */
async function majorOf(dataDir: string): Promise<number | undefined> {
  const text = await readFile(join(dataDir, 'PG_VERSION'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number.parseInt(text, 10);
}

async function choose(
  flavour: Flavour | undefined,
  user: UnixUser | undefined,
  made: number | undefined,
): Promise<Programs> {
  const others: Programs[] = [];
  for await (const found of candidates(flavour, user)) {
    if (made === undefined || found.major === made) return found;
    others.push(found);
  }
  if (others.length > 0 && made !== undefined) {
    const found = [...new Set(others.map((other) => other.major))].join(', ');
    throw new Problem('postgres_other_major', { made, found });
  }
  throw new Problem('postgres_missing', {
    reason: `${flavour ?? 'system, bundled'}${made === undefined ? '' : ` (PostgreSQL ${made})`}, ${process.platform}-${process.arch}`,
  });
}

async function makeCluster(
  programs: Programs,
  dataDir: string,
  user: UnixUser | undefined,
  options: PostgresOptions,
): Promise<void> {
  await rm(dataDir, { recursive: true, force: true }); // remains of an initdb that was killed: without PG_VERSION there is no data
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  if (user !== undefined) await chown(dataDir, user.uid, user.gid);
  const flags = ['-U', superuser, '-E', 'UTF8', '--locale=C', '--lc-collate=C', '--lc-ctype=C.UTF-8'];
  const access = ['--auth-local=trust', '--auth-host=reject'];
  const sync = options.durable === false ? ['-N'] : [];
  try {
    await run(join(programs.bin, 'initdb'), ['-D', dataDir, ...flags, ...access, ...sync], {
      ...identity(user),
      cwd: dataDir,
    });
  } catch (cause) {
    const { stderr = '' } = cause as { stderr?: string };
    await rm(dataDir, { recursive: true, force: true });
    const reason = stderr.trim().split('\n').at(-1) ?? 'initdb';
    throw new Problem('postgres_failed', { reason, log: 'initdb' }, { cause });
  }
}

const identity = (user: UnixUser | undefined): { uid?: number; gid?: number } =>
  user === undefined ? {} : { uid: user.uid, gid: user.gid };

/** A socket's path may be 107 bytes (103 on macOS): from a deeper folder it moves to the temporary one. */
async function socketFolder(dataDir: string, user: UnixUser | undefined): Promise<string> {
  if (Buffer.byteLength(join(dataDir, `.s.PGSQL.${port}.lock`)) <= 100) return dataDir;
  const folder = await mkdtemp(join(tmpdir(), 'datong-pg-'));
  if (user !== undefined) await chown(folder, user.uid, user.gid);
  return folder;
}

interface Started {
  readonly pid: number;
  readonly socketDir: string;
}

async function launch(
  programs: Programs,
  dataDir: string,
  user: UnixUser | undefined,
  options: PostgresOptions,
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
    ...(options.durable === false
      ? { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }
      : {}),
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
  await log.close();
  for (let waited = 0; waited < 60_000; waited += 10) {
    const file = await readPidFile(dataDir);
    if (file?.pid === child.pid && file?.ready === true) return { pid: file.pid, socketDir };
    if (failure !== undefined) break;
    await sleep(10);
  }
  const tail = (await readFile(logFile, 'utf8')).trim().split('\n').at(-1) ?? '';
  throw new Problem('postgres_failed', { reason: `${failure ?? 'timeout'} ${tail}`.trim(), log: logFile });
}

/** The server left running by a process that died, or started by another; undefined where none runs. */
async function attach(stateDir: string, record: StateRecord): Promise<RunningPostgres | undefined> {
  const { dataDir } = record;
  for (let waited = 0; waited < 60_000; waited += 50) {
    const left = await readPidFile(dataDir);
    if (left === undefined) return undefined;
    if (!(await isPostmaster(left.pid, dataDir))) {
      await clearRemains(dataDir, left);
      return undefined;
    }
    if (left.ready) {
      const owned = !(await isOwnerAlive(record.owner)) || record.owner.pid === process.pid;
      if (owned) await writeRecord(stateDir, { ...record, owner: await thisProcess() });
      const programs = { ...record, version: String(record.major) };
      return handle(stateDir, dataDir, left, programs, { attached: true, owned });
    }
    await sleep(50); // starting, or stopping
  }
  throw new Problem('postgres_failed', { reason: 'timeout', log: join(dataDir, 'server.log') });
}

function handle(
  stateDir: string,
  dataDir: string,
  server: Started,
  programs: Pick<Programs, 'flavour' | 'version'>,
  role: { readonly attached: boolean; readonly owned: boolean },
): RunningPostgres {
  const stop = async (): Promise<void> => {
    if (role.owned) await stopServer(server.pid, dataDir);
    if (role.owned && server.socketDir !== dataDir)
      await rm(server.socketDir, { recursive: true, force: true });
  };
  return {
    host: server.socketDir,
    port,
    user: superuser,
    version: programs.version,
    flavour: programs.flavour,
    attached: role.attached,
    dataDir,
    pid: server.pid,
    stop,
    destroy: async () => {
      await stop();
      if (!role.owned) return;
      await rm(dataDir, { recursive: true, force: true });
      await rm(join(stateDir, 'postgres.json'), { force: true });
    },
  };
}

/** Fast shutdown (sessions are ended, a checkpoint is written); immediate after 30 s. */
async function stopServer(pid: number, dataDir: string): Promise<void> {
  for (const [signal, patience] of [
    ['SIGINT', 30_000],
    ['SIGQUIT', 10_000],
  ] as const) {
    if (!(await isPostmaster(pid, dataDir))) return;
    process.kill(pid, signal);
    for (let waited = 0; waited < patience && (await isRunning(pid)); waited += 20) await sleep(20);
  }
}
