/** How long a flush waits for further drafts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gathered } from './nextBatch.ts';

/** @param arrivals how many drafts there are at each check @returns turns that were waited */
async function turnsFor(arrivals: readonly number[]): Promise<number> {
  let turns = 0;
  let over = false;
  const count = (): void => {
    if (over) return;
    turns += 1;
    setImmediate(count);
  };
  setImmediate(count);
  await gathered(() => arrivals[Math.min(turns, arrivals.length - 1)] ?? 0);
  over = true;
  return turns;
}

test('a single writer waits for one turn, and several as long as each turn brings more, but not forever', async () => {
  assert.equal(await turnsFor([0]), 0);
  assert.equal(await turnsFor([1]), 1);
  assert.equal(await turnsFor([1, 4, 9, 9, 12]), 3);
  assert.equal(await turnsFor([1, 2, 3, 4, 5, 6, 7, 8, 9]), 6);
});
