/** Checks the outlines of a code list before it is registered. */
import { kinks } from '@turf/kinks';
import { polygonsOf, type Area, type Ring } from '../codelists/codeList.ts';
import { isPosition, isSwapped } from './point.ts';

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
    const coordinates = rings.map((ring) => ring.map(([x, y]) => [x, y]));
    if (kinks({ type: 'Polygon', coordinates }).features.length > 0)
      return 'a ring crosses or touches itself';
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
