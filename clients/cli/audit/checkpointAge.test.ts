import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkpointAge } from './checkpointAge.ts';

test('the age of a checkpoint is given in its largest unit; one without a time is named so', () => {
  const at = (seconds: number) => checkpointAge({ time: 1_795_780_000 }, (1_795_780_000 + seconds) * 1000).en;
  assert.equal(at(12), 'the checkpoint was signed 2026-11-27T11:46:40Z, 12 s ago');
  assert.match(at(600), /, 10 min ago$/);
  assert.match(at(7_300), /, 2 h ago$/);
  assert.match(at(864_000), /, 10 days ago$/);
  assert.match(at(-30), /, 30 s ahead of this machine's clock$/);
  assert.match(checkpointAge({}, 0).en, /no time/);
  assert.match(checkpointAge({ time: 1_795_780_000 }, 1_795_780_012_000).zh, /12 秒前$/);
});
