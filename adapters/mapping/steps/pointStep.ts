/** Points from cells: «longitude,latitude» as text (or two joined columns), or a GeoJSON Point. */
import gcoordModule from 'gcoord';
import { isPosition, isSwapped, type Point, type Position } from '../../../schemas/places/point.ts';
import { isSchemaObject } from '../../../schemas/jsonSchema.ts';
import { Fault } from '../fault.ts';

export interface PointSpec {
  /** reference system of the file; WGS 84 and CGCS2000 differ by centimetres and are not converted */
  readonly datum?: 'wgs84' | 'cgcs2000' | 'gcj02' | 'bd09';
  readonly order?: 'lon,lat' | 'lat,lon';
}

const faults = {
  form: new Fault(
    'point.form',
    '不是“经度,纬度”两个数，也不是 GeoJSON 点',
    'is neither two numbers "longitude,latitude" nor a GeoJSON Point',
  ),
  range: new Fault(
    'point.range',
    '经度须在 ±180、纬度须在 ±90 之内',
    'has a longitude beyond ±180 or a latitude beyond ±90',
  ),
  swapped: new Fault(
    'point.swapped',
    '经度与纬度写反了（或在映射中写 order: lat,lon）',
    'has longitude and latitude exchanged (or the mapping lacks order: lat,lon)',
  ),
};

/** Longer texts are no pair; the expression is slow for long runs of blanks. */
const maxOfPair = 100;
const pair = /^\s*(-?\d{1,3}(?:\.\d{1,15})?)\s*[,，;；\s]\s*(-?\d{1,3}(?:\.\d{1,15})?)\s*$/;

/** Its types describe an ES module, and it is CommonJS. */
const gcoord = gcoordModule as unknown as typeof gcoordModule.default;

const systems = { gcj02: gcoord.GCJ02, bd09: gcoord.BD09 } as const;

/** Reference systems from which points are converted. */
export type ConvertedDatum = keyof typeof systems;

/** Whether a mapping converts the points of a field, and from which system. */
export const convertedFrom = ({ datum }: PointSpec): ConvertedDatum | undefined =>
  datum === 'gcj02' || datum === 'bd09' ? datum : undefined;

/** One millionth of a degree is 11 cm; a conversion is not more exact. */
const rounded = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;

/** Reads a cell, text or object, as a point in WGS 84. */
export function pointStep({
  datum = 'wgs84',
  order = 'lon,lat',
}: PointSpec): (cell: unknown) => Point | Fault {
  const system = convertedFrom({ datum });
  return (cell) => {
    const read = isSchemaObject(cell) ? coordinatesOf(cell) : numbersIn(String(cell));
    if (read === undefined) return faults.form;
    const given: Position = order === 'lat,lon' && !isSchemaObject(cell) ? [read[1], read[0]] : read;
    if (isSwapped(given)) return faults.swapped;
    if (!isPosition(given)) return faults.range;
    if (system === undefined) return { type: 'Point', coordinates: given };
    const [longitude, latitude] = gcoord.transform([given[0], given[1]], systems[system], gcoord.WGS84);
    return { type: 'Point', coordinates: [rounded(longitude), rounded(latitude)] };
  };
}

/** Two numbers of a text; a text that is JSON is a GeoJSON Point, as exports write it. */
function numbersIn(text: string): Position | undefined {
  if (text.trimStart().startsWith('{')) {
    try {
      const parsed: unknown = JSON.parse(text);
      return isSchemaObject(parsed) ? coordinatesOf(parsed) : undefined;
    } catch {
      return undefined;
    }
  }
  const [, first, second] = (text.length > maxOfPair ? undefined : pair.exec(text)) ?? [];
  return first === undefined || second === undefined ? undefined : [Number(first), Number(second)];
}

/** Coordinates of a GeoJSON Point, also out of range. */
function coordinatesOf(value: Readonly<Record<string, unknown>>): Position | undefined {
  const { type, coordinates, ...others } = value;
  if (type !== 'Point' || Object.keys(others).length > 0 || !Array.isArray(coordinates)) return undefined;
  const [longitude, latitude, ...more] = coordinates as unknown[];
  return typeof longitude === 'number' && typeof latitude === 'number' && more.length === 0
    ? [longitude, latitude]
    : undefined;
}
