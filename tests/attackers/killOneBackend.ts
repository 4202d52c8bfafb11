/** PostgreSQL as it is when one of its processes was killed: the whole server recovers, and every connection breaks. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { seededRandom } from '../../clients/cli/demo/files/invented.ts';
import type { Database } from '../../hub/platform/database/database.ts';

/** Kills one of the processes behind the connections to a database. @returns once the server has taken it as its own crash */
export async function killOneBackend(
  database: Database,
  random: ReturnType<typeof seededRandom>,
): Promise<void> {
  const bystander = await answered(() => database.owner.connect());
  const broken = new Promise((resolve) => bystander.once('error', resolve));
  for (;;) {
    // connections alone: workers of the server's own, without a login, end by themselves
    const { rows: backends } = await bystander.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND usename IS NOT NULL AND pid <> pg_backend_pid() ORDER BY pid`,
    );
    // none for a moment, while the hub connects anew
    if (backends.length === 0) await sleep(50);
    else if (killed(backends[random.int(backends.length)]?.pid)) break;
  }
  await broken;
  bystander.release(true);
}

/** False where it has ended meanwhile. */
function killed(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Asked again while connections that were idle turn out to be broken. */
export async function answered<T>(ask: () => Promise<T>): Promise<T> {
  for (let i = 0; ; i += 1) {
    try {
      return await ask();
    } catch (error) {
      if (i === 600 || error instanceof assert.AssertionError) throw error;
      await sleep(50);
    }
  }
}
