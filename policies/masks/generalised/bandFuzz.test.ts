/**
 * Seeded fuzz of the masks that show a band, a step or a cell instead of characters: what comes out is worked out anew here, in whole numbers,
 * and is the same for every value of the band, so that nothing else of the value comes through.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { maskNamed } from '../catalogue.ts';
import type { MaskRun } from '../mask.ts';
import { pseudonymKeys } from '../pseudonyms/pseudonymKey.ts';
import { readMaskRule } from '../readMaskRule.ts';

const seed = 813;
/** 1 June 2026, 00:30 in China: still 31 May by UTC */
const now = Date.parse('2026-06-01T00:30:00+08:00');

function maskerOf(rule: {
  readonly mask: string;
  readonly [param: string]: unknown;
}): (value: unknown) => unknown {
  const read = readMaskRule(rule);
  assert.ok('use' in read, JSON.stringify(read));
  const run: MaskRun = { now, typeErrors: 0, memo: new Map() };
  const masked = maskNamed(read.use.name)?.compile(read.use.params, {
    consumer: 'education',
    keys: pseudonymKeys(new Uint8Array(32)),
    dictionary: { list: () => undefined, entries: () => [] },
    path: 'a',
  });
  assert.ok(masked !== undefined);
  return (value) => masked(value, {}, run);
}

/** A decimal number of two places as its hundredths; texts of it with and without needless places. */
const hundredths = fc.bigInt(-(10n ** 20n), 10n ** 20n);
function decimalOf(units: bigint, places: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(3, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}${'0'.repeat(places)}`;
}
/** Quotient rounded down. */
const down = (units: bigint, by: bigint): bigint => (units - (((units % by) + by) % by)) / by;

describe('what bands and steps show', () => {
  const edges = [-1000, 0, 60, 100, 5000];
  const names = ['<-1000', '[-1000,0)', '[0,60)', '[60,100)', '[100,5000)', '>=5000'];
  const nameOf = (units: bigint): string =>
    names[edges.filter((edge) => units >= BigInt(edge) * 100n).length] ?? '';

  test('10,000 numbers and decimal texts: their band, and nothing else of them', () => {
    const mask = maskerOf({ mask: 'band', edges });
    const near = fc.tuple(fc.constantFrom(...edges), fc.integer({ min: -3, max: 3 }));
    const units = fc.oneof(
      hundredths,
      fc.bigInt(-200_000n, 600_000n),
      near.map(([edge, by]) => BigInt(edge * 100 + by)),
    );
    fc.assert(
      fc.property(units, fc.nat(3), (value, places) => {
        assert.equal(mask(decimalOf(value, places)), nameOf(value));
        const number = Number(value) / 100;
        if (Math.abs(number) < 1e9) assert.equal(mask(number), nameOf(value));
      }),
      { seed, numRuns: 10_000 },
    );
  });

  test('10,000 numbers and decimal texts: the step below them, and nothing else of them', () => {
    fc.assert(
      fc.property(
        hundredths,
        fc.constantFrom(2, 7, 500, 1000, 1_000_000_000),
        fc.nat(3),
        (value, step, places) => {
          const mask = maskerOf({ mask: 'floorTo', step });
          const expected = down(value, BigInt(step) * 100n) * BigInt(step);
          assert.equal(mask(decimalOf(value, places)), String(expected));
          if (value > -(10n ** 11n) && value < 10n ** 11n)
            assert.equal(mask(Number(value) / 100), Number(expected));
        },
      ),
      { seed, numRuns: 10_000 },
    );
  });

  test('3,000 numbers that no longer have every whole number next to them: the next multiple below that is a number', () => {
    const size = fc.integer({ min: 50, max: 60 }).map((bits) => 2 ** bits);
    const large = fc.oneof(
      fc.tuple(size, fc.double({ min: 1, max: 2, noNaN: true })).map(([power, by]) => Math.floor(power * by)),
      fc.tuple(size, fc.integer({ min: -40, max: 40 })).map(([power, by]) => power + by * (power / 2 ** 52)),
    );
    const steps = fc.constantFrom(2, 7, 25, 96, 1000, 999_999_937, 1_000_000_000);
    fc.assert(
      fc.property(large, fc.boolean(), steps, (value, isNegative, step) => {
        const whole = Math.floor(isNegative ? -value : value);
        let expected = down(BigInt(whole), BigInt(step)) * BigInt(step);
        while (BigInt(Number(expected)) !== expected) expected -= BigInt(step);
        assert.equal(maskerOf({ mask: 'floorTo', step })(whole), Number(expected));
      }),
      { seed, numRuns: 3000 },
    );
    assert.equal(maskerOf({ mask: 'floorTo', step: 25 })(12_345_678_901_234_592), 12_345_678_901_234_550);
    assert.equal(maskerOf({ mask: 'floorTo', step: 25 })(-Number.MAX_VALUE), null, 'no number is below');
  });

  test('what a step shows of a decimal text fits the schema of the answer, also below zero', () => {
    for (const [text, step, shown] of [
      ['-5', 1000, '-1000'],
      ['-99', 7, '-105'],
      ['-.5', 1_000_000_000, null],
      ['5', 1000, '0'],
    ] as const) {
      const { output } = maskNamed('floorTo') ?? assert.fail();
      const { maxLength } = output({ type: 'string', format: 'decimal', maxLength: text.length }, { step });
      const found = maskerOf({ mask: 'floorTo', step })(text);
      assert.equal(found, shown);
      assert.ok(
        (shown?.length ?? 0) <= Number(maxLength),
        `${text} by ${step}: at most ${String(maxLength)}`,
      );
    }
  });

  test('10,000 birth dates: the band of the age reached that year, and nothing else of them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1900, max: 2026 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 28 }),
        fc.constantFrom([10, 90], [5, 60], [18, 72]),
        (year, month, day, [width = 10, top = 90]) => {
          const two = (n: number): string => String(n).padStart(2, '0');
          const shown = maskerOf({ mask: 'ageBand', width, top })(`${year}-${two(month)}-${two(day)}`);
          const age = 2026 - year;
          const from = Math.floor(age / width) * width;
          assert.equal(shown, age < 0 ? null : age >= top ? `${top}+` : `${from}-${from + width - 1}`);
        },
      ),
      { seed, numRuns: 10_000 },
    );
  });

  const degrees = (max: number): fc.Arbitrary<number> => fc.double({ min: -max, max, noNaN: true });
  /** Of the whole world, and more often near the poles, the 180th meridian and 54° N. */
  const anywhere = fc.record({
    lon: fc.oneof(degrees(180), fc.constantFrom(-180, -179.9, 179.9, 180)),
    lat: fc.oneof(degrees(90), fc.constantFrom(-90, -89.99, 53.5, 54, 54.1, 66, 78, 89.9, 90)),
  });
  const pointOf = (lon: number, lat: number): object => ({ type: 'Point', coordinates: [lon, lat] });
  const ofGrid = (metres: number) => maskerOf({ mask: 'geoGrid', metres });
  /** Centre of the cell of a position. */
  const centreOf = (metres: number, lon: number, lat: number): readonly [number, number] => {
    const { coordinates } = ofGrid(metres)(pointOf(lon, lat)) as { coordinates: readonly [number, number] };
    return coordinates;
  };
  const metresOfDegree = (6_371_008.8 * Math.PI) / 180;
  const widths = [50, 1000, 25_000, 300_000, 1_000_000] as const;

  test('10,000 places of the whole world: a cell that is at least as wide as declared, the same for all of it', () => {
    fc.assert(
      fc.property(anywhere, fc.constantFrom(...widths), ({ lon, lat }, metres) => {
        const [x, y] = centreOf(metres, lon, lat);
        assert.ok(Math.abs(x) <= 180 && Math.abs(y) <= 90);
        // 0.7 % less in height; the rounding of the centre to 0.000001° is 0.1 m
        const half = (metres / 2) * 0.993 - 0.2;
        const up = half / metresOfDegree;
        for (const [east, north] of [
          ...[
            [1, 0],
            [-1, 0],
            [0, 1],
            [0, -1],
          ],
          ...[
            [1, 1],
            [1, -1],
            [-1, 1],
            [-1, -1],
          ],
        ] as const) {
          const latitude = y + north * up;
          const aside = half / (metresOfDegree * Math.cos((latitude * Math.PI) / 180));
          const longitude = x + east * aside;
          if (Math.abs(longitude) > 180 || Math.abs(latitude) > 90) continue;
          assert.deepEqual(centreOf(metres, longitude, latitude), [x, y], `${lon} ${lat} ${metres}`);
        }
      }),
      { seed, numRuns: 10_000 },
    );
  });

  test('numbers of a cell and its centre distinguish the same places; the 180th meridian is one line', () => {
    fc.assert(
      fc.property(anywhere, anywhere, fc.constantFrom(...widths), (one, other, metres) => {
        const mask = ofGrid(metres);
        const same = JSON.stringify(mask(one)) === JSON.stringify(mask(other));
        const [a, b] = [one, other].map(({ lon, lat }) => JSON.stringify(centreOf(metres, lon, lat)));
        assert.equal(a === b, same);
        assert.deepEqual(mask({ lon: -180, lat: one.lat }), mask({ lon: 180, lat: one.lat }));
      }),
      { seed, numRuns: 10_000 },
    );
  });

  test('a cell of some times the metres has whole cells of them, anywhere: both together show no more than one', () => {
    const times = fc.constantFrom(2, 3, 7, 40);
    fc.assert(
      fc.property(anywhere, fc.constantFrom(50, 1000, 25_000), times, ({ lon, lat }, metres, by) => {
        const [x, y] = centreOf(metres, lon, lat);
        assert.deepEqual(centreOf(metres * by, x, y), centreOf(metres * by, lon, lat));
      }),
      { seed, numRuns: 10_000 },
    );
  });

  test('in China a cell has the numbers that it always had', () => {
    const inChina = fc.tuple(fc.double({ min: 73, max: 136, noNaN: true }), degrees(53.56));
    fc.assert(
      fc.property(inChina, fc.constantFrom(50, 1000, 25_000, 1_000_000), ([lon, lat], metres) => {
        const cell = (at: number): number => Math.floor(Math.floor(at) / metres) + 0;
        assert.deepEqual(ofGrid(metres)({ lon, lat }), {
          grid: metres,
          row: cell(lat * 111_320),
          column: cell(lon * 65_400),
        });
      }),
      { seed, numRuns: 10_000 },
    );
  });
});
