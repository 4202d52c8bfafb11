import type { JsonSchema } from '../datasetSchema.ts';
import { resolveReference, type Resolve, type Target } from '../references.ts';
import { walkSchema, partsOf } from './walk.ts';
import { atOnce } from '../../terms/atOnce.ts';

/**
 * Pointer of the first place of a document for which something holds. Nested places and targets of references count too, whatever
 * accompanies the reference. Undefined when there is none.
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
    if (target !== undefined && atOnce(reaches(target))) return pointer;
  }
  return undefined;
}

/**
 * For queries over many documents: pointers of the places of one document for which something holds, or whose reference leads to such a
 * part of another document, directly or indirectly. Within the document the place itself is returned. It yields between its steps.
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

type SchemaPlace = Pick<Target, 'schema' | 'document'>;

/** Whether something holds of a sub-schema or of a target of its references; it yields between its steps, so that other work can run. */
type Reaching = (of: SchemaPlace) => Generator<undefined, boolean>;

/**
 * For queries over many sub-schemas: whether something holds of them, of nested parts, or of targets of references. Results are cached over
 * all documents: each sub-schema is visited once, however many references lead to it.
 */
function reaching(resolve: Resolve, holds: (schema: JsonSchema) => boolean): Reaching {
  const settled = new Map<JsonSchema, boolean>();
  return function* reaches(start) {
    const before = settled.get(start.schema);
    if (before !== undefined) return before;
    // all unsettled sub-schemas that it leads to, with their predecessors: in a cycle none is settled before all of it is visited
    const ledFrom = new Map<JsonSchema, JsonSchema[]>([[start.schema, []]]);
    const open: SchemaPlace[] = [start];
    const reached: JsonSchema[] = [];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      yield;
      if (holds(next.schema)) {
        reached.push(next.schema);
        continue;
      }
      for (const step of stepsFrom(next, resolve)) {
        const known = settled.get(step.schema);
        if (known === true) reached.push(next.schema);
        if (known !== undefined) continue;
        const sources = ledFrom.get(step.schema);
        if (sources === undefined) {
          ledFrom.set(step.schema, [next.schema]);
          open.push(step);
        } else sources.push(next.schema);
      }
    }
    for (let one = reached.pop(); one !== undefined; one = reached.pop()) {
      yield;
      if (settled.has(one)) continue;
      settled.set(one, true);
      for (const source of ledFrom.get(one) ?? []) reached.push(source);
    }
    for (const one of ledFrom.keys()) {
      yield;
      if (!settled.has(one)) settled.set(one, false);
    }
    return settled.get(start.schema) === true;
  };
}

function* stepsFrom({ schema, document }: SchemaPlace, resolve: Resolve): Generator<SchemaPlace> {
  const { $ref } = schema;
  const target = typeof $ref === 'string' ? resolveReference($ref, document, resolve) : undefined;
  if (target !== undefined) yield target;
  for (const part of partsOf(schema)) yield { schema: part, document };
}
