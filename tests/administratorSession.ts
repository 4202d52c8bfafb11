import { after } from 'node:test';
import pg from 'pg';
import { connectionOf } from '../hub/platform/database/connection.ts';
import type { TestDatabase } from './database.ts';

/** A session of the superuser, past the hub; it ends when the test file ends. @param options of the session, as `-c name=value` */
export async function administratorSession(
  { address }: Pick<TestDatabase, 'address'>,
  options?: string,
): Promise<pg.Client> {
  const client = new pg.Client({ ...connectionOf(address), ...(options === undefined ? {} : { options }) });
  client.on('error', () => undefined);
  await client.connect();
  after(() => client.end());
  return client;
}
