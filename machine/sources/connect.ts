/** Sources by the name of their system: whoever reads one need not know which it is. */
import { connectMysqlSource } from './mysql.ts';
import { connectPostgres } from './postgres.ts';
import type { SourceAddress, SourceConnection, SourceSystem } from './sqlSource.ts';

/** ms until a connection must be there */
const patience = 10_000;

/**
 * One read-only transaction that sees the database as it was when it began.
 * @param seconds that a statement may take
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
      ...{ host, port, database, user, password, connectionTimeoutMillis: patience },
      ssl: tls === 'off' ? false : { rejectUnauthorized: true, ...(ca !== undefined && { ca }) },
      application_name: 'datong dataset pull',
    },
    seconds,
  );
}
