import type { DatabaseAddress } from '../hub/platform/database/database.ts';

/** The address as in DATABASE_URL: a socket's folder cannot be in the place of the host. */
export function addressUrl(address: DatabaseAddress): string {
  if (typeof address === 'string') return address;
  const { host, port, user, database } = address;
  return `postgres://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
}
