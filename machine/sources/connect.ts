/** Sources by the name of their system: whoever reads one need not know which it is. */
import { connectMysqlSource } from './mysql.ts';
import { connectPostgres } from './postgres.ts';
import type { SourceConnection, SourceSystem } from './sqlSource.ts';

export interface SourceAddress {
  readonly system: SourceSystem;
  /** a name, an address, or the folder (PostgreSQL) or file (MySQL) of a socket */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly tls: 'verify' | 'off';
  /** PEM of the authority that its certificate comes from; absent: those that the machine knows */
  readonly ca?: string | undefined;
}

/** ms until a connection must be there */
const patience = 10_000;

/**
 * One read-only transaction that sees the database as it was when it began.
 * @param seconds that a statement may take
 * @throws SourceFault
 */
export function connectSource(address: SourceAddress, seconds: number): Promise<SourceConnection> {
  if (address.system === 'mysql') return connectMysqlSource(address, seconds);
  const { host, port, database, user, password, tls, ca } = address;
  return connectPostgres(
    {
      ...{ host, port, database, user, password, connectionTimeoutMillis: patience },
      ssl: tls === 'off' ? false : { rejectUnauthorized: true, ...(ca !== undefined && { ca }) },
      application_name: 'datong pull',
    },
    seconds,
  );
}
