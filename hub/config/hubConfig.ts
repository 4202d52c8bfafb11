/** What a hub is told before it starts: `hub.json`. Everything else is registered while it runs. */

export interface ListenerPlace {
  readonly host: string;
  /** 0 = any free one */
  readonly port: number;
}

export type ListenerName = 'exchange' | 'open' | 'staff' | 'admin';

export interface HubConfig {
  /** short name of the hub; the log's origin is `datong/<name>` */
  readonly name: string;
  /** scheme, host and port of the exchange listener as departments reach it; requests are signed for it */
  readonly publicOrigin: string;
  /** the same of the open listener (default: the public host with that listener's port) */
  readonly openOrigin: string;
  readonly listeners: Readonly<Record<ListenerName, ListenerPlace>>;
  /** absolute; the high-water file, the keys and the hub's own PostgreSQL lie below it */
  readonly stateDir: string;
  /** absolute (default: `keys` below stateDir) */
  readonly keysDir: string;
  readonly database: DatabaseConfig;
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' };
}

export interface DatabaseConfig {
  /** `postgres://…`; DATABASE_URL of the environment wins. Absent: a PostgreSQL of the hub's own below stateDir */
  readonly url?: string;
  /** which PostgreSQL to start where there is no url (default: DATONG_POSTGRES, else the machine's, else the bundled one) */
  readonly flavour?: 'system' | 'bundled';
  /** connections for requests */
  readonly connections: number;
}
