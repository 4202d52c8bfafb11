/** Conditions on places in SQL: PostgreSQL's own geometric types, indexed by GiST (indexes.ts). */
import type { Statements } from '../../../platform/database/untilAborted.ts';
import { earthRadius, type Region } from '../../../../schemas/places/within.ts';
import type { Column } from '../../../domain/rowTable/layout.ts';

type Bind = (value: unknown) => string;

const axis = ({ name }: Column, index: 0 | 1): string =>
  `((${name} -> 'coordinates') ->> ${index})::double precision`;

/** The point of a place column; NULL where it has none. The index is on this expression. */
export const pointSql = (column: Column): string => `point(${axis(column, 0)}, ${axis(column, 1)})`;

/**
 * Whether the place of a row is in a region.
 * @param indexed false writes the rectangle so that the index does not serve it: for a region that many rows are in, a page is found sooner
 * in the order of the rows
 */
export function regionSql(
  column: Column,
  { box, circle, polygons }: Region,
  bind: Bind,
  indexed = true,
): string {
  const [west, south, east, north] = box.map((bound) => `${bind(bound)}::double precision`);
  const point = pointSql(column);
  const parts = [
    indexed
      ? `${point} <@ box(point(${west}, ${south}), point(${east}, ${north}))`
      : `(${axis(column, 0)} BETWEEN ${west} AND ${east} AND ${axis(column, 1)} BETWEEN ${south} AND ${north})`,
  ];
  if (circle !== undefined)
    parts.push(`${distanceSql(column, circle.center, bind)} <= ${bind(circle.metres)}`);
  if (polygons !== undefined) {
    const scaled = `${point} * point(${unitsPerDegree}, 0)`;
    const inside = polygons.map(([outer = [], ...holes]) =>
      [
        `${scaled} <@ ${bind(polygonText(outer))}::polygon`,
        ...holes.map((hole) => `NOT ${scaled} <@ ${bind(polygonText(hole))}::polygon`),
      ].join(' AND '),
    );
    parts.push(`(${inside.map((one) => `(${one})`).join(' OR ')})`);
  }
  const whole = `(${parts.join(' AND ')})`;
  // PostgreSQL expects half of the rows of a CASE, and so chooses the order of the rows
  return indexed ? whole : `CASE WHEN ${whole} THEN true ELSE false END`;
}

/** Great-circle distance in metres, as metresBetween computes it. */
function distanceSql(column: Column, [longitude, latitude]: readonly [number, number], bind: Bind): string {
  const [x, y] = [bind(longitude), bind(latitude)].map((value) => `${value}::double precision`);
  const half = (at: string, from: string): string => `power(sin(radians(${at} - ${from}) / 2), 2)`;
  const [lon, lat] = [axis(column, 0), axis(column, 1)];
  return `${2 * earthRadius} * asin(least(1, sqrt(${half(lat, y ?? '')} + cos(radians(${y})) * cos(radians(${lat})) * ${half(lon, x ?? '')})))`;
}

/**
 * Unit in which a point is compared with a polygon. PostgreSQL takes a point for one on an edge if the length of the edge, multiplied by
 * the distance, is less than 0.000001. In degrees that would be 100 m for an edge of 100 m.
 */
const unitsPerDegree = 1e6;

/** A ring in that unit. */
const polygonText = (ring: readonly (readonly [number, number])[]): string =>
  `(${ring.map(([longitude, latitude]) => `(${longitude * unitsPerDegree},${latitude * unitsPerDegree})`).join(',')})`;

/** Part of a table's pages that is sampled, in percent. */
const sampled = 0.1;
/** Rows of a usual page: what one page costs in the order of the rows is this number, divided by the share of rows that match. */
const usualPage = 100;

/**
 * Whether a page of the rows in a region is found sooner in the order of the rows than by the index, estimated from a sample. PostgreSQL
 * has no statistics on points: it always expects a thousandth of the table, and would read and sort every row of a large region for one
 * page. In the order of the rows a page costs `usualPage / share` rows, by the index `share * rows`.
 */
export async function isCrowded(
  pool: Statements,
  table: string,
  column: Column,
  { box }: Pick<Region, 'box'>,
): Promise<boolean> {
  const values: unknown[] = [];
  const condition = regionSql(column, { box }, (value) => `$${values.push(value)}`, false);
  const { rows } = await pool.query<{ found: number; seen: number }>(
    `SELECT count(*) FILTER (WHERE ${condition})::int AS found, count(*)::int AS seen
       FROM ${table} TABLESAMPLE SYSTEM (${sampled}) REPEATABLE (1)`,
    values,
  );
  const { found = 0, seen = 0 } = rows[0] ?? {};
  return seen > 0 && found / seen > Math.sqrt(usualPage / (seen * (100 / sampled)));
}
