import type { DatasetSchema, JsonSchema } from '../../schemas/datasetSchema.ts';
import { readSchema } from '../../schemas/parse.ts';
import type { Reader } from '../platform/database/reader.ts';
import { listSchemas, type SchemaRow } from './store/schemas.ts';

/** Every registered schema version by its urn. They passed lint when they were registered. */
export async function registeredSchemas(reader: Reader): Promise<Map<string, DatasetSchema>> {
  const rows = await listSchemas(reader);
  const resolve = resolverOf(rows);
  return new Map(
    rows.map(({ urn, document }) => [urn, readSchema(JSON.parse(document) as JsonSchema, resolve)]),
  );
}

/** Documents of registered versions, for references from one to another. */
export function resolverOf(rows: readonly SchemaRow[]): (urn: string) => JsonSchema | undefined {
  const documents = new Map(rows.map((row) => [row.urn, JSON.parse(row.document) as JsonSchema]));
  return (urn) => documents.get(urn);
}
