import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cellsIn } from './rowsByColumn.ts';

/** A JSON array as PostgreSQL writes it. */
const stored = (values: readonly unknown[]): string =>
  `[${values.map((value) => JSON.stringify(value)).join(', ')}]`;
const text = { kind: 'text' } as const;

test('cells of a column are those of its JSON, for any texts', () => {
  const piece = fc.constantFrom(', ', ',', ' ', '"', '\\', 'null', '[', ']', 'a', '云', '');
  const value = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
  const column = fc.array(fc.option(value, { freq: 6 }), { maxLength: 8 });
  fc.assert(
    fc.property(column, (values) => {
      assert.deepEqual(cellsIn(stored(values), text, values.length), values);
    }),
    { seed: 77, numRuns: 2_000 },
  );
  for (const values of [[], [''], ['', ''], [', '], ['a', ', ', 'b'], ['a', null, ', ', 'b'], [null]])
    assert.deepEqual(cellsIn(stored(values), text, values.length), values);
});

test('what is not text is read as JSON', () => {
  const objects = [{ a: 'b', c: 'd' }, 'e', ['f', 'g']];
  assert.deepEqual(cellsIn(stored(objects), { kind: 'json' }, 3), objects);
  assert.deepEqual(cellsIn('[1, 2.5, null]', { kind: 'number' }, 3), [1, 2.5, null]);
  assert.throws(() => cellsIn('["a', text, 1), SyntaxError);
});
