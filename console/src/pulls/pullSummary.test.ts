import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Schemas } from '../api/call.ts';
import type { Spoken } from '../words/words.ts';
import { pullSummary } from './pullSummary.ts';

type Pull = Schemas['Waiting']['pulls'][number];

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
  const summary = (more: Pick<Pull, 'outcome'> & Partial<Pull>): readonly unknown[] => {
    const { sentence, facts } = pullSummary({ ...one, ...more }, spoken);
    return [sentence, facts];
  };
  assert.deepEqual(summary({ outcome: 'pull_source_refused', nextRunAt }), [
    'hs_kindPull',
    ['the database refused the login', `plNextShort ${nextRunAt}`],
  ]);
  assert.deepEqual(summary({ outcome: 'storage_full', batch: 'b' }), ['hs_pullBatch', []]);
  assert.deepEqual(summary({ outcome: 'pull_paused', until: '2026-11-20' }), [
    'hs_pullPaused',
    ['plUntil 2026-11-20'],
  ]);
});
