import type { JsonSchema } from '../datasetSchema.ts';
import { resolveReference, type Resolve } from '../references.ts';
import { reaching } from './reaching.ts';
import { walkSchema } from './walk.ts';

/**
 * Pointer of the first place of a document of which something holds: nested ones and what references lead to count too, whatever stands
 * beside the reference. Undefined when there is none.
 */
export function placeWhere(
  document: JsonSchema,
  resolve: Resolve,
  holds: (schema: JsonSchema) => boolean,
): string | undefined {
  const reaches = reaching(resolve, holds);
  for (const { schema, pointer } of walkSchema(document)) {
    if (holds(schema)) return pointer;
    const { $ref } = schema;
    const target = typeof $ref === 'string' ? resolveReference($ref, document, resolve) : undefined;
    if (target !== undefined && ended(reaches(target))) return pointer;
  }
  return undefined;
}

/**
 * For who asks of many documents: pointers of the places of one of which something holds, or whose reference leads to a part of another
 * document where it does, over however many others. Within the document the place itself is told. It yields between its steps.
 */
export function placesWhere(
  resolve: Resolve,
  holds: (schema: JsonSchema) => boolean,
): (document: JsonSchema) => Generator<undefined, readonly string[]> {
  const reaches = reaching(resolve, holds);
  return function* placesIn(document) {
    const found: string[] = [];
    for (const { schema, pointer } of walkSchema(document)) {
      yield;
      const { $ref } = schema;
      const target = typeof $ref === 'string' ? resolveReference($ref, document, resolve) : undefined;
      const elsewhere = target !== undefined && target.document !== document ? target : undefined;
      if (holds(schema) || (elsewhere !== undefined && (yield* reaches(elsewhere)))) found.push(pointer);
    }
    return found;
  };
}

/** What comes out of work in steps where nobody is let in between them. */
function ended<T>(steps: Iterator<unknown, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
