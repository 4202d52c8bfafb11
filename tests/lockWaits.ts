import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestDatabase } from './database.ts';

/** Until a statement of this database waits for a lock. */
export async function lockWaits({ owner }: Pick<TestDatabase, 'owner'>): Promise<void> {
  for (let looked = 0; looked < 1_000; looked += 1) {
    const { rowCount } = await owner.query(
      `SELECT FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    if ((rowCount ?? 0) > 0) return;
    await sleep(5);
  }
  assert.fail('nobody waits');
}
