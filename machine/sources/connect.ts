/** Connects to sources by the name of their system, so that callers need not distinguish the systems. */
import { connectMysqlSource } from './mysql.ts';
import { connectPostgres } from './postgres.ts';
import type { SourceAddress, SourceConnection, SourceSystem } from './sqlSource.ts';

/** timeout of a connection attempt, in ms */
const patience = 10_000;

/**
 * Opens one read-only transaction with a snapshot of the database at its beginning.
 * @param seconds time limit of a statement
 * @throws SourceFault
 */
export function connectSource(
  address: SourceAddress & { readonly system: SourceSystem },
  seconds: number,
): Promise<SourceConnection> {
  if (address.system === 'mysql') return connectMysqlSource(address, seconds);
  const { host, port, database, user, password, tls, ca } = address;
  return connectPostgres(
    {
      host,
      port,
      database,
      user,
      password,
      connectionTimeoutMillis: patience,
      ssl: tls === 'off' ? false : { rejectUnauthorized: true, ...(ca !== undefined && { ca }) },
      application_name: 'datong dataset pull',
    },
    seconds,
  );
}
