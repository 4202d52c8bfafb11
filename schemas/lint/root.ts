import type { JsonSchema } from '../datasetSchema.ts';
import { isSchemaObject, pointerTo, schemasOf } from '../jsonSchema.ts';
import { parseSchemaUrn } from '../schemaUrn.ts';
import type { Report } from './report.ts';

/** What the root of a schema says of itself, and what each field must say. */
export function checkRoot(
  document: JsonSchema,
  resolved: (field: JsonSchema) => JsonSchema,
  report: Report,
): void {
  if (document['$schema'] !== 'https://json-schema.org/draft/2020-12/schema')
    report('schema_draft', '/$schema');
  const { $id } = document;
  if (typeof $id !== 'string' || parseSchemaUrn($id) === undefined) report('id_malformed', '/$id');
  if (document['type'] !== 'object' || !isSchemaObject(document['properties'])) report('root_not_object', '');
  if (document['x-title'] === undefined) report('title_missing', '');
  for (const [name, field] of schemasOf(document['properties'])) {
    if (!isSchemaObject(field)) continue;
    const path = pointerTo('/properties', name);
    const whole = resolved(field);
    if (whole['x-title'] === undefined) report('title_missing', path);
    if (whole['x-sensitivity'] === undefined) report('sensitivity_missing', path);
  }
}
