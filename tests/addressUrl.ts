import type { DatabaseAddress } from '../hub/platform/database/database.ts';

/** The address as in DATABASE_URL: a socket's folder cannot stand where the host does. */
export function addressUrl(address: DatabaseAddress): string {
  if (typeof address === 'string') return address;
  const { host, port, user, database } = address;
  return `postgres://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
}
