/** Where a database is and who logs in. The login only lends itself: pools act as datong_app or datong_owner. */
import type { PoolConfig } from 'pg';

export interface SocketOrHost {
  /** host name, or the folder of a unix socket */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password?: string;
}

/** Parts, or a `postgres://` address as in DATABASE_URL. */
export type DatabaseAddress = SocketOrHost | string;

/** As `pg` takes it. A socket's folder inside an URL would be read as TCP, so parts stay parts. */
export const connectionOf = (address: DatabaseAddress): PoolConfig =>
  typeof address === 'string' ? { connectionString: address } : { ...address };

/** The same server and login, another database. */
export function urlOfDatabase(address: string, database: string): string {
  const url = new URL(address);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}
