import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSchema } from '../../../schemas/parse.ts';
import { CopyCells } from './storable.ts';
import { CopyTuples } from './copyTuples.ts';
import { layoutOf } from './layout.ts';

const layout = layoutOf(
  readSchema(
    {
      $id: 'urn:datong:a:1.0',
      type: 'object',
      properties: {
        id: { type: 'string' },
        size: { type: 'integer' },
        share: { type: 'number' },
        open: { type: 'boolean' },
        note: { type: 'string' },
      },
    },
    () => undefined,
  ),
);
const names = layout.columns.map(({ field }) => field);
type Row = readonly (string | number | boolean | null)[];
const rows: readonly Row[] = [
  ['甲', 7, 0.5, true, 'a\tb'],
  ['乙\n', null, -3, false, '\\N'],
  ['', 7, null, null, null],
  ['😀', -7, 1e21, true, ''],
];
const tuples = (): Uint8Array => {
  const made = new CopyTuples(layout, names);
  // one with a hash at its end, one without
  for (const [i, row] of rows.entries()) made.add(row, i + 1, i % 2 === 0 ? 'ab'.repeat(32) : undefined);
  return Uint8Array.from(made.added.subarray(0, made.size));
};

test('whichever columns are selected, a tuple’s cells are those of its values, and its number is returned', () => {
  const requested = [['id'], ['note'], ['size', 'open'], ['note', 'id'], names];
  for (const fields of requested) {
    const cells = new CopyCells(layout, fields);
    const found: unknown[] = [];
    cells.each(tuples(), (row, nth) => found.push([row, nth]));
    const expected = rows.map((row, nth) => {
      const values = Object.fromEntries(names.map((name, place) => [name, row[place]]));
      return [cells.of(values), nth];
    });
    assert.deepEqual(found, expected);
    assert.deepEqual(
      found.map((one) => (one as [unknown[]])[0].length),
      rows.map(() => fields.length),
    );
  }
});

test('an empty cell is no text, and a text that looks like one is not empty', () => {
  const found: (string | undefined)[] = [];
  new CopyCells(layout, ['note']).each(tuples(), ([cell]) => found.push(cell));
  assert.deepEqual(
    found.map((cell) => cell === undefined),
    [false, false, true, false],
  );
  assert.equal(new Set(found).size, 4);
});

test('what no tuple can hold has no cells', () => {
  const cells = new CopyCells(layout, ['id']);
  assert.equal(cells.of({ id: 'a\0' }), undefined);
  assert.equal(cells.of({ id: '\ud83d' }), undefined);
  assert.deepEqual(cells.of({ id: 'a' }), ['a']);
});

test('zero is one value whatever its sign, and a whole number is one that a bigint holds', () => {
  const cells = new CopyCells(layout, ['size', 'share']);
  assert.deepEqual(cells.of({ share: -0, size: -0 }), cells.of({ share: 0, size: 0 }));
  assert.throws(() => cells.of({ size: 2 ** 60 }), RangeError);
  assert.throws(() => cells.of({ size: 0.5 }), RangeError);
});
