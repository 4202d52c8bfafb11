import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { meetsCondition } from '../../../policies/meetsCondition.ts';
import { defined } from '../../../terms/defined.ts';
import { RowIndex } from './providedRows.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'amount', 'moment'];
const formats: Readonly<Record<string, string>> = { amount: 'decimal', moment: 'date-time' };
const fields = new Map(names.map((name) => [name, defined({ format: formats[name] })]));
const value = fc.oneof(
  ...[
    fc.constantFrom('', 'x', 'y', 'é', '\ud800', '\ufffd', '1', '1.0', '01'),
    fc.constantFrom('2026-09-01', '2026-09-01T00:00:00+08:00', '2026-08-31T16:00:00.0Z'),
    fc.integer({ min: -2, max: 2 }),
  ],
  ...[fc.constantFrom(0, -0, 1e999, 0.5), fc.boolean(), fc.constant(null)],
);
const row = fc.dictionary(fc.constantFrom(...names), value);
const condition = fc.record({ field: fc.constantFrom(...names) }).chain(({ field }) =>
  fc.oneof(
    value.map((one) => ({ field, op: 'eq' as const, value: one })),
    fc.array(value, { maxLength: 4 }).map((some) => ({ field, op: 'in' as const, value: some })),
    value.map((one) => ({ field, op: 'range' as const, value: { gte: one } })),
  ),
);

test('rows that meet a filter are among those that the index names, in the order of the file', () => {
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 30 }),
      fc.array(fc.array(condition, { maxLength: 3 }), { minLength: 1, maxLength: 8 }),
      (rows, questions) => {
        const index = new RowIndex(rows, fields);
        for (const filter of questions) {
          const meets = (at: number): boolean =>
            filter.every((one) => meetsCondition(one, fields.get(one.field) ?? {}, rows[at]?.[one.field]));
          const all = [...rows.keys()];
          const named = index.candidates(filter) ?? all;
          assert.deepEqual(named.filter(meets), all.filter(meets));
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('a person is not searched row by row; a range, and a decimal, are', () => {
  const rows = Array.from({ length: 1_000 }, (_, at) => ({ a: `p${at % 500}`, b: at % 2, amount: '1.0' }));
  const index = new RowIndex(rows, fields);
  assert.deepEqual(index.candidates([{ field: 'a', op: 'eq', value: 'p7' }]), [7, 507]);
  assert.deepEqual(index.candidates([{ field: 'a', op: 'in', value: ['p8', 'p7', 'p8'] }]), [7, 8, 507, 508]);
  assert.deepEqual(index.candidates([{ field: 'a', op: 'eq', value: 'nobody' }]), []);
  const both = [
    { field: 'b', op: 'eq', value: 1 },
    { field: 'a', op: 'eq', value: 'p7' },
  ] as const;
  assert.deepEqual(index.candidates(both), [7, 507]);
  assert.equal(index.candidates([{ field: 'amount', op: 'eq', value: '1' }]), undefined);
  assert.equal(index.candidates([{ field: 'a', op: 'range', value: { gte: 'p7' } }]), undefined);
  assert.equal(index.candidates([]), undefined);
});
