/**
 * The hub's own PostgreSQL: made, started, found again after a crash, and stopped. It listens on a unix socket inside a folder
 * that only its user (and root) may enter: no port, no password. A database named by DATABASE_URL never comes here.
 */
import { asIs } from '../../../terms/bilingual.ts';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../../terms/problem.ts';
import { dataPlace, removeData } from './dataPlace.ts';
import { launchServer, port, type Started } from './launchServer.ts';
import { clearRemains, isAnswering, isPostmaster, isRunning, readPidFile } from './liveness.ts';
import { makeCluster, superuser } from './makeCluster.ts';
import { candidates, type Flavour, type Programs } from './programs.ts';
import { readIfThere } from './clusterFiles.ts';
import { databaseUser, type UnixUser } from './runAs.ts';
import { underStartLock } from './startLock.ts';
import { isOwnerAlive, readRecord, thisProcess, writeRecord, type StateRecord } from './stateRecord.ts';

export interface PostgresOptions {
  /** the hub's state folder; made when missing */
  readonly stateDir: string;
  /** only this kind of programs (default: DATONG_POSTGRES, else the machine's own before the bundled ones) */
  readonly flavour?: Flavour | undefined;
  /** folders that the machine's own programs are looked for in (default: the PATH and where Debian and Homebrew put them) */
  readonly folders?: readonly string[];
  /** false: no fsync, for tests and demos; commits then survive the death of every process, but not of the machine */
  readonly durable?: boolean;
  /** server settings, e.g. `{ max_connections: '200' }` */
  readonly settings?: Readonly<Record<string, string>>;
  /** told once a server's process has been begun, which is not ready yet; never where one is running already */
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
  /** Stops the server if this process answers for it (a visitor of another hub's server leaves it running). */
  stop(): Promise<void>;
  /** Stops the server and removes its data. */
  destroy(): Promise<void>;
}

/**
 * Attaches to the server of this state folder, or starts it, or makes it first.
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

/** What is remembered of the data; a state folder that was moved takes its data along. */
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
  const text = await readIfThere(join(dataDir, 'PG_VERSION'));
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

/** The server left running by a process that died, or started by another; undefined where none runs. */
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
    // one that was killed is a process still, for as long as its memory takes to go, and its file says ready
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
