import { isPlaceSchema } from '../../schemas/places/point.ts';
import type { SchemaField } from '../../schemas/datasetSchema.ts';
import { Problem } from '../../terms/problem.ts';
import type { LiveDataset } from '../registry/snapshot.ts';

/** The field with the place, of which a schema has at most one. @throws Problem geojson_without_place */
export function placeFieldOf({ row, schema }: Pick<LiveDataset, 'row' | 'schema'>): SchemaField {
  const place = schema.fields.find((field) => isPlaceSchema(field.schema));
  if (place === undefined) throw new Problem('geojson_without_place', { dataset: row.id });
  return place;
}
