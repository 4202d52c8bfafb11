/** Resolution of `$ref`: pointers inside a document, and other schema versions by URN. Nothing is ever fetched. */
import type { JsonSchema } from './datasetSchema.ts';
import { atPointer, isSchemaObject } from './jsonSchema.ts';

export type Resolve = (urn: string) => JsonSchema | undefined;

export interface Target {
  readonly schema: JsonSchema;
  /** the document that contains it */
  readonly document: JsonSchema;
  readonly pointer: string;
}

/** The target of a reference in a document; undefined where it has none (or a boolean schema). */
export function resolveReference(
  reference: string,
  document: JsonSchema,
  resolve: Resolve,
): Target | undefined {
  const hash = reference.indexOf('#');
  const base = hash < 0 ? reference : reference.slice(0, hash);
  const fragment = hash < 0 ? '' : decode(reference.slice(hash + 1));
  const target = base === '' || base === document['$id'] ? document : resolve(base);
  if (target === undefined || fragment === undefined) return undefined;
  if (fragment !== '' && !fragment.startsWith('/')) return undefined;
  const schema = atPointer(target, fragment);
  return isSchemaObject(schema) ? { schema, document: target, pointer: fragment } : undefined;
}

function decode(fragment: string): string | undefined {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return undefined;
  }
}

/** A field's schema with its chain of references merged in: members next to a `$ref` override those of its target. */
export function withReferences(schema: JsonSchema, document: JsonSchema, resolve: Resolve): JsonSchema {
  let merged = schema;
  let home = document;
  for (let steps = 0; steps < 32 && typeof merged['$ref'] === 'string'; steps += 1) {
    const target = resolveReference(merged['$ref'], home, resolve);
    if (target === undefined) return merged;
    const { $ref: _followed, ...own } = merged;
    merged = { ...target.schema, ...own };
    home = target.document;
  }
  return merged;
}
