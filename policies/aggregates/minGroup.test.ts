import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { shownCount, suppressSmallGroups, type AggregateCell } from './minGroup.ts';

const cell = (district: string, sex: string, count: number): AggregateCell => ({
  key: { district, sex },
  count,
});

describe('small groups of predeclared aggregates', () => {
  test('a small cell takes another one of its row and column with it', () => {
    const table = suppressSmallGroups(
      [cell('东溪区', '男', 3), cell('东溪区', '女', 40), cell('西泽区', '男', 25), cell('西泽区', '女', 60)],
      ['district', 'sex'],
      5,
    );
    assert.deepEqual(
      table.cells.map((one) => one.count),
      [null, null, null, null],
    );
    assert.ok(table.totals.every((one) => one.count !== null));
  });

  test('nothing small, nothing hidden', () => {
    const table = suppressSmallGroups(
      [cell('东溪区', '男', 30), cell('东溪区', '女', 40)],
      ['district', 'sex'],
      5,
    );
    assert.deepEqual(
      table.cells.map((one) => one.count),
      [30, 40],
    );
  });

  test('dimensions that were not declared are refused: sum(7 people) − sum(6) is one person', () => {
    const cells = [{ key: { district: '东溪区', surname: '欧' }, count: 7 }];
    assert.throws(() => suppressSmallGroups(cells, ['district'], 5), { code: 'aggregate_not_declared' });
    assert.throws(() => suppressSmallGroups(cells, ['district', 'sex'], 5), {
      code: 'aggregate_not_declared',
    });
  });

  test('no hidden cell can be had by subtracting a line from its total', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 9, maxLength: 9 });
    fc.assert(
      fc.property(counts, (all) => {
        const cells = all.map((count, i) => cell(`d${Math.floor(i / 3)}`, `s${i % 3}`, count));
        const table = suppressSmallGroups(cells, ['district', 'sex'], 5);
        for (const total of table.totals) {
          const [dimension, value] = Object.entries(total.key)[0] ?? assert.fail();
          const line = table.cells.filter((one) => one.key[dimension] === value);
          const hidden = line.filter((one) => one.count === null);
          const others = line.filter((one) => one.count !== null && one.count > 0);
          if (total.count !== null && hidden.length === 1) assert.equal(others.length, 0);
        }
        for (const [i, one] of table.cells.entries()) {
          assert.ok(one.count === null || one.count === 0 || one.count >= 5);
          assert.ok(one.count === null || one.count === cells[i]?.count);
        }
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  test('counts for the consumer', () => {
    assert.deepEqual(
      [0, 1, 4, 5, 60].map((count) => shownCount(count, 5)),
      [0, '<5', '<5', 5, 60],
    );
  });
});
