import {
  inRange,
  isPlaceSchema,
  pointForm,
  positionOf,
  type Point,
  type Position,
} from '../../../schemas/places/point.ts';
import { defineMask, sameMask } from '../mask.ts';
import { isObject } from '../../../terms/isObject.ts';

const params = { metres: { kind: 'integer', min: 50, max: 1_000_000, default: 1000 } } as const;

/** Metres of a degree of longitude at the equator; a degree of latitude is at most 0.7 % shorter. */
const metresPerDegree = 111_320;
/** Metres of a degree of longitude at 54° N, the northernmost point of China: south of it a cell is wider than the declared metres. */
const metresOfLongitude = 65_400;

/** Number of the cell at a distance in metres; + 0 avoids negative zero. */
const cellOf = (at: number, metres: number): number => Math.floor(Math.floor(at) / metres) + 0;

/** A remainder at the end of an axis belongs to the last whole cell. @param whole cells on each side of zero */
const within = (cell: number, whole: number): number => Math.max(-whole, Math.min(whole - 1, cell)) + 0;

interface Cell {
  readonly row: number;
  readonly column: number;
  /** metres in which the columns of this row are counted, for a degree of longitude; undefined at a pole, where one cell is the whole row */
  readonly scale: number | undefined;
}

/**
 * The cell that contains a position. North of 54° N and south of 54° S the columns of a row are counted with half, a quarter, … of the
 * metres, so that none is narrower than declared at the end of the row nearer to the pole, and each cell of a multiple of these metres has
 * whole cells of them.
 */
function cellAt([longitude, latitude]: Position, metres: number): Cell {
  const rows = Math.floor((90 * metresPerDegree) / metres);
  const row = within(cellOf(latitude * metresPerDegree, metres), rows);
  const poleward = Math.max(row + 1, -row);
  if (poleward === rows) return { row, column: 0, scale: undefined };
  const narrowest = metresPerDegree * Math.cos((poleward * metres * Math.PI) / (180 * metresPerDegree));
  const scale = metresOfLongitude / 2 ** Math.max(0, Math.ceil(Math.log2(metresOfLongitude / narrowest)));
  // -180° and 180° are the same meridian
  const east = longitude === -180 ? 180 : longitude;
  return { row, column: within(cellOf(east * scale, metres), Math.floor((180 * scale) / metres)), scale };
}

/** Centre of the cell that contains a point; all points of a cell have the same. */
function centreOf(position: Position, metres: number): Point {
  const { row, column, scale } = cellAt(position, metres);
  const degrees = (cell: number, perDegree: number): number =>
    Math.round((((cell + 0.5) * metres) / perDegree) * 1e6) / 1e6 + 0;
  return {
    type: 'Point',
    coordinates: [scale === undefined ? 0 : degrees(column, scale), degrees(row, metresPerDegree)],
  };
}

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
      const { row, column } = cellAt([lon, lat], metres);
      return { grid: metres, row, column };
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
    zh: `所在的网格，宽至少 ${metres} 米，高约 ${metres} 米`,
    en: `the cell of a grid at least ${metres} metres wide and about ${metres} metres high`,
  }),
});
