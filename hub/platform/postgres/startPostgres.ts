/**
 * Creates, starts, recovers after a crash, and stops the hub's own PostgreSQL. It listens on a unix socket in a folder that only its user
 * (and root) may enter: no port, no password. A database named by DATABASE_URL does not use this module.
 */
import { asIs } from '../../../terms/bilingual.ts';
import { mkdir, rm, chmod, readdir, realpath, stat, chown, rename } from 'node:fs/promises';
import { dirname, join, resolve, basename, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../../terms/problem.ts';
import { launchServer, port, type Started } from './launchServer.ts';
import { clearRemains, isAnswering, isPostmaster, isRunning, readPidFile } from './liveness.ts';
import { candidates, type Flavour, type Programs } from './programs.ts';
import { readIfPresent } from '../../../machine/readIfPresent.ts';
import { writeDurably } from '../../../machine/writeDurably.ts';
import { removeLeft, syncFolder, writeNew } from '../../../machine/writeNew.ts';
import { databaseUser, type UnixUser, reachable, identity } from './runAs.ts';
import { isOwnerAlive, readRecord, thisProcess, writeRecord, type StateRecord } from './stateRecord.ts';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

const superuser = 'postgres';

/**
 * Runs initdb in an adjacent folder that is moved into place when it is complete. A killed initdb leaves nothing that resembles data, and
 * existing data is never removed. The collation is C, so that rows sort alike on every machine; the character type is UTF-8.
 * @throws Problem postgres_failed
 */
async function makeCluster(
  programs: Programs,
  dataDir: string,
  user: UnixUser | undefined,
  options: { readonly durable?: boolean },
): Promise<void> {
  const draft = `${dataDir}.making`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  if (user !== undefined) await chown(draft, user.uid, user.gid);
  const flags = ['-U', superuser, '-E', 'UTF8', '--locale=C', '--lc-collate=C', '--lc-ctype=C.UTF-8'];
  const access = ['--auth-local=trust', '--auth-host=reject'];
  const sync = options.durable === false ? ['-N'] : [];
  try {
    await run(join(programs.bin, 'initdb'), ['-D', draft, ...flags, ...access, ...sync], {
      ...identity(user),
      cwd: draft,
    });
    await rename(draft, dataDir);
    // a start after a power cut would remove the draft
    syncFolder(dirname(dataDir));
  } catch (cause) {
    const { stderr = '' } = cause as { stderr?: string };
    await rm(draft, { recursive: true, force: true });
    const reason = stderr.trim() === '' ? String(cause) : (stderr.trim().split('\n').at(-1) ?? '');
    throw new Problem('postgres_failed', { reason: asIs(reason), log: 'initdb' }, { cause });
  }
}

/** Data of state folders that root's database user cannot reach, each with a file that names its state folder. */
const elsewhere = '/var/lib/datong/clusters';

const ownerFile = (dataDir: string): string => `${dataDir}.state`;

/** The location of the data: below the state folder; where root's database user cannot reach it, below /var/lib/datong. */
async function dataPlace(stateDir: string, user: UnixUser | undefined): Promise<string> {
  if (user === undefined) return join(stateDir, 'postgres');
  const { mode, uid } = await stat(stateDir);
  // Lets the database's user traverse the state folder without listing it.
  if (uid === 0 && (mode & 0o001) === 0) await chmod(stateDir, (mode & 0o777) | 0o011);
  if (await reachable(stateDir, user, 1)) return join(stateDir, 'postgres');
  await mkdir(elsewhere, { recursive: true, mode: 0o711 });
  await sweep();
  const place = await realpath(stateDir);
  const digest = createHash('sha256').update(place).digest('hex').slice(0, 12);
  const dataDir = join(elsewhere, `${basename(stateDir)}-${digest}`);
  // a part of the path would name a folder that is not there, and its data would be removed
  await writeDurably(ownerFile(dataDir), `${place}\n`);
  return dataDir;
}

/** Removes data, and its associated files. */
export async function removeData(dataDir: string): Promise<void> {
  await rm(dataDir, { recursive: true, force: true });
  await rm(ownerFile(dataDir), { force: true });
}

/** Removes data whose state folder was a temporary one and is gone: a demo or a test ended without removing them. */
async function sweep(): Promise<void> {
  const temporary = (await realpath(tmpdir())) + sep;
  for (const name of await readdir(elsewhere)) {
    const dataDir = join(elsewhere, name);
    const owner = (await readIfPresent(ownerFile(dataDir)))?.trim();
    if (owner === undefined || !owner.startsWith(temporary)) continue;
    const stored = await stat(owner).then(
      () => true,
      () => false,
    );
    const server = await readPidFile(dataDir);
    const running = server !== undefined && (await isPostmaster(server.pid, dataDir));
    if (!stored && !running) await removeData(dataDir);
  }
}

export interface PostgresOptions {
  /** the hub's state folder; created when missing */
  readonly stateDir: string;
  /** only this kind of programs (default: DATONG_POSTGRES, else the machine's own before the bundled ones) */
  readonly flavour?: Flavour | undefined;
  /** folders to search for the machine's own programs (default: the PATH and the folders of Debian and Homebrew) */
  readonly folders?: readonly string[];
  /** false: no fsync, for tests and demos; commits then survive the death of every process, but not of the machine */
  readonly durable?: boolean;
  /** server settings, e.g. `{ max_connections: '200' }` */
  readonly settings?: Readonly<Record<string, string>>;
  /** called once a server's process has started, before it is ready; never called where one is running already */
  readonly launched?: () => void;
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
  /** Stops the server if this process owns it (another hub's server continues to run). */
  stop(): Promise<void>;
  /** Stops the server and removes its data. */
  destroy(): Promise<void>;
}

/**
 * Attaches to the server of this state folder, or starts it, or creates it first.
 * @throws Problem postgres_missing, postgres_failed, postgres_no_user, postgres_other_major (all exit code 3)
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const stateDir = resolve(options.stateDir);
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  return underStartLock(stateDir, async () => {
    const record = await currentRecord(stateDir);
    if (record !== undefined) {
      const attached = await attach(stateDir, record);
      if (attached !== undefined) return attached;
    }
    const user = await databaseUser();
    const dataDir = record?.dataDir ?? (await dataPlace(stateDir, user));
    const programs = await choose(options, user, await majorOf(dataDir));
    if ((await majorOf(dataDir)) === undefined) await makeCluster(programs, dataDir, user, options);
    const owner = await thisProcess();
    await writeRecord(stateDir, { flavour: programs.flavour, major: programs.major, dataDir, owner });
    const started = await launchServer(programs, dataDir, user, options);
    return handle(stateDir, dataDir, started, programs, { attached: false, owned: true });
  });
}

/** The record of the data; a state folder that was moved takes its data along. */
async function currentRecord(stateDir: string): Promise<StateRecord | undefined> {
  const record = await readRecord(stateDir);
  const here = join(stateDir, 'postgres');
  if (record === undefined || record.dataDir === here || (await majorOf(here)) === undefined) return record;
  return { ...record, dataDir: here };
}

function flavourOfEnvironment(): Flavour | undefined {
  const wanted = process.env['DATONG_POSTGRES'];
  if (wanted === undefined || wanted === '') return undefined;
  if (wanted === 'system' || wanted === 'bundled') return wanted;
  throw new Problem('configuration_invalid', {
    key: 'DATONG_POSTGRES',
    reason: { zh: `“${wanted}”不是 system 或 bundled`, en: `"${wanted}" is neither system nor bundled` },
    source: 'DATONG_POSTGRES',
  });
}

/** Major version of the data folder, undefined where there is none yet. */
async function majorOf(dataDir: string): Promise<number | undefined> {
  const text = await readIfPresent(join(dataDir, 'PG_VERSION'));
  return text === undefined ? undefined : Number.parseInt(text, 10);
}

async function choose(
  options: Pick<PostgresOptions, 'flavour' | 'folders'>,
  user: UnixUser | undefined,
  made: number | undefined,
): Promise<Programs> {
  const flavour = options.flavour ?? flavourOfEnvironment();
  const others: Programs[] = [];
  for await (const found of candidates(flavour, user, options.folders)) {
    if (made === undefined || found.major === made) return found;
    others.push(found);
  }
  if (others.length > 0 && made !== undefined) {
    const found = [...new Set(others.map((other) => other.major))].join(', ');
    throw new Problem('postgres_other_major', { made, found });
  }
  throw new Problem('postgres_missing', {
    reason: asIs(
      `${flavour ?? 'system, bundled'}${made === undefined ? '' : ` (PostgreSQL ${made})`}, ${process.platform}-${process.arch}`,
    ),
  });
}

/** The running server of a process that died, or of another process; undefined where none runs. */
async function attach(stateDir: string, record: StateRecord): Promise<RunningPostgres | undefined> {
  const { dataDir } = record;
  const patience = performance.now() + 60_000;
  while (performance.now() < patience) {
    const left = await readPidFile(dataDir);
    if (left === undefined) return undefined;
    if (!(await isPostmaster(left.pid, dataDir))) {
      await clearRemains(dataDir, left);
      return undefined;
    }
    // a killed server remains a process until its memory is freed, and its file still reports ready
    if (left.ready && (await isAnswering(left))) {
      const owned = !(await isOwnerAlive(record.owner)) || record.owner.pid === process.pid;
      if (owned) await writeRecord(stateDir, { ...record, owner: await thisProcess() });
      const programs = { ...record, version: String(record.major) };
      return handle(stateDir, dataDir, left, programs, { attached: true, owned });
    }
    await sleep(50); // starting, stopping, or dying
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
      await removeData(dataDir);
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

/* One starter at a time per state folder: two would both find no postmaster and both start one. */

/** Runs `work` while holding the folder's lock. A lock whose holder is dead is taken over. */
async function underStartLock<T>(stateDir: string, work: () => Promise<T>): Promise<T> {
  const file = join(stateDir, 'postgres.lock');
  const mine = JSON.stringify(await thisProcess());
  while (!writeNew(file, mine)) {
    const holder = await readIfPresent(file);
    if (holder !== undefined && !(await isHeld(holder))) removeLeft(file, holder);
    await sleep(50);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** Whether the process that a lock names is alive. A lock without a complete name is of one that was killed while it wrote it. */
async function isHeld(lock: string): Promise<boolean> {
  try {
    return await isOwnerAlive(JSON.parse(lock) as StateRecord['owner']);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
