import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { startPeriodicWrite } from './sealedFile.ts';

test('what was erased from the database is recorded outside it at once, within a minute of each time, and at the stop; a failure is reported and tried again', async () => {
  mock.timers.enable({ apis: ['setInterval'] });
  try {
    let stored = 0;
    let fails = false;
    const reported: unknown[] = [];
    const keep = (): Promise<void> => {
      stored += 1;
      return fails ? Promise.reject(new Error('full')) : Promise.resolve();
    };
    const file = await startPeriodicWrite(keep, (error) => reported.push(error));
    assert.equal(stored, 1);
    mock.timers.tick(59_999);
    assert.equal(stored, 1);
    mock.timers.tick(1);
    assert.equal(stored, 2);
    fails = true;
    mock.timers.tick(60_000);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([stored, reported.length], [3, 1]);
    fails = false;
    mock.timers.tick(60_000);
    await file.close();
    assert.deepEqual([stored, reported.length], [5, 1]);
    mock.timers.tick(120_000);
    assert.equal(stored, 5, 'closed');
  } finally {
    mock.timers.reset();
  }
});
