import { after } from 'node:test';
import { urlOfDatabase, type DatabaseAddress } from '../hub/platform/database/connection.ts';
import {
  asLogin,
  openDatabase,
  type Database,
  type DatabaseOptions,
} from '../hub/platform/database/database.ts';
import { inheritedCluster, startTestCluster, templateName, type TestCluster } from './cluster.ts';

export interface TestDatabase extends Database {
  /** Closes and drops it. Called by itself when the test file ends. */
  cleanup(): Promise<void>;
}

let made = 0;

/** The same server and login, another database. */
export const withDatabase = (address: DatabaseAddress, database: string): DatabaseAddress =>
  typeof address === 'string' ? urlOfDatabase(address, database) : { ...address, database };

/**
 * A fresh database with every migration, for one test file: `const database = await testDatabase();` at the top of the file.
 * Dropped when the file's tests have ended.
 */
export const testDatabase = (options: DatabaseOptions = {}): Promise<TestDatabase> =>
  databaseFrom(templateName, options);

/** One without any migration. */
export const emptyDatabase = (): Promise<TestDatabase> => databaseFrom('template0', {});

/** Deadlines of a slow machine that copies several databases at once. */
export const unhurried = { connectMs: 30_000, statementMs: 280_000 };

/** A copy of a database to which nothing is connected; dropped as that of `testDatabase` is. */
export async function databaseFrom(template: string, options: DatabaseOptions): Promise<TestDatabase> {
  const cluster = await testCluster();
  const name = `test_${process.pid}_${++made}`;
  // takes less than half the processor time of a copy through the log, which is PostgreSQL's default
  const copy = `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`;
  await asLogin(cluster.address, (login) => login.query(copy), unhurried);
  const database = await openDatabase(withDatabase(cluster.address, name), {
    connections: 5,
    durable: false,
    ...options,
  });
  let cleaning: Promise<void> | undefined;
  const drop = async (): Promise<void> => {
    await database.close();
    await asLogin(cluster.address, (login) => login.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  };
  const cleanup = (): Promise<void> => (cleaning ??= drop());
  after(cleanup);
  return { ...database, cleanup };
}

/** Address of the tests' server for a process that makes a database of its own there, as in DATABASE_URL. */
export async function clusterUrl(): Promise<string> {
  const { address } = await testCluster();
  const { host, port, user, database } = address;
  // a folder cannot be in the place of the host
  return `postgres://${user}@localhost/${database}?${new URLSearchParams({ host, port: String(port) }).toString()}`;
}

/** The server of the run, or one for this process alone. */
export async function testCluster(): Promise<TestCluster> {
  const inherited = inheritedCluster();
  if (inherited !== undefined) return inherited;
  const cluster = await startTestCluster();
  // after the hooks that drop databases, whatever their order
  process.once('beforeExit', () => void cluster.stop());
  return cluster;
}
