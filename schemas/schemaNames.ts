import type { DatasetSchema } from './datasetSchema.ts';
import { isSchemaObject } from './jsonSchema.ts';

const namesBySchema = new WeakMap<DatasetSchema, ReadonlySet<string>>();

/** Every property name that the document declares anywhere. */
export function schemaNames(schema: DatasetSchema): ReadonlySet<string> {
  const known = namesBySchema.get(schema);
  if (known !== undefined) return known;
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isSchemaObject(value)) return;
    if (isSchemaObject(value['properties']))
      for (const name of Object.keys(value['properties'])) names.add(name);
    Object.values(value).forEach(visit);
  };
  visit(schema.document);
  (schema.references ?? []).forEach(visit);
  namesBySchema.set(schema, names);
  return names;
}
