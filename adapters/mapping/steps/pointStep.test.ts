import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metresBetween } from '../../../schemas/places/within.ts';
import { Fault } from '../fault.ts';
import { pointStep, type PointSpec } from './pointStep.ts';

const read = (cell: unknown, spec: PointSpec = {}): unknown => {
  const value = pointStep(spec)(cell);
  return value instanceof Fault ? value.rule : value.coordinates;
};

test('text, joined columns and GeoJSON are points', () => {
  for (const cell of ['120.15,30.27', ' 120.15 , 30.27 ', '120.15，30.27', '120.15 30.27', '120.15;30.27'])
    assert.deepEqual(read(cell), [120.15, 30.27], cell);
  assert.deepEqual(read('30.27,120.15', { order: 'lat,lon' }), [120.15, 30.27]);
  const point = { type: 'Point', coordinates: [120.15, 30.27] };
  assert.deepEqual(read(point), [120.15, 30.27]);
  assert.deepEqual(read(JSON.stringify(point)), [120.15, 30.27]);
  assert.deepEqual(read(point, { order: 'lat,lon' }), [120.15, 30.27], 'GeoJSON has one order');
});

test('a fault names its kind', () => {
  const faults: readonly (readonly [unknown, string])[] = [
    ...['', 'NaN,30', '120.15', '120.15,', ',30.27', '120,30,5', '1e2,30', '{"type":"Point"}', '{'].map(
      (cell) => [cell, 'point.form'] as const,
    ),
    [{ type: 'Point', coordinates: [120, 30, 5] }, 'point.form'],
    [{ type: 'Point', coordinates: [120, 30], crs: 'x' }, 'point.form'],
    [{ type: 'Point', coordinates: ['120', 30] }, 'point.form'],
    ['181,30', 'point.range'],
    ['120,91', 'point.range'],
    ['30.27,120.15', 'point.swapped'],
    ['43.8,87.6', 'point.swapped'],
  ];
  for (const [cell, rule] of faults) assert.equal(read(cell), rule, JSON.stringify(cell));
});

test('gcj02 and bd09 are converted to WGS 84, CGCS2000 is not', () => {
  // Tiananmen Square, Beijing
  const wgs84 = [116.391_24, 39.907_36] as const;
  const found = read('116.397484,39.908764', { datum: 'gcj02' }) as [number, number];
  assert.ok(metresBetween(found, wgs84) < 2, String(found));
  const fromBaidu = read('116.403874,39.915119', { datum: 'bd09' }) as [number, number];
  assert.ok(metresBetween(fromBaidu, wgs84) < 10, String(fromBaidu));
  assert.deepEqual(read('116.397484,39.908764', { datum: 'cgcs2000' }), [116.397484, 39.908764]);
  assert.deepEqual(read('2.35,48.85', { datum: 'gcj02' }), [2.35, 48.85], 'outside China both are the same');
});

test('a cell of many blanks is refused as fast as any other', () => {
  const begin = performance.now();
  assert.equal(read(`1${' '.repeat(1_000_000)}x`), 'point.form');
  assert.ok(performance.now() - begin < 200);
});
