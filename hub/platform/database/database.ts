/** The hub's database as other modules see it: two pools, one clock. It owns both pools; the opener closes it. */
import pg from 'pg';
import { Problem } from '../../../terms/problem.ts';
import { RowSealing } from './authenticated/rowSealing.ts';
import { connectionOf, type DatabaseAddress, settleRole } from './connection.ts';
import { clockSources, startClock, type DatabaseClock, type ExplainedJump } from './clock.ts';
import { unavailable } from './failure.ts';
import { prepareRoles } from './roles.ts';
import { checkSession, driverDeadline, prepareSession, sessionOptions, type Role } from './session.ts';
import { StallWatch } from './stallWatch.ts';
import { CommitWatch } from './commitWatch.ts';
import { StorageWatch } from './storage.ts';
import { valueTypes } from './values.ts';

export type { DatabaseAddress } from './connection.ts';
export { asLogin } from './connection.ts';
export type Pool = pg.Pool;

export interface Database {
  /** requests: role datong_app, with the privileges that migrations grant table by table; statements end within 5 s */
  readonly app: Pool;
  /** migrations and creating row tables: role datong_owner */
  readonly owner: Pool;
  readonly address: DatabaseAddress;
  /** where requests and the log connect; differs from the owner's address only where they log in as datong_app */
  readonly appAddress: DatabaseAddress;
  /** false: declared to run without fsync */
  readonly durable: boolean;
  /** whether each connection is refused where commits wait for no standby */
  readonly needsStandby: boolean;
  /** Unix ms by the database's clock */
  now(): number;
  /** the clock that `now` reads */
  readonly clock: Pick<DatabaseClock, 'notBefore' | 'trouble'>;
  /** Reports clock jumps that were followed. */
  onClockJump(listener: (jump: ExplainedJump) => void): void;
  /**
   * Checks that a connection still has the required settings. @throws Problem database_session, database_not_durable, and the driver's
   * errors
   */
  check(): Promise<void>;
  /** whether the server's disk accepts writes; errors are reported to it, and readiness queries it */
  readonly storage: Pick<StorageWatch, 'noticed' | 'state' | 'room'>;
  /** whether commits become durable, on a standby too where the configuration requires one */
  readonly commits: Pick<CommitWatch, 'state' | 'trouble' | 'look'>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /**
   * maximum number of connections of the app pool (default 10); the owner pool has 8: six loads at once, and two for short statements
   */
  readonly connections?: number;
  /** where requests log in as datong_app themselves (default: the same address, acting as datong_app) */
  readonly appAddress?: DatabaseAddress | undefined;
  /** false: the server is known to run without fsync, which is allowed (default: not allowed) */
  readonly durable?: boolean;
  /** true: a server whose commits wait for no standby is refused (default: false) */
  readonly needsStandby?: boolean;
  /** the server's data folder, if it is on this machine */
  readonly dataDir?: string;
}

/** ms for a new connection, and for a pooled one to become free */
const connectDeadline = 5_000;

/**
 * Opens both pools, after creating missing roles.
 * @throws Problem database_unavailable, database_too_old, database_grants_missing, database_session, database_not_durable, standby_missing, clock_skew
 * (exit code 3)
 */
export async function openDatabase(
  address: DatabaseAddress,
  options: DatabaseOptions = {},
): Promise<Database> {
  await prepareRoles(address);
  const { appAddress = address, durable = true, needsStandby = false } = options;
  const asItself = options.appAddress !== undefined;
  if (asItself) await settleRole(address);
  const pool = (role: Role, settings: pg.PoolConfig): Pool => {
    const made = new pg.Pool({
      types: valueTypes,
      application_name: role,
      connectionTimeoutMillis: connectDeadline,
      idleTimeoutMillis: 60_000,
      // plans of prepared statements end with their connection, and so do settings and temporary tables that code of a superuser left in it
      maxLifetimeSeconds: 300,
      allowExitOnIdle: true,
      keepAlive: true,
      ...settings,
      verify: (client, done) => {
        const rules = { role, durable, needsStandby, processId: processIdOf(client) };
        prepareSession(client, rules).then(() => done(), done);
      },
    });
    // without a listener the loss of an idle connection, which the pool replaces, would end the process,
    made.on('error', () => undefined);
    // and so would the loss of one that is being checked, or has no listener of its user yet. Its statement reports the error
    made.on('connect', (client) => client.on('error', () => undefined));
    return made;
  };
  const app = pool('datong_app', {
    ...connectionOf(appAddress),
    ...(asItself ? {} : { options: sessionOptions('datong_app') }),
    max: options.connections ?? 10,
    query_timeout: driverDeadline,
  });
  const owner = pool('datong_owner', {
    ...connectionOf(address),
    options: sessionOptions('datong_owner'),
    max: 8,
  });
  const sealing = new RowSealing();
  for (const one of [app, owner]) sealing.over(one);
  const stalls = new StallWatch(address);
  const commits = new CommitWatch(app, address, needsStandby);
  for (const one of [app, owner]) stalls.over(one);
  const shut = async (): Promise<void> => {
    stalls.stop();
    commits.stop();
    await Promise.all([app.end(), owner.end()]);
  };
  try {
    await owner.query('SELECT'); // its session is checked before it is needed
    const jumpListeners = new Set<(jump: ExplainedJump) => void>();
    const clock = await startClock(clockSources(app), (jump) => {
      for (const listener of jumpListeners) listener(jump);
    });
    let closing: Promise<void> | undefined;
    return {
      app,
      owner,
      address,
      appAddress,
      durable,
      needsStandby,
      now: () => clock.now(),
      clock,
      storage: new StorageWatch(owner, options.dataDir),
      commits,
      onClockJump: (listener) => void jumpListeners.add(listener),
      check: () => checkSession(app, { role: 'datong_app', durable, needsStandby }),
      close: () => {
        clock.stop();
        return (closing ??= shut());
      },
    };
  } catch (error) {
    await shut();
    throw error instanceof Problem ? error : unavailable(error);
  }
}

/** The process id that the server sent at connection. */
export function processIdOf(client: object): number | undefined {
  return 'processID' in client && typeof client.processID === 'number' ? client.processID : undefined;
}
