import assert from 'node:assert/strict';
import { sealingOf } from '../hub/platform/database/authenticated/rowSealing.ts';
import type { TestHub } from './hub.ts';

/**
 * Runs the comparison of the rows of the hub's tables, also within the pause after one that took more than six seconds: only a comparison
 * that is due, or that the hub has a suspicion for, reads rows.
 */
export async function compareRows({ hub }: Pick<TestHub, 'hub'>): Promise<void> {
  sealingOf(hub.database.app)?.suspect();
  assert.equal(await hub.runner.run('verifyRows'), 'ok', 'verifyRows');
}
