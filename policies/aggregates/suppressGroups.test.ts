import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { suppressedCells, type CellKey, type CubeCell } from './suppressGroups.ts';

type Counted = readonly [key: CellKey, count: number];

/** The whole cube over its finest cells: every set of dimensions, cells without rows left out. */
function cubeOf(finest: readonly Counted[], dimensions: readonly string[]): CubeCell[] {
  const sums = new Map<string, { key: CellKey; count: number }>();
  for (const [key, count] of finest) {
    if (count === 0) continue;
    for (let stored = 0; stored < 2 ** dimensions.length; stored += 1) {
      const part = Object.fromEntries(
        dimensions.filter((_, i) => (stored >> i) % 2 === 1).map((name) => [name, key[name] ?? null]),
      );
      const cell = sums.get(JSON.stringify(part)) ?? { key: part, count: 0 };
      sums.set(JSON.stringify(part), { key: part, count: cell.count + count });
    }
  }
  return [...sums.values()];
}

const shown = (cells: readonly CubeCell[], dimensions: readonly string[], k: number) => {
  const hidden = suppressedCells(cells, dimensions, k);
  return Object.fromEntries(
    cells.map((cell) => [Object.values(cell.key).join(' ') || 'all', hidden.has(cell) ? '-' : cell.count]),
  );
};

/** Rank over the rationals, with whole numbers of any size: nothing of the engine is used. */
function rank(matrix: readonly (readonly bigint[])[]): number {
  const rows = matrix.map((row) => [...row]);
  let found = 0;
  for (let column = 0; column < (rows[0]?.length ?? 0); column += 1) {
    const at = rows.findIndex((row, i) => i >= found && row[column] !== 0n);
    const pivot = rows[at];
    if (pivot === undefined) continue;
    [rows[at], rows[found]] = [rows[found] ?? [], pivot];
    for (const row of rows.slice(found + 1)) {
      const [a, b] = [pivot[column] ?? 0n, row[column] ?? 0n];
      for (const [i, value] of row.entries()) row[i] = value * a - (pivot[i] ?? 0n) * b;
    }
    found += 1;
  }
  return found;
}

/** Hidden cells that an attacker gets who writes down every total of the cube and solves the whole system. */
function recovered(cells: readonly CubeCell[], hidden: ReadonlySet<CubeCell>, dimensions: readonly string[]) {
  const unknown = cells.filter((cell) => hidden.has(cell));
  const matrix = cells.flatMap((total) =>
    dimensions
      .filter((name) => !Object.hasOwn(total.key, name))
      .map((name) =>
        unknown.map((cell) => {
          if (cell === total) return -1n;
          const { [name]: own, ...others } = cell.key;
          return own !== undefined && JSON.stringify(others) === JSON.stringify(total.key) ? 1n : 0n;
        }),
      ),
  );
  const all = rank(matrix);
  return unknown.filter((_, at) => rank([...matrix, unknown.map((_one, i) => (i === at ? 1n : 0n))]) === all);
}

describe('small groups of a cube', () => {
  test('a small cell takes others with it, and the totals remain', () => {
    const cells = cubeOf(
      [
        [{ district: 'a', sex: 'm' }, 3],
        [{ district: 'a', sex: 'f' }, 40],
        [{ district: 'b', sex: 'm' }, 25],
        [{ district: 'b', sex: 'f' }, 60],
      ],
      ['district', 'sex'],
    );
    assert.deepEqual(shown(cells, ['district', 'sex'], 5), {
      all: 128, a: 43, b: 85, m: 28, f: 100, 'a m': '-', 'a f': '-', 'b m': '-', 'b f': '-',
    }); // prettier-ignore
  });

  test('nothing small, nothing hidden', () => {
    const cells = cubeOf(
      [
        [{ district: 'a' }, 30],
        [{ district: 'b' }, 5],
      ],
      ['district'],
    );
    assert.deepEqual(shown(cells, ['district'], 5), { all: 35, a: 30, b: 5 });
  });

  test('a small total is not revealed by the totals of the other way', () => {
    const cells = cubeOf(
      [
        [{ district: 'a', sex: 'm' }, 1],
        [{ district: 'a', sex: 'f' }, 1],
        [{ district: 'b', sex: 'm' }, 30],
        [{ district: 'b', sex: 'f' }, 40],
      ],
      ['district', 'sex'],
    );
    const reported = shown(cells, ['district', 'sex'], 5);
    assert.deepEqual([reported['a'], reported['b'], reported['all']], ['-', '-', 72]);
  });

  test('two small ones that add up to a narrow sum take a third', () => {
    const cells = cubeOf(
      [
        [{ d: 'a' }, 1],
        [{ d: 'b' }, 1],
        [{ d: 'c' }, 50],
        [{ d: 'd' }, 70],
      ],
      ['d'],
    );
    assert.deepEqual(shown(cells, ['d'], 5), { all: 122, a: '-', b: '-', c: '-', d: 70 });
  });

  test('a single small group leaves nothing to be returned', () => {
    assert.deepEqual(shown(cubeOf([[{ d: 'a' }, 2]], ['d']), ['d'], 5), { all: '-', a: '-' });
  });

  test('a cell that one row makes up is hidden whatever its count', () => {
    const cells = cubeOf(
      [
        [{ d: 'a' }, 90],
        [{ d: 'b' }, 80],
        [{ d: 'c' }, 70],
      ],
      ['d'],
    ).map((cell) => (cell.key['d'] === 'a' ? { ...cell, sensitive: true } : cell));
    assert.deepEqual(shown(cells, ['d'], 5), { all: 240, a: '-', b: 80, c: '-' });
  });

  test('where a dimension has one value, a cell and its total are hidden together, and no more than that', () => {
    const finest: Counted[] = [
      [{ district: 'a', relation: 'head' }, 720],
      [{ district: 'a', relation: 'spouse' }, 590],
      [{ district: 'a', relation: 'child' }, 3],
    ];
    assert.deepEqual(shown(cubeOf(finest, ['district', 'relation']), ['district', 'relation'], 5), {
      all: 1313, a: 1313, head: 720, 'a head': 720, spouse: '-', 'a spouse': '-', child: '-', 'a child': '-',
    }); // prettier-ignore
  });

  test('no hidden cell follows from the others, however they are added and subtracted', () => {
    const sizes = [
      [3, 3, 1],
      [4, 3, 1],
      [3, 2, 2],
      [2, 2, 2],
    ] as const;
    const dimensions = ['x', 'y', 'z'];
    const counts = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 25 })), {
      minLength: 12,
      maxLength: 12,
    });
    let hiddenAtAll = 0;
    let shownAtAll = 0;
    fc.assert(
      fc.property(counts, fc.constantFrom(...sizes), (all, [a, b, c]) => {
        const finest = all
          .slice(0, a * b * c)
          .map((count, i): Counted => [
            { x: i % a, y: Math.floor(i / a) % b, z: Math.floor(i / (a * b)) },
            count,
          ]);
        const cells = cubeOf(finest, dimensions);
        const hidden = suppressedCells(cells, dimensions, 5);
        for (const cell of cells) assert.ok(hidden.has(cell) || cell.count >= 5);
        assert.deepEqual(recovered(cells, hidden, dimensions), []);
        assert.deepEqual(suppressedCells(cells, dimensions, 5), hidden);
        hiddenAtAll += hidden.size;
        shownAtAll += cells.length - hidden.size;
      }),
      { seed: 7, numRuns: 25 },
    );
    assert.ok(hiddenAtAll > 100 && shownAtAll > 100, `${hiddenAtAll} hidden, ${shownAtAll} shown`);
  });

  test('no line of hidden cells has a sum that leaves one of them within a small group', () => {
    const lines = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(lines, (counts) => {
        const cells = cubeOf(
          counts.map((count, i): Counted => [{ d: i }, count]),
          ['d'],
        );
        const hidden = suppressedCells(cells, ['d'], 5);
        const parts = cells.filter((cell) => 'd' in cell.key && hidden.has(cell));
        const total = cells.find((cell) => !('d' in cell.key));
        assert.ok(total);
        const sum = parts.reduce((all, { count }) => all + count, 0);
        // each of them has one row at least: the widest guess of one is from 1 to what the others leave
        if (parts.length > 0 && !hidden.has(total)) assert.ok(sum - parts.length >= 4, counts.join(' '));
      }),
      { seed: 11, numRuns: 300 },
    );
  });
});
