import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guardedPart, type Repetition, type UnguardedPart } from './copyParts.ts';

/** A part of rows without bytes. @param doubted places of rows with a doubt */
const partOf = (rows: number, doubted: readonly number[]): UnguardedPart => ({
  tuples: new Uint8Array(0),
  rows: Float64Array.from({ length: rows }, (_, place) => place + 1),
  lines: Uint32Array.from({ length: rows }, (_, place) => place + 2),
  ends: new Uint32Array(rows),
  keys: new Int32Array(0),
  failed: [],
  records: rows,
  skipped: 0,
  doubted,
  fileDoubts: 0,
  warned: 0,
  columns: [],
});
const repetitionsOf = (places: readonly number[]): Repetition[] =>
  places.map((place) => ({ place, line: place + 2, first: 1 }));
const doubtedOf = (
  rows: number,
  doubted: readonly number[],
  repeated: readonly number[],
): readonly number[] => guardedPart(partOf(rows, doubted), repetitionsOf(repeated), []).doubted;

test('a row with a doubt has its place among the rows that are stored', () => {
  assert.deepEqual(doubtedOf(8, [0, 2, 3, 5, 7], [1, 3, 6]), [0, 1, 3, 4]);
  assert.deepEqual(doubtedOf(4, [0, 3], [0, 1, 2]), [0]);
  assert.deepEqual(doubtedOf(4, [1, 2], [1, 2]), []);
  assert.deepEqual(doubtedOf(4, [0, 1], [3]), [0, 1]);
  assert.deepEqual(doubtedOf(4, [], [1]), []);
});

test('of a part with many doubts and many repetitions, no place is compared with all others', () => {
  const rows = 2_000;
  const even = Array.from({ length: rows / 2 }, (_, nth) => nth * 2);
  let read = 0;
  const counted = repetitionsOf(even).map(({ place, ...one }) => ({
    ...one,
    get place() {
      read += 1;
      return place;
    },
  }));
  const odd = even.map((place) => place + 1);
  assert.deepEqual(
    guardedPart(partOf(rows, odd), counted, []).doubted,
    even.map((place) => place / 2),
  );
  assert.ok(read < 5 * rows, `${read} reads`);
});
