import type { JsonSchema } from '../datasetSchema.ts';
import { resolveReference, type Resolve, type Target } from '../references.ts';
import { walkSchema, partsOf } from './walk.ts';

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

type Standing = Pick<Target, 'schema' | 'document'>;

/** Whether something holds of a sub-schema or of what it leads to; it yields between its steps, so that others may be let in. */
type Reaching = (of: Standing) => Generator<undefined, boolean>;

/**
 * For who asks of many sub-schemas whether something holds of them, of what is nested in them, or of what references lead to. What is found of
 * one is kept for the next, over all documents: each sub-schema is gone through once, however many references lead to it.
 */
function reaching(resolve: Resolve, holds: (schema: JsonSchema) => boolean): Reaching {
  const settled = new Map<JsonSchema, boolean>();
  return function* reaches(start) {
    const before = settled.get(start.schema);
    if (before !== undefined) return before;
    // everything that it leads to and that is not settled, with what leads there: in a circle nobody is settled before all of it is seen
    const ledFrom = new Map<JsonSchema, JsonSchema[]>([[start.schema, []]]);
    const open: Standing[] = [start];
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

function* stepsFrom({ schema, document }: Standing, resolve: Resolve): Generator<Standing> {
  const { $ref } = schema;
  const target = typeof $ref === 'string' ? resolveReference($ref, document, resolve) : undefined;
  if (target !== undefined) yield target;
  for (const part of partsOf(schema)) yield { schema: part, document };
}
