import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { reportCube, type CountedCell, type ReportedCell } from './reportCube.ts';
import { placeOf, suppressedCells, type CellKey, type CubeCell } from './suppressGroups.ts';

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

const isPartOf = (key: CellKey, dimension: string, total: CellKey): boolean => {
  const { [dimension]: own, ...others } = key;
  return own !== undefined && placeOf(others, ['x', 'y', 'z']) === placeOf(total, ['x', 'y', 'z']);
};

/** Hidden cells that an attacker gets who writes down every total of the cube and solves the whole system. */
function recovered(cells: readonly CubeCell[], hidden: ReadonlySet<CubeCell>, dimensions: readonly string[]) {
  const unknown = cells.filter((cell) => hidden.has(cell));
  const matrix = cells.flatMap((total) =>
    dimensions
      .filter((name) => !Object.hasOwn(total.key, name))
      // of statistics by other dimensions there are no parts
      .filter((name) => cells.some(({ key }) => isPartOf(key, name, total.key)))
      .map((name) =>
        unknown.map((cell) => {
          if (cell === total) return -1n;
          return isPartOf(cell.key, name, total.key) ? 1n : 0n;
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

describe('two consumers who compare their statistics of one batch', () => {
  const dimensions = ['x', 'y', 'z'];
  const k = 5;
  const countedOf = (finest: readonly Counted[], by: readonly string[]): readonly CountedCell[] =>
    cubeOf(
      finest.map(([key, count]): Counted => [
        Object.fromEntries(by.map((name) => [name, key[name] ?? null])),
        count,
      ]),
      by,
    ).map((cell) => ({ ...cell, sums: {} }));
  const finestOf = (counts: readonly number[]): readonly Counted[] =>
    counts.map((count, i): Counted => [{ x: i % 3, y: Math.floor(i / 3) % 2, z: Math.floor(i / 6) }, count]);
  /** Cells of both, and those that neither is shown. */
  const together = (cubes: readonly (readonly ReportedCell[])[], counted: readonly CountedCell[]) => {
    const shownTo = new Set(
      cubes.flat().flatMap((cell) => ('count' in cell ? [placeOf(cell.key, dimensions)] : [])),
    );
    const cells = [...new Map(counted.map((cell) => [placeOf(cell.key, dimensions), cell])).values()];
    return { cells, hidden: new Set(cells.filter(({ key }) => !shownTo.has(placeOf(key, dimensions)))) };
  };
  const counts = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 25 })), {
    minLength: 12,
    maxLength: 12,
  });
  const groupings = fc.constantFrom(
    [
      ['x', 'y'],
      ['x', 'z'],
    ],
    [['x', 'y'], ['y']],
    [['x'], ['x', 'y', 'z']],
    [['x'], ['z', 'y']],
  );

  test('nothing that is hidden from either follows from the cells of both', () => {
    let [apart, hiddenAtAll, shownAtAll] = [0, 0, 0];
    fc.assert(
      fc.property(counts, groupings, (all, groups) => {
        const [by = [], other = []] = groups;
        const finest = finestOf(all);
        const [first, second] = [countedOf(finest, by), countedOf(finest, other)];
        const one = reportCube({ dimensions: by, minGroup: k }, first, []);
        const alone = reportCube({ dimensions: other, minGroup: k }, second, []);
        const joint = reportCube(
          { dimensions: other, minGroup: k },
          second,
          [],
          [{ dimensions: by, minGroup: k, reported: one, counted: first }],
        );
        const recoveredFrom = (two: readonly ReportedCell[]): readonly string[] => {
          const { cells, hidden } = together([one, two], [...first, ...second]);
          return recovered(cells, hidden, dimensions).map(({ key }) => placeOf(key, dimensions));
        };
        // of a group that has one part, the part is known from the first statistics
        const known = new Set(recoveredFrom([]));
        const lost = (two: readonly ReportedCell[]): number =>
          recoveredFrom(two).filter((place) => !known.has(place)).length;
        for (const cell of joint) assert.ok('suppressed' in cell || cell.count >= k);
        assert.equal(lost(joint), 0);
        if (lost(alone) > 0) apart += 1;
        // a group that one is refused, the other is not shown
        const refused = new Set(
          one.flatMap((cell) => ('suppressed' in cell ? [placeOf(cell.key, dimensions)] : [])),
        );
        for (const cell of joint)
          assert.ok('suppressed' in cell || !refused.has(placeOf(cell.key, dimensions)));
        hiddenAtAll += joint.filter((cell) => 'suppressed' in cell).length;
        shownAtAll += joint.filter((cell) => 'count' in cell).length;
      }),
      { seed: 7, numRuns: 150 },
    );
    assert.ok(apart > 0, 'each protected alone, both together show a hidden group');
    assert.ok(hiddenAtAll > 100 && shownAtAll > 100, `${hiddenAtAll} hidden, ${shownAtAll} shown`);
  });

  test('what was shown to another is no secret for it, and none is given to a consumer with larger groups', () => {
    const finest: readonly Counted[] = [
      [{ x: 0 }, 40],
      [{ x: 1 }, 300],
      [{ x: 2 }, 400],
    ];
    const counted = countedOf(finest, ['x']);
    const one = reportCube({ dimensions: ['x'], minGroup: 30 }, counted, []);
    const joint = reportCube(
      { dimensions: ['x'], minGroup: 85 },
      counted,
      [],
      [{ dimensions: ['x'], minGroup: 30, reported: one, counted }],
    );
    assert.deepEqual(
      joint.map((cell) => [cell.key['x'] ?? 'all', 'count' in cell ? cell.count : '-']),
      [
        ['all', 740],
        [0, '-'],
        [1, '-'],
        [2, 400],
      ],
    );
  });

  test('a group below the limit of another consumer is hidden, although the own limit allows it', () => {
    const finest: readonly Counted[] = [
      [{ x: 0, y: 0 }, 40],
      [{ x: 1, y: 0 }, 300],
      [{ x: 2, y: 1 }, 400],
    ];
    const [first, second] = [countedOf(finest, ['y']), countedOf(finest, ['x'])];
    const one = reportCube({ dimensions: ['y'], minGroup: 85 }, first, []);
    const shown = (minGroup: number) =>
      reportCube(
        { dimensions: ['x'], minGroup: 30 },
        second,
        [],
        [{ dimensions: ['y'], minGroup, reported: one, counted: first }],
      ).flatMap((cell) => ('count' in cell ? [cell.count] : []));
    assert.ok(shown(30).includes(40));
    assert.ok(!shown(85).includes(40));
  });
});
