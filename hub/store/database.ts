/**
 * The hub's database as everything else sees it: two pools, one clock. Owner of both pools; whoever opens it closes it.
 */
import pg from 'pg';
import { makeRoles, rolesReady } from '../../migrations/001_roles.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import { connectionOf, type DatabaseAddress } from './address.ts';
import { startClock } from './clock.ts';
import { valueTypes } from './values.ts';

export type { DatabaseAddress } from './address.ts';
export type Pool = pg.Pool;
export type Role = 'datong_app' | 'datong_owner';

export interface Database {
  /** requests: role datong_app, with the privileges that migrations grant table by table */
  readonly app: Pool;
  /** migrations and making row tables: role datong_owner */
  readonly owner: Pool;
  readonly address: DatabaseAddress;
  /** Unix ms by the database's clock */
  now(): number;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** largest number of connections of the app pool (default 10); the owner pool has 8: six loads at once, and two for short statements */
  readonly connections?: number;
  /** told of connections that broke while idle; the pool has replaced them already */
  readonly onIdleError?: (error: Error) => void;
}

/** Settings that every session of ours has; the role is taken at connection, so no statement can forget it. */
export const sessionOptions = (role: Role | undefined): string =>
  `${role === undefined ? '' : `-c role=${role} `}-c timezone=UTC -c intervalstyle=iso_8601 -c datestyle=ISO`;

/**
 * Opens both pools, after making the two roles where they are missing.
 * @throws Problem database_unavailable, database_too_old, clock_skew (exit code 3)
 */
export async function openDatabase(
  address: DatabaseAddress,
  options: DatabaseOptions = {},
): Promise<Database> {
  await prepareRoles(address);
  const pool = (role: Role, max: number): Pool => {
    const made = new pg.Pool({
      ...connectionOf(address),
      types: valueTypes,
      options: sessionOptions(role),
      application_name: role,
      max,
      connectionTimeoutMillis: 10_000,
      idleTimeoutMillis: 60_000,
      // plans of prepared statements go with their connection: those of dropped tables are not kept for ever
      maxLifetimeSeconds: 3_600,
      allowExitOnIdle: true,
    });
    // without a listener the loss of an idle connection would end the process
    made.on('error', (error) => options.onIdleError?.(error));
    return made;
  };
  const app = pool('datong_app', options.connections ?? 10);
  const owner = pool('datong_owner', 8);
  const shut = async (): Promise<void> => {
    await Promise.all([app.end(), owner.end()]);
  };
  try {
    const clock = await startClock(app);
    let closing: Promise<void> | undefined;
    return {
      app,
      owner,
      address,
      now: () => clock.now(),
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

/** One connection of the login itself, closed afterwards. @throws Problem database_unavailable, and whatever `work` throws */
export async function asLogin<T>(
  address: DatabaseAddress,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    ...connectionOf(address),
    types: valueTypes,
    options: sessionOptions(undefined),
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', () => undefined); // the statement that is running reports it
  try {
    await client.connect().catch((error: unknown) => {
      throw unavailable(error);
    });
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function prepareRoles(address: DatabaseAddress): Promise<void> {
  await asLogin(address, async (client) => {
    const { rows: versions } = await client.query<{ version: string }>(
      "SELECT current_setting('server_version_num') AS version",
    );
    const major = Math.floor(Number(versions[0]?.version) / 10_000);
    if (major < 15) throw new Problem('database_too_old', { found: major });
    for (let attempt = 1; ; attempt++) {
      const { rows } = await client.query<{ made: boolean; member: boolean; granted: boolean }>(
        rolesReady(major),
      );
      const [state] = rows;
      if (state?.made === true && state.member && state.granted) return;
      try {
        await client.query(makeRoles(major));
      } catch (error) {
        // another hub of the same server was faster (unique_violation, duplicate_object, "tuple concurrently updated")
        const code = (error as { code?: string }).code ?? '';
        if (attempt > 5 || !['23505', '42710', 'XX000'].includes(code)) throw unavailable(error);
      }
    }
  });
}

/** The driver's words without address or password, as a Problem. */
export function unavailable(cause: unknown): Problem {
  const { code, message } = cause as { code?: string; message?: string };
  const words = code === undefined ? undefined : reasons[code];
  const told = (what: string | undefined): string =>
    code === undefined ? (message ?? 'unknown') : what === undefined ? code : `${code} (${what})`;
  return new Problem(
    'database_unavailable',
    { reason: told(words?.en), reasonZh: told(words?.zh) },
    { cause },
  );
}

const reasons: Readonly<Record<string, Bilingual>> = {
  ECONNREFUSED: { zh: '该处没有服务', en: 'nothing listens there' },
  ENOENT: { zh: '没有这个套接字', en: 'no such socket' },
  ENOTFOUND: { zh: '没有这台主机', en: 'no such host' },
  '28P01': { zh: '密码不正确', en: 'wrong password' },
  '28000': { zh: '登录被拒绝', en: 'login refused' },
  '3D000': { zh: '没有这个数据库', en: 'no such database' },
  '42501': {
    zh: '该登录账号无权创建角色 datong_owner 和 datong_app',
    en: 'the login may not make the roles datong_owner and datong_app',
  },
  '57P03': { zh: '服务器正在启动或停止', en: 'the server is starting or stopping' },
  '53300': { zh: '连接过多', en: 'too many connections' },
};
