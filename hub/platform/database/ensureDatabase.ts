import type { DatabaseAddress } from './connection.ts';
import { asLogin } from './database.ts';

/** Creates a database on the server of `address`, where it is missing. @param name a plain identifier */
export async function ensureDatabase(address: DatabaseAddress, name: string): Promise<void> {
  await asLogin(address, async (login) => {
    const { rowCount } = await login.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await login.query(`CREATE DATABASE ${login.escapeIdentifier(name)}`);
  });
}

/** Ends every session in it and removes it. */
export async function dropDatabase(address: DatabaseAddress, name: string): Promise<void> {
  await asLogin(address, (login) =>
    login.query(`DROP DATABASE IF EXISTS ${login.escapeIdentifier(name)} WITH (FORCE)`),
  );
}
