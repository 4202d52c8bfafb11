/** Databases and keys of the append benches, on a server that durably stores what it acknowledges. */
import { createSecretKey, randomBytes } from 'node:crypto';
import type { openAuditLog } from '../../hub/log/openAuditLog.ts';
import type { RunningPostgres } from '../../hub/platform/postgres/startPostgres.ts';
import { asLogin, openDatabase, type Database } from '../../hub/platform/database/database.ts';
import { migrate } from '../../hub/platform/database/migrate.ts';
import { oneLogKey } from '../../tests/oneLogKey.ts';

export type BenchKeys = Parameters<typeof openAuditLog>[0]['keys'];

export function newKeys(): BenchKeys {
  const log = oneLogKey('datong/bench');
  return { log, headMac: createSecretKey(randomBytes(32)) };
}

export async function newDatabase(server: RunningPostgres, name: string): Promise<Database> {
  const address = { host: server.host, port: server.port, user: server.user, database: 'postgres' };
  await asLogin(address, (login) => login.query(`CREATE DATABASE ${name}`));
  const opened = await openDatabase({ ...address, database: name }, { connections: 10 });
  await migrate(opened);
  return opened;
}
