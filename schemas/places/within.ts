/** The filter `within`: points inside a rectangle, within a distance of a position, or inside a registered area. */
import { booleanPointInPolygon } from '@turf/boolean-point-in-polygon';
import { codeListIdOf, type CodeLists } from '../codelists/codeLists.ts';
import { polygonsOf, type Rings } from '../codelists/codeList.ts';
import { isSchemaObject } from '../jsonSchema.ts';
import { isPosition, type Position } from './point.ts';

/** West, south, east, north, in degrees, as in RFC 7946; it does not cross the 180th meridian. */
export type Box = readonly [west: number, south: number, east: number, north: number];

/** Value of the filter, as callers write it. */
export type Within =
  | { readonly bbox: Box }
  | { readonly center: Position; readonly metres: number }
  | { readonly area: { readonly list: string; readonly code: string } };

/** The same with everything that a test of a point needs. */
export interface Region {
  /** contains every point of the region */
  readonly box: Box;
  readonly circle?: { readonly center: Position; readonly metres: number };
  readonly polygons?: readonly Rings[];
}

const maxMetres = 100_000;

/** Radius of the sphere for distances in metres: the mean radius of the Earth (IUGG). */
export const earthRadius = 6_371_008.8;

/** Whether a value is one of the three forms. */
export function isWithin(value: unknown): value is Within {
  if (!isSchemaObject(value)) return false;
  const { bbox, center, metres, area } = value;
  const names = Object.keys(value).sort().join();
  if (names === 'bbox') return isBox(bbox);
  if (names === 'center,metres')
    return isPosition(center) && typeof metres === 'number' && metres > 0 && metres <= maxMetres;
  return (
    names === 'area' &&
    isSchemaObject(area) &&
    Object.keys(area).sort().join() === 'code,list' &&
    typeof area['code'] === 'string' &&
    typeof area['list'] === 'string' &&
    area['list'].startsWith('urn:datong:code:')
  );
}

function isBox(value: unknown): value is Box {
  if (!Array.isArray(value) || value.length !== 4) return false;
  const [west, south, east, north] = value as unknown[];
  return (
    isPosition([west, south]) &&
    isPosition([east, north]) &&
    (west as number) <= (east as number) &&
    (south as number) <= (north as number)
  );
}

/** The region of a filter; undefined where no such area is registered. */
export function regionOf(within: Within, codeLists: Pick<CodeLists, 'entries'>): Region | undefined {
  if ('bbox' in within) return { box: within.bbox };
  if ('center' in within) return { box: boxAround(within), circle: within };
  const { list, code } = within.area;
  const entry = codeLists.entries(codeListIdOf(list), code).findLast(({ area }) => area !== undefined);
  if (entry?.area === undefined) return undefined;
  const polygons = polygonsOf(entry.area);
  return { box: boxOf(polygons), polygons };
}

/** Bounding box of a circle; the whole range of longitudes near a pole. */
function boxAround({ center: [longitude, latitude], metres }: { center: Position; metres: number }): Box {
  const degrees = (metres / earthRadius) * (180 / Math.PI) * 1.000_001;
  const [south, north] = [Math.max(-90, latitude - degrees), Math.min(90, latitude + degrees)];
  const ratio = Math.sin(radians(degrees)) / Math.cos(radians(latitude));
  if (south === -90 || north === 90 || ratio >= 1) return [-180, south, 180, north];
  const wide = (Math.asin(ratio) * 180) / Math.PI;
  const [west, east] = [longitude - wide, longitude + wide];
  return west < -180 || east > 180 ? [-180, south, 180, north] : [west, south, east, north];
}

/** Bounding box of polygons. */
export function boxOf(polygons: readonly Rings[]): Box {
  let [west, south, east, north] = [180, 90, -180, -90];
  for (const [longitude, latitude] of polygons.flatMap(([outer = []]) => outer)) {
    west = Math.min(west, longitude);
    east = Math.max(east, longitude);
    south = Math.min(south, latitude);
    north = Math.max(north, latitude);
  }
  return [west, south, east, north];
}

/** Whether a position is in a region; a point on the border of an area may be in it or not. */
export function isIn({ box, circle, polygons }: Region, position: Position): boolean {
  const [longitude, latitude] = position;
  const [west, south, east, north] = box;
  if (longitude < west || longitude > east || latitude < south || latitude > north) return false;
  if (circle !== undefined) return metresBetween(circle.center, position) <= circle.metres;
  if (polygons === undefined) return true;
  // not copied for each point: the library only reads them
  const coordinates = polygons as unknown as number[][][][];
  return booleanPointInPolygon([longitude, latitude], { type: 'MultiPolygon', coordinates });
}

/** Great-circle distance. */
export function metresBetween([ax, ay]: Position, [bx, by]: Position): number {
  const half = (from: number, to: number): number => Math.sin(radians(to - from) / 2) ** 2;
  const h = half(ay, by) + Math.cos(radians(ay)) * Math.cos(radians(by)) * half(ax, bx);
  return 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(h)));
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180;
