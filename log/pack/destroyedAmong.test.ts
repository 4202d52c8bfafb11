/** The text of a verification report about the entries that were destroyed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { destroyedText, type DestroyedUnit } from './destroyedAmong.ts';

const unit = (at: string): DestroyedUnit => ({
  ...{ first: 1_024, last: 2_047, entries: 1_000, index: 9_000, at, newest: '2026-01-01T00:00:00.000Z' },
  ...{ rules: 'exchange 3', order: 'order-1', stays: '', hashes: '', sha256: '' },
});

test('the day of a destruction is that of China, as in the answer of the hub', () => {
  const { zh, en } = destroyedText([unit('2030-12-31T16:00:00.000Z')]);
  assert.match(zh, /已于 2031-01-01 按期限规则/);
  assert.match(en, /were destroyed on 2031-01-01 under the rules/);
  assert.match(destroyedText([unit('2030-12-31T15:59:59.999Z')]).en, /on 2030-12-31 under/);
});

test('an altered time of a destruction does not stop the report', () => {
  assert.match(destroyedText([unit('never')]).en, /on 0000-00-00 under/);
});
