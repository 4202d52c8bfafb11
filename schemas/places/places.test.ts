import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { codeLists, noCodeLists } from '../codelists/codeLists.ts';
import type { Area, Ring } from '../codelists/codeList.ts';
import { areaFault, maxOfRing } from './areaFault.ts';
import { isSwapped, positionOf } from './point.ts';
import { boxOf, isIn, isWithin, metresBetween, regionOf, type Within } from './within.ts';

const square: Ring = [
  [120, 30],
  [121, 30],
  [121, 31],
  [120, 31],
  [120, 30],
];
const hole: Ring = [
  [120.4, 30.4],
  [120.6, 30.4],
  [120.6, 30.6],
  [120.4, 30.6],
  [120.4, 30.4],
];
const list = 'urn:datong:code:districts';
const districts = codeLists([
  {
    id: 'districts',
    version: '1',
    title: { zh: '区', en: 'Districts' },
    entries: [
      { code: 'a', zh: '甲', area: { type: 'Polygon', coordinates: [square, hole] } },
      { code: 'b', zh: '乙' },
    ],
  },
]);

test('a filter has one of three forms, each within its bounds', () => {
  const good: unknown[] = [
    { bbox: [120, 30, 121, 31] },
    { bbox: [120, 30, 120, 30] },
    { center: [120, 30], metres: 0.5 },
    { area: { list, code: 'a' } },
  ];
  const bad: unknown[] = [
    ...[
      null,
      [],
      'x',
      {},
      { bbox: [120, 30, 121] },
      { bbox: [121, 30, 120, 31] },
      { bbox: [120, 31, 121, 30] },
    ],
    ...[{ bbox: [120, 30, Number.NaN, 31] }, { bbox: [-181, 0, 0, 1] }, { bbox: [0, 0, 1, 91] }],
    ...[{ bbox: ['120', 30, 121, 31] }, { center: [120, 30] }, { center: [120, 30], metres: 0 }],
    ...[
      { center: [120, 30, 5], metres: 1 },
      { center: [30, 120], metres: 1 },
    ],
    ...[
      { center: [120, 30], metres: 100_001 },
      { center: [120, 30], metres: Infinity },
    ],
    ...[{ area: { list: 'districts', code: 'a' } }, { area: { list, code: 7 } }, { area: { list } }],
    ...[{ bbox: [120, 30, 121, 31], metres: 3 }, { polygon: [square] }],
  ];
  for (const one of good) assert.ok(isWithin(one), JSON.stringify(one));
  for (const one of bad) assert.ok(!isWithin(one), JSON.stringify(one));
});

test('a circle contains exactly the points within its radius, also near the poles and the 180th meridian', () => {
  const longitude = fc.double({ min: -180, max: 180, noNaN: true });
  const latitude = fc.double({ min: -90, max: 90, noNaN: true });
  fc.assert(
    fc.property(
      ...[longitude, latitude, fc.double({ min: 1, max: 100_000, noNaN: true })],
      ...[fc.double({ min: 0, max: 2, noNaN: true }), fc.double({ min: 0, max: 2 * Math.PI, noNaN: true })],
      (x, y, metres, part, turn) => {
        const center = [x, y] as const;
        const step = ((metres * part) / 6_371_008.8) * (180 / Math.PI);
        const point = [
          Math.max(
            -180,
            Math.min(180, x + (Math.cos(turn) * step) / Math.max(0.01, Math.cos((y * Math.PI) / 180))),
          ),
          Math.max(-90, Math.min(90, y + Math.sin(turn) * step)),
        ] as const;
        const region = regionOf({ center, metres }, noCodeLists);
        assert.ok(region);
        const away = metresBetween(center, point);
        if (Math.abs(away - metres) > metres * 1e-9) assert.equal(isIn(region, point), away < metres);
      },
    ),
    { numRuns: 2000 },
  );
  assert.equal(Math.round(metresBetween([120, 30], [120, 31])), 111_195);
});

test('an area is looked up by list and code, without its holes', () => {
  const region = regionOf({ area: { list, code: 'a' } }, districts);
  assert.ok(region);
  assert.deepEqual(region.box, [120, 30, 121, 31]);
  const inside: readonly (readonly [readonly [number, number], boolean])[] = [
    [[120.2, 30.2], true],
    [[120.5, 30.5], false],
    [[120.5, 30.7], true],
    [[121.1, 30.5], false],
  ];
  for (const [position, wanted] of inside) assert.equal(isIn(region, position), wanted, String(position));
  const unknown: readonly Within[] = [
    { area: { list, code: 'b' } },
    { area: { list, code: 'c' } },
    { area: { list: 'urn:datong:code:nothing', code: 'a' } },
  ];
  for (const one of unknown) assert.equal(regionOf(one, districts), undefined);
});

test('outlines that are open, huge, out of range, exchanged or crossing are refused', () => {
  const polygon = (...coordinates: Ring[]): Area => ({ type: 'Polygon', coordinates });
  assert.equal(areaFault(polygon(square, hole)), undefined);
  assert.equal(areaFault({ type: 'MultiPolygon', coordinates: [[square], [hole]] }), undefined);
  const circle = (positions: number): Ring => {
    const ring = Array.from({ length: positions - 1 }, (_, i): readonly [number, number] => {
      const turn = (2 * Math.PI * i) / (positions - 1);
      return [120 + Math.cos(turn), 30 + Math.sin(turn)];
    });
    return [...ring, [121, 30]];
  };
  assert.equal(areaFault(polygon(circle(maxOfRing))), undefined);
  assert.equal(areaFault(polygon(circle(maxOfRing + 1))), 'a ring has too many positions');
  assert.equal(areaFault(polygon(square.slice(0, 4))), 'a ring is not closed');
  const bow: Ring = [
    [120, 30],
    [121, 31],
    [121, 30],
    [120, 31],
    [120, 30],
  ];
  assert.equal(areaFault(polygon(bow)), 'a ring crosses or touches itself');
  assert.equal(
    areaFault(polygon(square.map(([x, y]) => [y, x] as const))),
    'longitude and latitude are exchanged',
  );
  assert.equal(
    areaFault(polygon(square.map(([x, y]) => [x, y + 70] as const))),
    'a position is out of range',
  );
  assert.deepEqual(boxOf([[square]]), [120, 30, 121, 31]);
});

test('positions of points, and exchanged ones', () => {
  assert.deepEqual(positionOf({ type: 'Point', coordinates: [1, 2] }), [1, 2]);
  for (const none of [
    null,
    [1, 2],
    { type: 'Polygon', coordinates: [1, 2] },
    { type: 'Point', coordinates: [1, 2, 3] },
  ])
    assert.equal(positionOf(none), undefined);
  assert.ok(isSwapped([30.27, 120.15]) && isSwapped([43.8, 87.6]));
  assert.ok(!isSwapped([120.15, 30.27]) && !isSwapped([2.35, 48.85]));
});

test('an outline with millions of crossings is refused at the first', () => {
  const zigzag: (readonly [number, number])[] = Array.from({ length: 1_998 }, (_, n) => [
    n % 2 === 0 ? 120 : 121,
    30 + ((n * 7_919) % 1_998) / 2_000,
  ]);
  const ring = [...zigzag, ...zigzag.slice(0, 1)];
  const begin = performance.now();
  const area = { type: 'MultiPolygon', coordinates: Array.from({ length: 10 }, () => [ring]) } as const;
  assert.equal(areaFault(area), 'a ring crosses or touches itself');
  assert.ok(performance.now() - begin < 200);
});

test('a hole that touches its outer ring, and a ring that passes a position twice, cross', () => {
  const outer = [
    [0, 0],
    [4, 0],
    [4, 4],
    [0, 4],
    [0, 0],
  ] as const;
  const touching = [
    [0, 1],
    [2, 1],
    [2, 2],
    [0, 1],
  ] as const;
  const apart = [
    [1, 1],
    [2, 1],
    [2, 2],
    [1, 1],
  ] as const;
  const twice = [
    [0, 0],
    [4, 0],
    [2, 2],
    [4, 4],
    [0, 4],
    [2, 2],
    [0, 0],
  ] as const;
  assert.equal(
    areaFault({ type: 'Polygon', coordinates: [outer, touching] }),
    'a ring crosses or touches itself',
  );
  assert.equal(areaFault({ type: 'Polygon', coordinates: [twice] }), 'a ring crosses or touches itself');
  assert.equal(areaFault({ type: 'Polygon', coordinates: [outer, apart] }), undefined);
});
