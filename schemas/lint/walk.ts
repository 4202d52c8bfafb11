import type { JsonSchema } from '../datasetSchema.ts';
import { isSchemaObject, pointerTo, typesOf } from '../jsonSchema.ts';
import { inPlaceMany, inPlaceOne, limits, mapMany, partOne } from './profile.ts';

/** One sub-schema and its place. */
export interface Place {
  readonly schema: JsonSchema;
  readonly pointer: string;
  /**
   * relation to the parent: `property` and `item` apply to a part of the value, `inPlace` to the same value, `key` to a name, `definition`
   * to nothing
   */
  readonly role: 'root' | 'property' | 'item' | 'inPlace' | 'key' | 'definition';
  readonly depth: number;
  /** nearest schema that applies to the same value and was not reached in place */
  readonly owner: JsonSchema;
  /** it only narrows a value that `owner` describes: a branch of a condition, or a property of one that is declared outside it */
  readonly narrows: boolean;
  /** schema whose keyword leads here */
  readonly parent?: Place;
  /** property name, for role property */
  readonly name?: string;
}

/**
 * Every sub-schema of a document in document order, parents first. `false` and `true` as sub-schemas are not visited. Below the depth limit
 * nothing is visited, and `onDeep` is called.
 */
export function* walkSchema(
  document: JsonSchema,
  onDeep: (pointer: string) => void = () => undefined,
): Generator<Place> {
  const waiting: Place[] = [rootOf(document)];
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    if (place.depth > limits.depth) {
      onDeep(place.pointer);
      continue;
    }
    yield place;
    const children = childrenOf(place);
    for (let at = children.length - 1; at >= 0; at -= 1) waiting.push(children[at] as Place);
  }
}

const rootOf = (schema: JsonSchema): Place => ({
  schema,
  pointer: '',
  role: 'root',
  depth: 1,
  owner: schema,
  narrows: false,
});

/** The in-place sub-schemas of a schema, not those of its parts. */
export function* partsOf(schema: JsonSchema): Generator<JsonSchema> {
  for (const place of childrenOf(rootOf(schema))) yield place.schema;
}

function childrenOf(place: Place): readonly Place[] {
  const { schema } = place;
  const found: Place[] = [];
  const add = (
    value: unknown,
    role: Place['role'],
    keyword: string,
    step?: string | number,
    name?: string,
  ): void => {
    if (!isSchemaObject(value)) return;
    const outside = ownerOf(place, role, value, name);
    const narrows =
      role === 'inPlace'
        ? place.narrows || keyword === 'not' || keyword === 'if' || typesOf(place.owner) !== undefined
        : outside !== value;
    const base = pointerTo(place.pointer, keyword);
    const own = {
      schema: value,
      pointer: step === undefined ? base : pointerTo(base, step),
      role,
      depth: place.depth + 1,
      owner: outside,
      narrows,
      parent: place,
    };
    found.push(name === undefined ? own : { ...own, name });
  };
  for (const keyword of mapMany) {
    const map = schema[keyword];
    if (!isSchemaObject(map)) continue;
    const role = keyword === '$defs' ? 'definition' : keyword === 'dependentSchemas' ? 'inPlace' : 'property';
    for (const [name, value] of Object.entries(map)) add(value, role, keyword, name, name);
  }
  for (const keyword of partOne) {
    const role = keyword === 'propertyNames' ? 'key' : keyword.endsWith('Properties') ? 'property' : 'item';
    add(schema[keyword], role, keyword);
  }
  for (const keyword of inPlaceOne) add(schema[keyword], 'inPlace', keyword);
  for (const keyword of [...inPlaceMany, 'prefixItems'] as const) {
    const list = schema[keyword];
    if (!Array.isArray(list)) continue;
    const role = keyword === 'prefixItems' ? 'item' : 'inPlace';
    for (const [index, value] of list.entries()) add(value, role, keyword, index);
  }
  return found;
}

/** The schema that describes the value of a child: itself, unless it narrows what another one declares. */
function ownerOf(place: Place, role: Place['role'], value: JsonSchema, name: string | undefined): JsonSchema {
  if (role === 'inPlace') return place.owner;
  if (role !== 'property' || name === undefined || !place.narrows) return value;
  const declared = place.owner['properties'];
  const counterpart = isSchemaObject(declared) && Object.hasOwn(declared, name) ? declared[name] : undefined;
  return isSchemaObject(counterpart) ? counterpart : value;
}
