import type { JsonSchema } from '../datasetSchema.ts';
import { resolveReference, type Resolve } from '../references.ts';
import { walkSchema } from './walk.ts';

/**
 * Pointer of the first place of a document of which something holds: nested ones and what references lead to count too, whatever stands
 * beside the reference. Undefined when there is none.
 * @param home the document that it stands in, where it is a part of one
 */
export function placeWhere(
  document: JsonSchema,
  resolve: Resolve,
  holds: (schema: JsonSchema) => boolean,
  home = document,
): string | undefined {
  const seen = new Set<JsonSchema>();
  const within = (schema: JsonSchema, around: JsonSchema): string | undefined => {
    for (const place of walkSchema(schema)) {
      if (seen.has(place.schema)) continue;
      seen.add(place.schema);
      if (holds(place.schema)) return place.pointer;
      const { $ref } = place.schema;
      const target = typeof $ref === 'string' ? resolveReference($ref, around, resolve) : undefined;
      if (target !== undefined && within(target.schema, target.document) !== undefined) return place.pointer;
    }
    return undefined;
  };
  return within(document, home);
}
