/**
 * A server that has run for a while reuses the segments of its write-ahead log. A new one makes each of them, 16 MB of zeros, in the middle
 * of a commit: 50 to 80 ms, of a stream that takes 300. A checkpoint recycles segments that are no longer needed.
 */
import { asLogin, type Database } from '../hub/platform/database/database.ts';

/**
 * Runs before each round, outside the measurement, so that rounds measure a hub that has run for a while. @param database of a hub whose
 * server is its own
 */
export async function steadyWal({ address }: Pick<Database, 'address'>): Promise<void> {
  await asLogin(address, (login) => login.query('CHECKPOINT'));
}
