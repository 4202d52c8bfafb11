import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../terms/problem.ts';
import { shortenedFacts } from './report.ts';

test('the frames of an error that repeats are logged once a minute, its code each time', () => {
  let now = 0;
  const facts = shortenedFacts(() => now);
  const error = new Problem('log_unavailable', {}, { cause: new Error('reason') });
  const whole = facts(error);
  assert.ok(Array.isArray(whole['at']) && JSON.stringify(whole).includes('report.test'));
  assert.deepEqual(facts(error), { code: 'log_unavailable', error: 'Problem', cause: { error: 'Error' } });
  assert.ok('at' in facts(new Error('another')));
  now = 60_001;
  assert.deepEqual(facts(error), whole);
});
