import assert from 'node:assert/strict';

/** A list that a test goes through, which proves nothing when there is nothing in it. */
export function nonEmpty<T>(list: Iterable<T>): readonly T[] {
  const all = [...list];
  assert.ok(all.length > 0, 'the list that is gone through is empty');
  return all;
}
