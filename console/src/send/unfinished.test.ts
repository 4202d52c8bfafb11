import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forgetUnfinished, keepUnfinished, unfinishedOf } from './unfinished.ts';

const one = {
  batch: 'b1',
  dataset: 'pub-security.household',
  mapping: 'household',
  fileName: 'a.csv',
  size: 3,
  sha256: 'ab',
};

/** Runs with a storage in place of the browser's. */
function withStorage(
  setItem: (stored: Map<string, string>, name: string, text: string) => void,
  run: () => void,
): void {
  const stored = new Map<string, string>();
  const localStorage = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, text: string) => setItem(stored, name, text),
  };
  Object.defineProperty(globalThis, 'window', { value: { localStorage }, configurable: true });
  try {
    run();
  } finally {
    Reflect.deleteProperty(globalThis, 'window');
  }
}

test('an unfinished upload is stored with the totals of its sender, once, and forgotten', () => {
  withStorage(
    (stored, name, text) => stored.set(name, text),
    () => {
      keepUnfinished('p1', one);
      keepUnfinished('p1', { ...one, control: { rows: 12 } });
      assert.deepEqual(unfinishedOf('p1'), [{ ...one, control: { rows: 12 } }]);
      assert.deepEqual(unfinishedOf('p2'), []);
      forgetUnfinished('p1', 'b1');
      assert.deepEqual(unfinishedOf('p1'), []);
    },
  );
});

test('an upload goes on where the browser stores nothing', () => {
  withStorage(
    () => {
      throw new DOMException('full', 'QuotaExceededError');
    },
    () => {
      keepUnfinished('p1', one);
      forgetUnfinished('p1', 'b1');
      assert.deepEqual(unfinishedOf('p1'), []);
    },
  );
});
