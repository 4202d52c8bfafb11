/** Opens the database that a configuration names, or a PostgreSQL of the hub's own below its state folder. */
import type { HubConfig } from './platform/config/hubConfig.ts';
import {
  startPostgres,
  type PostgresOptions,
  type RunningPostgres,
} from './platform/postgres/startPostgres.ts';
import {
  openDatabase,
  type Database,
  type DatabaseAddress,
  type DatabaseOptions,
} from './platform/database/database.ts';
import { ensureDatabase } from './platform/database/ensureDatabase.ts';

export interface StartedDatabase {
  readonly database: Database;
  /** the hub's own server, if there is one */
  readonly server: RunningPostgres | undefined;
  /** Closes the pools, and stops the server if this process owns it. */
  readonly stop: () => Promise<void>;
}

export interface StartingServer {
  /** the hub's own server, where it was started before; its settings then apply */
  readonly server?: Promise<RunningPostgres> | undefined;
}

/** The name of the hub's database in its own server. */
const ownDatabaseName = 'datong';

/**
 * Opens the database without migrating it: the caller decides that.
 * @throws Problem database_unavailable, postgres_missing and similar ones (exit code 3)
 */
export async function startDatabase(
  config: Pick<HubConfig, 'stateDir' | 'database'>,
  options: DatabaseOptions & Pick<PostgresOptions, 'durable' | 'settings'> & StartingServer = {},
): Promise<StartedDatabase> {
  const { url, appUrl, flavour, connections, durable, requireSynchronousStandby } = config.database;
  const settings = { connections, durable, needsStandby: requireSynchronousStandby, ...options };
  if (url !== undefined) {
    const database = await openDatabase(url, { ...settings, appAddress: appUrl });
    return { database, server: undefined, stop: () => database.close() };
  }
  const server = await (options.server ??
    startPostgres({ stateDir: config.stateDir, flavour, durable, ...options }));
  try {
    const database = await openDatabase(await ownAddress(server), { ...settings, dataDir: server.dataDir });
    const stop = async (): Promise<void> => {
      try {
        await database.close();
      } finally {
        await server.stop();
      }
    };
    return { database, server, stop };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function ownAddress(server: RunningPostgres): Promise<DatabaseAddress> {
  const { host, port, user } = server;
  await ensureDatabase({ host, port, user, database: 'postgres' }, ownDatabaseName);
  return { host, port, user, database: ownDatabaseName };
}
