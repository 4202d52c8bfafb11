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
  assert.ok(performance.now() - begin < 2_000);
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

/** A closed rectangle. */
const box = (west: number, south: number, east: number, north: number): Ring => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
];
const faultOf = (...coordinates: Ring[]) => areaFault({ type: 'Polygon', coordinates });

test('degenerate rings are refused, each with its reason', () => {
  const line: Ring = [
    [120, 30],
    [121, 31],
    [122, 32],
    [120, 30],
  ];
  const point: Ring = Array.from({ length: 4 }, () => [120, 30] as const);
  const spike: Ring = [[120, 30], [121, 30], [125, 30], [121, 30], ...square.slice(2)];
  const spikeAtEnd: Ring = [...square.slice(0, -1), [120, 35], [120, 31], [120, 30]];
  const twice: Ring = [[120, 30], ...square];
  const back: Ring = [...square.slice(0, 2), ...square.slice(0, 2), [120, 30]];
  assert.equal(faultOf(line), 'a ring crosses or touches itself');
  assert.equal(faultOf(point), 'a ring repeats a position');
  assert.equal(faultOf(spike), 'a ring crosses or touches itself');
  assert.equal(faultOf(spikeAtEnd), 'a ring crosses or touches itself');
  assert.equal(faultOf(twice), 'a ring repeats a position');
  assert.equal(faultOf(back), 'a ring crosses or touches itself');
  assert.equal(faultOf(box(120, 30, 120.000_001, 30.000_01)), 'a ring encloses no area');
  assert.equal(
    faultOf(box(120, 30, 120.001, 30.001), box(120.0005, 30.0005, 120.000_501, 30.000_501)),
    'a ring encloses no area',
  );
  assert.equal(faultOf(box(120, 30, 120.000_1, 30.000_1)), undefined, 'a parking space of ten metres');
  assert.equal(faultOf([...square].reverse()), undefined, 'the direction of a ring has no meaning here');
  // a position on the straight line between two others
  assert.equal(faultOf([[120, 30], [120.5, 30], ...square.slice(1)]), undefined);
});

test('a hole is inside its outer ring and in no other hole', () => {
  const fault = 'a hole is outside of its outer ring, or inside another hole';
  const outer = box(120, 30, 121, 31);
  assert.equal(faultOf(outer, box(122, 30, 123, 31)), fault, 'apart');
  assert.equal(faultOf(outer, box(119, 29, 122, 32)), fault, 'around it');
  assert.equal(faultOf(outer, hole, box(120.45, 30.45, 120.55, 30.55)), fault, 'in another hole');
  assert.equal(faultOf(outer, box(120.45, 30.45, 120.55, 30.55), hole), fault, 'around another hole');
  assert.equal(faultOf(outer, hole, hole), 'a ring crosses or touches itself', 'twice');
  assert.equal(faultOf(outer, hole, box(120.7, 30.4, 120.8, 30.6)), undefined);
  const second = [box(122, 30, 123, 31), hole];
  assert.equal(areaFault({ type: 'MultiPolygon', coordinates: [[outer], second] }), fault);
});

test('a ring over the 180th meridian is refused as it would mean the rest of the world', () => {
  const fault = 'a ring crosses the 180th meridian';
  const over: Ring = [
    [179, -18],
    [-179, -18],
    [-179, -16],
    [179, -16],
    [179, -18],
  ];
  assert.equal(faultOf(over), fault);
  const divided = [[box(179, -18, 180, -16)], [box(-180, -18, -179, -16)]];
  assert.equal(areaFault({ type: 'MultiPolygon', coordinates: divided }), undefined);
  assert.equal(faultOf(box(-180, -90, 180, -60)), undefined, 'a belt around the world');
});

test('20,000 positions are checked, or refused if their segments overlap everywhere, within seconds', () => {
  // a comb: each tooth passes the whole width, so that no segment is apart from the others in longitude
  const comb = (south: number): Ring => {
    const teeth = Array.from({ length: 998 }, (_, n): readonly [number, number] => [
      n % 4 === 0 || n % 4 === 3 ? 120 : 121,
      south + n / 20_000,
    ]);
    return [...teeth, [122, south + 1], [122, south], [120, south]].map(([x, y]) => [x, y] as const);
  };
  const combs = (count: number): Ring[] => Array.from({ length: count }, (_, n) => comb(10 + 2 * n));
  const begin = performance.now();
  assert.equal(faultOf(box(100, 0, 140, 50), ...combs(5)), undefined);
  assert.equal(faultOf(box(100, 0, 140, 50), ...combs(19)), 'an outline has too many long sides');
  assert.ok(performance.now() - begin < 5_000);
});
