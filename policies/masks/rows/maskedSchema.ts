import type { DatasetSchema, JsonSchema } from '../../../schemas/datasetSchema.ts';
import { objectSchema, type MaskNode } from './maskNode.ts';
import { defined } from '../../../terms/defined.ts';

/**
 * The closed schema of a masked row: the granted fields alone, each after its mask. Consumers generate types from it, and every masked row
 * is checked against it.
 */
export function maskedSchema(
  schema: DatasetSchema,
  nodes: readonly MaskNode[],
  lenient: boolean,
): JsonSchema {
  const title: unknown = schema.document['x-title'];
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...defined({ 'x-title': title }),
    ...objectSchema(nodes, lenient),
  };
}
