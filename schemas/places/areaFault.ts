/** Checks the outlines of a code list before it is registered. */
import { booleanPointInPolygon } from '@turf/boolean-point-in-polygon';
import { polygonsOf, type Area, type Ring } from '../codelists/codeList.ts';
import { isPosition, isSwapped, type Position } from './point.ts';

/** Positions of one ring, and of all outlines of a list: each test of a point visits those of its area, and each process holds them. */
export const maxOfRing = 2_000;
export const maxOfList = 20_000;
/** Square degrees: about one square metre. The area of a smaller ring is that of the rounding of its positions. */
const minArea = 1e-10;

export type AreaFault =
  | 'a ring is not closed'
  | 'a ring has too many positions'
  | 'a position is out of range'
  | 'longitude and latitude are exchanged'
  | 'a ring repeats a position'
  | 'a ring crosses the 180th meridian'
  | 'a ring crosses or touches itself'
  | 'an outline has too many long sides'
  | 'a ring encloses no area'
  | 'a hole is outside of its outer ring, or inside another hole';

/** Number of positions of an outline. */
export const positionsOf = (area: Area): number =>
  polygonsOf(area).reduce((sum, rings) => sum + rings.reduce((all, ring) => all + ring.length, 0), 0);

/** Why an outline cannot be used; undefined where it can. */
export function areaFault(area: Area): AreaFault | undefined {
  for (const rings of polygonsOf(area)) {
    const fault = rings.map(ringFault).find((one) => one !== undefined);
    if (fault !== undefined) return fault;
    const crossing = crossingFault(rings);
    if (crossing !== undefined) return crossing;
    if (rings.some((ring) => areaOf(ring) < minArea)) return 'a ring encloses no area';
    if (hasHoleElsewhere(rings)) return 'a hole is outside of its outer ring, or inside another hole';
  }
  return undefined;
}

function ringFault(ring: Ring): AreaFault | undefined {
  const [first, last] = [ring[0], ring.at(-1)];
  if (ring.length < 4 || first?.[0] !== last?.[0] || first?.[1] !== last?.[1]) return 'a ring is not closed';
  if (ring.length > maxOfRing) return 'a ring has too many positions';
  if (ring.some(isSwapped)) return 'longitude and latitude are exchanged';
  if (!ring.every(isPosition)) return 'a position is out of range';
  const steps = ring.slice(1).map((to, at): readonly [Position, Position] => [ring[at] ?? to, to]);
  if (steps.some(([from, to]) => isSame(from, to))) return 'a ring repeats a position';
  return steps.some(isAcross) ? 'a ring crosses the 180th meridian' : undefined;
}

/**
 * Whether a step probably means the short way over the 180th meridian, which RFC 7946 §3.1.9 asks to divide there: as it is written, it passes
 * through the whole world. A step from one edge of the map to the other is that of an outline around the world.
 */
function isAcross([[from], [to]]: readonly [Position, Position]): boolean {
  const wide = Math.abs(to - from);
  return wide > 180 && wide !== 360;
}

/** Square degrees, from differences to the first position, so that small rings lose no digits. */
function areaOf(ring: Ring): number {
  const [x, y] = ring[0] ?? [0, 0];
  const twice = ring.reduce((sum, [ax, ay], at) => {
    const [bx, by] = ring[at + 1] ?? [x, y];
    return sum + (ax - x) * (by - y) - (bx - x) * (ay - y);
  }, 0);
  return Math.abs(twice) / 2;
}

/** Of rings that do not meet, so that one position of a hole shows where all of them are. */
function hasHoleElsewhere([outer = [], ...holes]: readonly Ring[]): boolean {
  return holes.some(([first], nth) => {
    const isInside = (ring: Ring): boolean =>
      first !== undefined &&
      // not copied: the library only reads them
      booleanPointInPolygon([...first], {
        type: 'Polygon',
        coordinates: [ring as unknown as number[][]],
      });
    return !isInside(outer) || holes.some((other, at) => at !== nth && isInside(other));
  });
}

interface Segment {
  readonly ring: number;
  readonly nth: number;
  readonly from: Position;
  readonly to: Position;
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

/** Pairs of segments that are compared: about 0.3 s. One ring has at most two million; only several that pass along one another have more. */
const maxPairs = 20_000_000;

/**
 * Whether two segments of a polygon meet, apart from the ends that neighbours share. Ends at the first: an outline of some thousand
 * positions can have millions of crossings, and a library that lists them (@turf/kinks) stores all of them in memory.
 */
function crossingFault(rings: readonly Ring[]): AreaFault | undefined {
  const segments = rings
    .flatMap((ring, number) =>
      ring.slice(1).map((to, nth): Segment => {
        const from = ring[nth] ?? to;
        return {
          ring: number,
          nth,
          from,
          to,
          left: Math.min(from[0], to[0]),
          right: Math.max(from[0], to[0]),
          bottom: Math.min(from[1], to[1]),
          top: Math.max(from[1], to[1]),
        };
      }),
    )
    .sort((one, other) => one.left - other.left);
  let pairs = 0;
  for (const [at, one] of segments.entries())
    for (let next = at + 1; next < segments.length; next += 1) {
      const other = segments[next];
      if (other === undefined || other.left > one.right) break;
      pairs += 1;
      if (pairs > maxPairs) return 'an outline has too many long sides';
      if (other.bottom > one.top || other.top < one.bottom) continue;
      if (areNeighbours(one, other, rings) ? turnsBack(one, other) : meet(one, other))
        return 'a ring crosses or touches itself';
    }
  return undefined;
}

function areNeighbours(one: Segment, other: Segment, rings: readonly Ring[]): boolean {
  if (one.ring !== other.ring) return false;
  const apart = Math.abs(one.nth - other.nth);
  return apart === 1 || apart === (rings[one.ring]?.length ?? 0) - 2;
}

/** Whether of two segments that share an end, one lies on the other. Of the two orders in which they may follow, the ends show which it is. */
function turnsBack(one: Segment, other: Segment): boolean {
  const [{ from: a, to: b }, { to: c }] = isSame(one.to, other.from) ? [one, other] : [other, one];
  return side(a, b, c) === 0 && (a[0] - b[0]) * (c[0] - b[0]) + (a[1] - b[1]) * (c[1] - b[1]) > 0;
}

const isSame = (one: Position, other: Position): boolean => one[0] === other[0] && one[1] === other[1];

/** Whether two segments whose bounding boxes meet have a point in common (orientation test). */
function meet({ from: a, to: b }: Segment, { from: c, to: d }: Segment): boolean {
  const [c1, d1, a1, b1] = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)];
  if (c1 !== d1 && a1 !== b1) return true;
  return (
    (c1 === 0 && isBetween(a, b, c)) ||
    (d1 === 0 && isBetween(a, b, d)) ||
    (a1 === 0 && isBetween(c, d, a)) ||
    (b1 === 0 && isBetween(c, d, b))
  );
}

/** On which side of the line from `a` to `b` a position is: 1, -1, or 0 on it. */
const side = (a: Position, b: Position, p: Position): number =>
  Math.sign((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]));

/** Of a position on the line through `a` and `b`. */
const isBetween = (a: Position, b: Position, p: Position): boolean =>
  Math.min(a[0], b[0]) <= p[0] &&
  p[0] <= Math.max(a[0], b[0]) &&
  Math.min(a[1], b[1]) <= p[1] &&
  p[1] <= Math.max(a[1], b[1]);
