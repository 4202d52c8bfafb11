import type { JsonSchema } from '../datasetSchema.ts';
import { isSchemaObject } from '../jsonSchema.ts';
import { resolveReference, type Resolve, type Target } from '../references.ts';
import { inPlaceMany, inPlaceOne, limits } from './profile.ts';
import type { Report } from './report.ts';
import { walkSchema, type Place } from './walk.ts';

/** References must resolve inside the profile, must not be circular in place, and must not explode when expanded. */
export function checkReferences(
  document: JsonSchema,
  places: readonly Place[],
  resolve: Resolve,
  report: Report,
): void {
  let sound = true;
  for (const { schema, pointer } of places) {
    const { $ref } = schema;
    if (typeof $ref !== 'string') continue;
    const path = `${pointer}/$ref`;
    if (!$ref.startsWith('#') && !$ref.startsWith('urn:datong:')) {
      report('ref_remote', path);
      sound = false;
    } else if (resolveReference($ref, document, resolve) === undefined) {
      report('ref_unresolved', path, { ref: $ref });
      sound = false;
    } else if (returnsToItself(schema, document, resolve)) {
      report('ref_cycle', path);
      sound = false;
    }
  }
  if (sound && expandedSize(document, document, resolve, new Map(), new Set()) > limits.expandedNodes)
    report('expanded_too_large', '');
}

/** Whether a schema reaches itself through references and in-place keywords alone, so that the value never gets smaller. */
function returnsToItself(start: JsonSchema, document: JsonSchema, resolve: Resolve): boolean {
  const seen = new Set<JsonSchema>();
  const stack: Pick<Target, 'schema' | 'document'>[] = [{ schema: start, document }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    for (const target of inPlaceTargets(next, resolve)) {
      if (target.schema === start) return true;
      if (seen.has(target.schema)) continue;
      seen.add(target.schema);
      stack.push(target);
    }
  }
  return false;
}

function inPlaceTargets(
  { schema, document }: Pick<Target, 'schema' | 'document'>,
  resolve: Resolve,
): Pick<Target, 'schema' | 'document'>[] {
  const found: Pick<Target, 'schema' | 'document'>[] = [];
  if (typeof schema['$ref'] === 'string') {
    const target = resolveReference(schema['$ref'], document, resolve);
    if (target !== undefined) found.push(target);
  }
  const dependent = isSchemaObject(schema['dependentSchemas'])
    ? Object.values(schema['dependentSchemas'])
    : [];
  const listed = inPlaceMany.flatMap((keyword): unknown[] =>
    Array.isArray(schema[keyword]) ? schema[keyword] : [],
  );
  for (const child of [...inPlaceOne.map((keyword) => schema[keyword]), ...listed, ...dependent]) {
    if (isSchemaObject(child)) found.push({ schema: child, document });
  }
  return found;
}

/** Number of sub-schemas after expansion, including those of definitions: searches visit them. A recursive reference counts once. */
function expandedSize(
  schema: JsonSchema,
  document: JsonSchema,
  resolve: Resolve,
  known: Map<JsonSchema, number>,
  open: Set<JsonSchema>,
): number {
  const before = known.get(schema);
  if (before !== undefined) return before;
  if (open.has(schema)) return 1;
  open.add(schema);
  let size = 0;
  for (const place of walkSchema(schema)) {
    size += 1;
    const { $ref } = place.schema;
    if (typeof $ref !== 'string') continue;
    const target = resolveReference($ref, document, resolve);
    if (target !== undefined) size += expandedSize(target.schema, target.document, resolve, known, open);
    if (size > limits.expandedNodes) break;
  }
  open.delete(schema);
  known.set(schema, size);
  return size;
}
