import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Spoken } from '../words/words.ts';
import { pullSummary } from './pullSummary.ts';

const spoken = {
  say: (word: string, facts: Readonly<Record<string, string>> = {}) =>
    [word, ...Object.values(facts)].join(' '),
  pick: (text: { readonly en: string }) => text.en,
  day: (text: string) => text,
  when: (text: string) => text,
} as unknown as Spoken;

test('a pull says what it met, in its source or in the hub, and when it runs next', () => {
  const one = { dataset: 'a.b', department: 'a', at: 't', due: 'd', overdue: false };
  const nextRunAt = '2026-11-17T01:00:00Z';
  assert.deepEqual(pullSummary({ ...one, outcome: 'pull_source_refused', nextRunAt }, spoken), [
    'the database refused the login',
    `plNextShort ${nextRunAt}`,
  ]);
  assert.deepEqual(pullSummary({ ...one, outcome: 'storage_full', batch: 'b' }, spoken), ['plBatchFailed']);
  assert.deepEqual(pullSummary({ ...one, outcome: 'pull_paused', until: '2026-11-20' }, spoken), [
    'plPausedUntil 2026-11-20',
  ]);
});
