import type { DatasetSchema } from '../schemas/datasetSchema.ts';

/** What is read of a place of a schema, read once: every agreement on a dataset asks for the same places. Goes with the schema. */
export function perPlace<T>(
  read: (schema: DatasetSchema, path: string) => T,
): (schema: DatasetSchema, path: string) => T {
  const known = new WeakMap<DatasetSchema, Map<string, T>>();
  return (schema, path) => {
    let ofSchema = known.get(schema);
    if (ofSchema === undefined) {
      ofSchema = new Map();
      known.set(schema, ofSchema);
    }
    const found = ofSchema.get(path);
    if (found !== undefined || ofSchema.has(path)) return found as T;
    const fresh = read(schema, path);
    ofSchema.set(path, fresh);
    return fresh;
  };
}
