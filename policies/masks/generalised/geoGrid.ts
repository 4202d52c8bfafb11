import {
  inRange,
  isPlaceSchema,
  pointForm,
  positionOf,
  type Point,
  type Position,
} from '../../../schemas/places/point.ts';
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

/** Centre of the cell that contains a point; all points of a cell have the same. */
const centreOf = ([longitude, latitude]: Position, metres: number): Point => {
  const centre = (degrees: number, scale: number, bound: number): number => {
    const middle = ((cellOf(degrees * scale, metres) + 0.5) * metres) / scale;
    return Math.round(Math.max(-bound, Math.min(bound, middle)) * 1e6) / 1e6 + 0;
  };
  return {
    type: 'Point',
    coordinates: [centre(longitude, metresOfLongitude, 180), centre(latitude, metresOfLatitude, 90)],
  };
};

/**
 * Maps a place (`x-geo: point`) to the centre of its cell in a fixed grid, and a point `{lon, lat}` to the numbers of the cell. It is
 * snapped, never jittered: noise averages out over several answers.
 */
export const geoGrid = defineMask({
  name: 'geoGrid',
  title: { zh: '位置网格', en: 'grid cell of a place' },
  examples: [
    {
      params: { metres: 1000 },
      value: { lon: 120.15, lat: 30.27 },
      becomes: { grid: 1000, row: 3369, column: 7857 },
    },
  ],
  types: ['object'],
  places: true,
  params,
  compile:
    ({ metres }) =>
    (value, _row, run) => {
      const position = positionOf(value);
      if (position !== undefined) return centreOf(position, metres);
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
  output: (schema, { metres }) =>
    isPlaceSchema(schema)
      ? pointForm
      : {
          type: 'object',
          additionalProperties: false,
          required: ['grid', 'row', 'column'],
          properties: { grid: { const: metres }, row: { type: 'integer' }, column: { type: 'integer' } },
        },
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
