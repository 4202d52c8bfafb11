/**
 * The PostgreSQL that tests run on: one server per run, whose template database has every migration. The runner starts it and
 * passes its address on; a test file that is run alone starts one for itself.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../hub/platform/postgres/startPostgres.ts';
import { isOwnerAlive, readRecord } from '../hub/platform/postgres/stateRecord.ts';
import type { SocketOrHost } from '../hub/platform/database/connection.ts';
import { asLogin, openDatabase } from '../hub/platform/database/database.ts';
import { migrate } from '../hub/platform/database/migrate.ts';

export const templateName = 'datong_template';
const variable = 'DATONG_TEST_CLUSTER';
const prefix = 'datong-test-';

export interface TestCluster {
  /** the maintenance database; test databases are made next to it */
  readonly address: SocketOrHost;
  /** a folder that goes with the server */
  readonly folder: string;
  stop(): Promise<void>;
}

/** The server handed down by the runner, if there is one. */
export function inheritedCluster(): TestCluster | undefined {
  const text = process.env[variable];
  if (text === undefined) return undefined;
  const { address, folder } = JSON.parse(text) as Pick<TestCluster, 'address' | 'folder'>;
  return { address, folder, stop: () => Promise.resolve() };
}

/** Starts a server without durability, makes the template, and puts the address into this process's environment. */
export async function startTestCluster(): Promise<TestCluster> {
  const inherited = inheritedCluster();
  if (inherited !== undefined) return inherited;
  await sweep();
  const stateDir = await mkdtemp(join(tmpdir(), prefix));
  const server = await startPostgres({ stateDir, durable: false, settings: { max_connections: '200' } });
  const { host, port, user } = server;
  const address: SocketOrHost = { host, port, user, database: 'postgres' };
  const stop = async (): Promise<void> => {
    await server.destroy();
    await rm(stateDir, { recursive: true, force: true });
  };
  try {
    await makeTemplate(address);
  } catch (error) {
    await stop();
    throw error;
  }
  process.env[variable] = JSON.stringify({ address, folder: stateDir });
  return { address, folder: stateDir, stop };
}

async function makeTemplate(address: SocketOrHost): Promise<void> {
  await asLogin(address, (login) => login.query(`CREATE DATABASE ${templateName}`));
  const template = await openDatabase({ ...address, database: templateName }, { durable: false });
  try {
    await migrate(template);
  } finally {
    await template.close();
  }
}

/** Removes what killed runs left. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const stateDir = join(tmpdir(), name);
    const record = await readRecord(stateDir).catch(() => undefined);
    if (record === undefined || (await isOwnerAlive(record.owner))) continue;
    try {
      const server = await startPostgres({ stateDir, durable: false });
      await server.destroy();
      await rm(stateDir, { recursive: true, force: true });
    } catch {
      // another user's, or half removed by another run
    }
  }
}
