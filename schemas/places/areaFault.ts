/** Checks the outlines of a code list before it is registered. */
import { polygonsOf, type Area, type Ring } from '../codelists/codeList.ts';
import { isPosition, isSwapped, type Position } from './point.ts';

/** Positions of one ring, and of all outlines of a list: each test of a point visits those of its area, and each process holds them. */
export const maxOfRing = 2_000;
export const maxOfList = 20_000;

export type AreaFault =
  | 'a ring is not closed'
  | 'a ring has too many positions'
  | 'a position is out of range'
  | 'longitude and latitude are exchanged'
  | 'a ring crosses or touches itself';

/** Number of positions of an outline. */
export const positionsOf = (area: Area): number =>
  polygonsOf(area).reduce((sum, rings) => sum + rings.reduce((all, ring) => all + ring.length, 0), 0);

/** Why an outline cannot be used; undefined where it can. */
export function areaFault(area: Area): AreaFault | undefined {
  for (const rings of polygonsOf(area)) {
    const fault = rings.map(ringFault).find((one) => one !== undefined);
    if (fault !== undefined) return fault;
    if (isCrossed(rings)) return 'a ring crosses or touches itself';
  }
  return undefined;
}

function ringFault(ring: Ring): AreaFault | undefined {
  const [first, last] = [ring[0], ring.at(-1)];
  if (ring.length < 4 || first?.[0] !== last?.[0] || first?.[1] !== last?.[1]) return 'a ring is not closed';
  if (ring.length > maxOfRing) return 'a ring has too many positions';
  if (ring.some(isSwapped)) return 'longitude and latitude are exchanged';
  return ring.every(isPosition) ? undefined : 'a position is out of range';
}

interface Segment {
  readonly ring: number;
  readonly nth: number;
  readonly from: Position;
  readonly to: Position;
  readonly left: number;
  readonly right: number;
}

/**
 * Whether two segments of a polygon meet, apart from the ends that neighbours share. Ends at the first: an outline of some thousand
 * positions can have millions of crossings, and a library that lists them (@turf/kinks) stores all of them in memory.
 */
function isCrossed(rings: readonly Ring[]): boolean {
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
        };
      }),
    )
    .sort((one, other) => one.left - other.left);
  return segments.some((one, at) => {
    for (let next = at + 1; next < segments.length; next += 1) {
      const other = segments[next];
      if (other === undefined || other.left > one.right) return false;
      if (!areNeighbours(one, other, rings) && meet(one, other)) return true;
    }
    return false;
  });
}

function areNeighbours(one: Segment, other: Segment, rings: readonly Ring[]): boolean {
  if (one.ring !== other.ring) return false;
  const apart = Math.abs(one.nth - other.nth);
  return apart === 1 || apart === (rings[one.ring]?.length ?? 0) - 2;
}

/** Whether two segments have a point in common (orientation test). */
function meet({ from: a, to: b }: Segment, { from: c, to: d }: Segment): boolean {
  if (Math.max(c[1], d[1]) < Math.min(a[1], b[1]) || Math.min(c[1], d[1]) > Math.max(a[1], b[1]))
    return false;
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
