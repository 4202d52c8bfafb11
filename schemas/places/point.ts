/** Fields whose values are points: a GeoJSON Point (RFC 7946) with longitude and latitude in WGS 84 or CGCS2000. */
import type { JsonSchema } from '../datasetSchema.ts';
import { isSchemaObject, typesOf } from '../jsonSchema.ts';

/** Longitude and latitude, in degrees. */
export type Position = readonly [longitude: number, latitude: number];

export interface Point {
  readonly type: 'Point';
  readonly coordinates: Position;
}

/** Whether a field's schema declares a point. */
export const isPlaceSchema = (schema: JsonSchema): boolean => schema['x-geo'] === 'point';

/** The one form of a field with `x-geo: point`, below its titles; each bound may be tighter. */
export const pointForm = {
  type: 'object',
  additionalProperties: false,
  required: ['type', 'coordinates'],
  properties: {
    type: { const: 'Point' },
    coordinates: {
      type: 'array',
      prefixItems: [
        { type: 'number', minimum: -180, maximum: 180 },
        { type: 'number', minimum: -90, maximum: 90 },
      ],
      items: false,
      minItems: 2,
      maxItems: 2,
    },
  },
} as const;

/** The part of a field's schema that is not the form of a point; undefined where it is one. */
export function pointFault(schema: JsonSchema): string | undefined {
  const types = typesOf(schema)?.filter((type) => type !== 'null');
  if (types?.length !== 1 || types[0] !== 'object') return 'type';
  const { required, properties } = schema;
  if (schema['additionalProperties'] !== false) return 'additionalProperties';
  if (!Array.isArray(required) || ['type', 'coordinates'].some((name) => !required.includes(name)))
    return 'required';
  if (!isSchemaObject(properties) || Object.keys(properties).length !== 2) return 'properties';
  const { type, coordinates } = properties;
  if (!isSchemaObject(type) || type['const'] !== 'Point') return 'properties.type';
  return isSchemaObject(coordinates) && isPair(coordinates) ? undefined : 'properties.coordinates';
}

function isPair({ type, prefixItems, items, minItems, maxItems }: JsonSchema): boolean {
  return (
    type === 'array' &&
    items === false &&
    minItems === 2 &&
    maxItems === 2 &&
    Array.isArray(prefixItems) &&
    prefixItems.length === 2 &&
    isAxis(prefixItems[0], 180) &&
    isAxis(prefixItems[1], 90)
  );
}

const isAxis = (axis: unknown, bound: number): boolean =>
  isSchemaObject(axis) &&
  axis['type'] === 'number' &&
  typeof axis['minimum'] === 'number' &&
  axis['minimum'] >= -bound &&
  typeof axis['maximum'] === 'number' &&
  axis['maximum'] <= bound;

/** The position of a GeoJSON Point; undefined where the value is none. */
export function positionOf(value: unknown): Position | undefined {
  if (!isSchemaObject(value) || value['type'] !== 'Point') return undefined;
  const { coordinates } = value;
  return isPosition(coordinates) ? coordinates : undefined;
}

/** Whether a value is longitude and latitude, each within its range. */
export function isPosition(value: unknown): value is Position {
  return Array.isArray(value) && value.length === 2 && inRange(value[0], 180) && inRange(value[1], 90);
}

/** Whether a value is a number between `-bound` and `bound`. */
export const inRange = (value: unknown, bound: number): value is number =>
  typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= bound;

/** A rectangle that contains China: 73°–136° E, 3°–54° N. */
const isInChina = ([longitude, latitude]: Position): boolean =>
  longitude >= 73 && longitude <= 136 && latitude >= 3 && latitude <= 54;

/**
 * Whether longitude and latitude were probably exchanged: the point is outside China, and inside it the other way round. Takes positions
 * out of range too.
 */
export const isSwapped = ([longitude, latitude]: Position): boolean =>
  !isInChina([longitude, latitude]) && isInChina([latitude, longitude]);
