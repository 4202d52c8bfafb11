import { Problem } from '../terms/problem.ts';
import type { DatasetSchema } from './datasetSchema.ts';
import { readSchema } from './parse.ts';
import { sharedDocument, sharedDocumentByShortName, sharedNames } from './shared/documents.ts';

const parsed = new Map<string, DatasetSchema>();

/**
 * A schema that ships with the product. A test holds every one of them to lint.
 * @param name short name, `household@1`
 * @throws Problem schema_unknown
 */
export function sharedSchema(name: string): DatasetSchema {
  if (!(sharedNames as readonly string[]).includes(name)) throw new Problem('schema_unknown', { name });
  const known = parsed.get(name);
  if (known !== undefined) return known;
  const schema = readSchema(sharedDocumentByShortName(name), sharedDocument);
  parsed.set(name, schema);
  return schema;
}

/** All schemas that ship. */
export function sharedSchemas(): DatasetSchema[] {
  return sharedNames.map(sharedSchema);
}
