/**
 * The hub's database as everything else sees it: two pools, one clock. Owner of both pools; whoever opens it closes it.
 */
import pg from 'pg';
import { Problem } from '../../../terms/problem.ts';
import { RowSealing } from './authenticated/rowSealing.ts';
import { connectionOf, type DatabaseAddress, settleRole } from './connection.ts';
import { clockSources, startClock, type DatabaseClock, type ExplainedJump } from './clock.ts';
import { unavailable } from './failure.ts';
import { prepareRoles } from './roles.ts';
import { checkSession, driverDeadline, prepareSession, sessionOptions, type Role } from './session.ts';
import { StallWatch } from './stallWatch.ts';
import { StorageWatch } from './storage.ts';
import { valueTypes } from './values.ts';

export type { DatabaseAddress } from './connection.ts';
export { asLogin } from './connection.ts';
export type Pool = pg.Pool;

export interface Database {
  /** requests: role datong_app, with the privileges that migrations grant table by table; statements end within 5 s */
  readonly app: Pool;
  /** migrations and making row tables: role datong_owner */
  readonly owner: Pool;
  readonly address: DatabaseAddress;
  /** where requests and the log connect; another address than the owner's only where they log in as datong_app */
  readonly appAddress: DatabaseAddress;
  /** false: declared to run without fsync */
  readonly durable: boolean;
  /** Unix ms by the database's clock */
  now(): number;
  /** the clock behind `now` */
  readonly clock: Pick<DatabaseClock, 'notBefore' | 'trouble'>;
  /** Tells of jumps of the clock that were followed. */
  onClockJump(tell: (jump: ExplainedJump) => void): void;
  /** Asks the server whether a connection is still as it must be. @throws Problem database_session, database_not_durable, and the driver's */
  check(): Promise<void>;
  /** whether its disk takes what is written; told of errors, asked by readiness */
  readonly storage: Pick<StorageWatch, 'noticed' | 'state' | 'room'>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** largest number of connections of the app pool (default 10); the owner pool has 8: six loads at once, and two for short statements */
  readonly connections?: number;
  /** where requests log in as datong_app themselves (default: the same address, acting as datong_app) */
  readonly appAddress?: DatabaseAddress | undefined;
  /** false: the server is known to run without fsync, and may (default: it may not) */
  readonly durable?: boolean;
  /** where the server keeps its data, if it is on this machine */
  readonly dataDir?: string;
  /** told of connections that broke while idle; the pool has replaced them already */
  readonly onIdleError?: (error: Error) => void;
}

/** ms for a new connection, and for one that becomes free */
const connectDeadline = 5_000;

/**
 * Opens both pools, after making the two roles where they are missing.
 * @throws Problem database_unavailable, database_too_old, database_grants_missing, database_session, database_not_durable, clock_skew
 * (exit code 3)
 */
export async function openDatabase(
  address: DatabaseAddress,
  options: DatabaseOptions = {},
): Promise<Database> {
  await prepareRoles(address);
  const { appAddress = address, durable = true } = options;
  const asItself = options.appAddress !== undefined;
  if (asItself) await settleRole(address);
  const pool = (role: Role, settings: pg.PoolConfig): Pool => {
    const made = new pg.Pool({
      types: valueTypes,
      application_name: role,
      connectionTimeoutMillis: connectDeadline,
      idleTimeoutMillis: 60_000,
      // plans of prepared statements go with their connection: those of dropped tables are not kept for ever
      maxLifetimeSeconds: 3_600,
      allowExitOnIdle: true,
      keepAlive: true,
      ...settings,
      verify: (client, done) => {
        prepareSession(client, { role, durable, processId: processIdOf(client) }).then(() => done(), done);
      },
    });
    // without a listener the loss of an idle connection would end the process,
    made.on('error', (error) => options.onIdleError?.(error));
    // and that of one nobody listens to: while it is looked at, and until whoever gets it listens. Its statement tells
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
  for (const one of [app, owner]) stalls.over(one);
  const shut = async (): Promise<void> => {
    stalls.stop();
    await Promise.all([app.end(), owner.end()]);
  };
  try {
    await owner.query('SELECT'); // its session is looked at before it is needed
    const reportedOfJumps = new Set<(jump: ExplainedJump) => void>();
    const clock = await startClock(clockSources(app), (jump) => {
      for (const tell of reportedOfJumps) tell(jump);
    });
    let closing: Promise<void> | undefined;
    return {
      app,
      owner,
      address,
      appAddress,
      durable,
      now: () => clock.now(),
      clock,
      storage: new StorageWatch(owner, options.dataDir),
      onClockJump: (tell) => void reportedOfJumps.add(tell),
      check: () => checkSession(app, { role: 'datong_app', durable }),
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

/** The process id that the server named at connection. */
export function processIdOf(client: object): number | undefined {
  return 'processID' in client && typeof client.processID === 'number' ? client.processID : undefined;
}
