import type { DatasetSchema } from '../../../schemas/datasetSchema.ts';
import { parseDatasetSchema } from '../../../schemas/parse.ts';
import { sharedSchema } from '../../../machine/shippedSchemas.ts';
import type { Surroundings } from '../../../schemas/surroundings.ts';
import { readJsonFile } from './readJsonFile.ts';

/** A schema by file, or a shared one by its short name. @throws Problem schema_invalid */
export async function schemaFrom(fileOrName: string, surroundings: Surroundings): Promise<DatasetSchema> {
  if (/^[a-z][a-z0-9-]*@\d+$/.test(fileOrName)) return sharedSchema(fileOrName);
  return parseDatasetSchema(await readJsonFile(fileOrName), surroundings);
}
