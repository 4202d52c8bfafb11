import type { DatasetSchema } from '../schemas/datasetSchema.ts';
import type { Surroundings } from '../schemas/surroundings.ts';
import { compileMasking } from './masks/rows/compileMasking.ts';
import { pseudonymKeys } from './masks/pseudonyms/pseudonymKey.ts';
import type { Plan } from './plans/plan.ts';

/**
 * The schema of the rows that one consumer receives under one plan: the granted fields, each after its mask. Its types are generated like
 * any other schema's (`schemaTypes`); the hub checks every masked row against its digest.
 */
export function maskedDataset({ whole, schema, ref }: Plan, surroundings: Surroundings): DatasetSchema {
  const { maskTypeErrors } = whole.limits;
  const shapeOnly = pseudonymKeys(new Uint8Array(32)); // the shape does not depend on keys
  const masking = compileMasking(
    whole.fields,
    schema,
    shapeOnly,
    ref.principal ?? ref.consumer,
    surroundings,
    maskTypeErrors === undefined ? {} : { maskTypeErrors },
  );
  const names = new Set(masking.storedFields);
  return {
    ...schema,
    name: `${schema.name}-for-${ref.consumer}`,
    digest: masking.digest,
    document: masking.outputSchema,
    fields: schema.fields.filter((field) => names.has(field.name)),
    primaryKey: schema.primaryKey.filter((name) => names.has(name)),
  };
}
