import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxMarks, withMarks } from './readMarks.ts';

const named = (name: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, nth) => `${name} ${nth}`);

test('items of many pages stay marked, page after page', () => {
  const all = named('whyCode', 1_200);
  let marks: readonly string[] = [];
  for (let at = 0; at < all.length; at += 50) {
    const page = all.slice(at, at + 50);
    marks = withMarks(marks, page, page);
  }
  assert.deepEqual(marks, all);
});

test('above the limit a mark that is no longer listed is dropped, and a listed one stays', () => {
  const before = named('whyCode', maxMarks);
  const listed = before.slice(0, 10);
  const after = new Set(withMarks(before, ['new'], [...listed, 'unread', 'new']));
  assert.equal(after.size, maxMarks);
  assert.ok([...listed, 'new'].every((mark) => after.has(mark)));
  assert.deepEqual([after.has(before[10] ?? ''), after.has('unread')], [false, false]);
});
