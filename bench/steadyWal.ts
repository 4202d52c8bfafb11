/**
 * A server that has run for a while writes its log over segments that it has; one that has just been made makes each of them, 16 MB of
 * zeros, in the middle of somebody's commit: 50 to 80 ms, of a stream that takes 300. A checkpoint hands the segments on that are done with.
 */
import { asLogin, type Database } from '../hub/platform/database/database.ts';

/** Before each round, and not measured: whoever measures rounds measures a hub that has run for a while. @param database of a hub whose server is its own */
export async function steadyWal({ address }: Pick<Database, 'address'>): Promise<void> {
  await asLogin(address, (login) => login.query('CHECKPOINT'));
}
