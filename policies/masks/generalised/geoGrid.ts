import { isObject } from '../rows/fieldPath.ts';
import { defineMask, sameMask } from '../mask.ts';

const params = { metres: { kind: 'integer', min: 50, max: 1_000_000, default: 1000 } } as const;

/**
 * Metres per degree of latitude, and of longitude at 54° N, the northernmost point of China: south of it a cell is wider than the
 * declared metres, never narrower.
 */
const metresOfLatitude = 111_320;
const metresOfLongitude = 65_400;

/** Number of the cell at a distance in metres; + 0 avoids negative zero. */
const cellOf = (at: number, metres: number): number => Math.floor(Math.floor(at) / metres) + 0;

const inRange = (value: unknown, bound: number): value is number =>
  typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= bound;

/**
 * Maps a point `{lon, lat}` to the cell of a fixed grid that contains it. It is snapped, never jittered: noise averages out over several
 * answers.
 */
export const geoGrid = defineMask({
  name: 'geoGrid',
  title: { zh: '位置网格', en: 'grid cell of a place' },
  types: ['object'],
  params,
  compile:
    ({ metres }) =>
    (value, _row, run) => {
      const { lon, lat } = isObject(value) ? value : {};
      if (!inRange(lon, 180) || !inRange(lat, 90)) {
        run.typeErrors += 1;
        return null;
      }
      return {
        grid: metres,
        row: cellOf(lat * metresOfLatitude, metres),
        column: cellOf(lon * metresOfLongitude, metres),
      };
    },
  output: (_schema, { metres }) => ({
    type: 'object',
    additionalProperties: false,
    required: ['grid', 'row', 'column'],
    properties: { grid: { const: metres }, row: { type: 'integer' }, column: { type: 'integer' } },
  }),
  meet: (mine, other) => {
    const otherParams = sameMask<typeof params>('geoGrid', other);
    if (otherParams === undefined) return undefined;
    const metres = Math.max(mine.metres, otherParams.metres);
    return metres % Math.min(mine.metres, otherParams.metres) === 0
      ? { name: 'geoGrid', params: { metres } }
      : undefined;
  },
  reveals: ({ metres }) => ({
    zh: `所在的网格，边长至少 ${metres} 米`,
    en: `the cell of a grid at least ${metres} metres wide`,
  }),
});
