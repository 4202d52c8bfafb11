import { setTimeout } from 'node:timers/promises';
import { readBackDelay } from '../hub/log/writer/follower.ts';
import { asLogin } from '../hub/platform/database/database.ts';
import type { Database } from '../hub/platform/database/database.ts';

/** What an administrator of the database can do to entries: their rows are gone while this goes on, and back after it. */
export async function takenOut<T>(
  { address }: Pick<Database, 'address'>,
  indexes: readonly number[],
  work: () => Promise<T>,
): Promise<T> {
  const asSuperuser = (sql: string): Promise<unknown> =>
    asLogin(address, (login) => login.query(`SET session_replication_role = replica; ${sql}`));
  const these = `idx = ANY('{${indexes.join(',')}}'::bigint[])`;
  await asSuperuser(`CREATE TABLE taken_out AS SELECT * FROM audit_entry WHERE ${these};
    DELETE FROM audit_entry WHERE ${these}`);
  try {
    return await work();
  } finally {
    await asSuperuser('INSERT INTO audit_entry SELECT * FROM taken_out; DROP TABLE taken_out');
  }
}

/**
 * What else an administrator of the database can do to an entry: other bytes are in its row while this goes on, and its own after it.
 * @param leaf an expression in SQL
 */
export async function overwritten<T>(
  { address }: Pick<Database, 'address'>,
  index: number,
  leaf: string,
  work: () => Promise<T>,
): Promise<T> {
  const asSuperuser = (sql: string): Promise<unknown> =>
    asLogin(address, (login) => login.query(`SET session_replication_role = replica; ${sql}`));
  await asSuperuser(`CREATE TABLE overwritten AS SELECT * FROM audit_entry WHERE idx = ${index};
    UPDATE audit_entry SET leaf = ${leaf} WHERE idx = ${index}`);
  try {
    return await work();
  } finally {
    await asSuperuser(`UPDATE audit_entry AS e SET leaf = o.leaf FROM overwritten AS o WHERE e.idx = o.idx;
      DROP TABLE overwritten`);
  }
}

/** Who wrote entries reads them back for a moment, and would notice first: nothing more is signed then. */
export const readBackIsOver = (): Promise<void> => setTimeout(4 * readBackDelay);
