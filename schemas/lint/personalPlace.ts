import type { JsonSchema } from '../datasetSchema.ts';
import { resolveReference, type Resolve } from '../references.ts';
import { walkSchema } from './walk.ts';

/**
 * Pointer of the first place of a document that is personal data: nested ones and what references lead to count too, whatever stands
 * beside the reference. Undefined when nothing is.
 */
export function personalPlace(document: JsonSchema, resolve: Resolve): string | undefined {
  const seen = new Set<JsonSchema>();
  const within = (schema: JsonSchema, home: JsonSchema): string | undefined => {
    for (const place of walkSchema(schema)) {
      if (seen.has(place.schema)) continue;
      seen.add(place.schema);
      const { 'x-personal': personal, $ref } = place.schema;
      if (personal === 'personal' || personal === 'sensitive') return place.pointer;
      const target = typeof $ref === 'string' ? resolveReference($ref, home, resolve) : undefined;
      if (target !== undefined && within(target.schema, target.document) !== undefined) return place.pointer;
    }
    return undefined;
  };
  return within(document, document);
}
