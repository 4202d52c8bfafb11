import type { JsonSchema } from '../datasetSchema.ts';
import { isSchemaObject, pointerTo, schemasOf, typesOf } from '../jsonSchema.ts';
import { inPlaceMany, inPlaceOne, limits, mapMany, partOne } from './profile.ts';

/** One sub-schema and where it stands. */
export interface Place {
  readonly schema: JsonSchema;
  readonly pointer: string;
  /** how it was reached: `property` and `item` see a part of the value, `inPlace` the same value, `key` a name, `definition` nothing */
  readonly role: 'root' | 'property' | 'item' | 'inPlace' | 'key' | 'definition';
  readonly depth: number;
  /** nearest schema that sees the same value and was not reached in place */
  readonly owner: JsonSchema;
  /** it only narrows a value that `owner` describes: a branch of a condition, or a property of one that is declared outside it */
  readonly narrows: boolean;
  /** schema whose keyword leads here */
  readonly parent?: Place;
  /** property name, for role property */
  readonly name?: string;
}

/**
 * Every sub-schema of a document in its own order, parents first. `false` and `true` as sub-schemas are not visited.
 * Below the depth limit nothing is visited; `onDeep` hears of it.
 */
export function* walkSchema(
  document: JsonSchema,
  onDeep: (pointer: string) => void = () => undefined,
): Generator<Place> {
  yield* below(
    { schema: document, pointer: '', role: 'root', depth: 1, owner: document, narrows: false },
    onDeep,
  );
}

/** The sub-schemas that stand in one, not in its parts. */
export function* partsOf(schema: JsonSchema): Generator<JsonSchema> {
  const root = { schema, pointer: '', role: 'root', depth: 1, owner: schema, narrows: false } as const;
  for (const place of childrenOf(root)) yield place.schema;
}

function* below(place: Place, onDeep: (pointer: string) => void): Generator<Place> {
  if (place.depth > limits.depth) {
    onDeep(place.pointer);
    return;
  }
  yield place;
  for (const child of childrenOf(place)) yield* below(child, onDeep);
}

function* childrenOf(place: Place): Generator<Place> {
  const { schema } = place;
  const child = (
    value: unknown,
    role: Place['role'],
    pointer: string,
    keyword: string,
    name?: string,
  ): Place[] => {
    if (!isSchemaObject(value)) return [];
    const outside = ownerOf(place, role, value, name);
    const narrows =
      role === 'inPlace'
        ? place.narrows || keyword === 'not' || keyword === 'if' || typesOf(place.owner) !== undefined
        : outside !== value;
    const own = {
      schema: value,
      pointer,
      role,
      depth: place.depth + 1,
      owner: outside,
      narrows,
      parent: place,
    };
    return [name === undefined ? own : { ...own, name }];
  };
  for (const keyword of mapMany) {
    const role = keyword === '$defs' ? 'definition' : keyword === 'dependentSchemas' ? 'inPlace' : 'property';
    const base = pointerTo(place.pointer, keyword);
    for (const [name, value] of schemasOf(schema[keyword]))
      yield* child(value, role, pointerTo(base, name), keyword, name);
  }
  for (const keyword of partOne) {
    const role = keyword === 'propertyNames' ? 'key' : keyword.endsWith('Properties') ? 'property' : 'item';
    yield* child(schema[keyword], role, pointerTo(place.pointer, keyword), keyword);
  }
  for (const keyword of inPlaceOne)
    yield* child(schema[keyword], 'inPlace', pointerTo(place.pointer, keyword), keyword);
  for (const keyword of [...inPlaceMany, 'prefixItems'] as const) {
    const list = schema[keyword];
    if (!Array.isArray(list)) continue;
    const base = pointerTo(place.pointer, keyword);
    for (const [index, value] of list.entries()) {
      yield* child(value, keyword === 'prefixItems' ? 'item' : 'inPlace', pointerTo(base, index), keyword);
    }
  }
}

/** The schema that describes the value of a child: itself, unless it narrows what another one declares. */
function ownerOf(place: Place, role: Place['role'], value: JsonSchema, name: string | undefined): JsonSchema {
  if (role === 'inPlace') return place.owner;
  if (role !== 'property' || name === undefined || !place.narrows) return value;
  const declared = place.owner['properties'];
  const counterpart = isSchemaObject(declared) && Object.hasOwn(declared, name) ? declared[name] : undefined;
  return isSchemaObject(counterpart) ? counterpart : value;
}
