/** A connection of the login itself, for what is done before roles and pools are there: migrations, roles, making a database. */
import pg from 'pg';
import { connectionOf, type DatabaseAddress } from './address.ts';
import { unavailable } from './failure.ts';
import { sessionOptions } from './session.ts';
import { valueTypes } from './values.ts';

/** ms; the steps of a start are short, and one that is not ends in a sentence instead of hanging */
const patience = 30_000;

/** One connection of the login itself, closed afterwards. @throws Problem database_unavailable, and whatever `work` throws */
export async function asLogin<T>(
  address: DatabaseAddress,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    ...connectionOf(address),
    types: valueTypes,
    options: sessionOptions(undefined),
    connectionTimeoutMillis: 10_000,
    query_timeout: patience,
  });
  client.on('error', () => undefined); // the statement that is running reports it
  try {
    await client.connect().catch((error: unknown) => {
      throw unavailable(error);
    });
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
