/** Paths of fields in grants: `name`, `address.street`, `contacts[].phone`, `tags[]`. */
import type { DatasetSchema, FieldType, JsonSchema } from '../../../schemas/datasetSchema.ts';
import { isPlaceSchema } from '../../../schemas/places/point.ts';
import { withReferences } from '../../../schemas/references.ts';
import { perPlace } from '../../meetsCondition.ts';
import type { MaskDomain } from '../mask.ts';
import { isObject } from '../../../terms/isObject.ts';

export interface PathStep {
  readonly name: string;
  /** `[]` after the name: the rule applies to each element */
  readonly each: boolean;
}

export function parsePath(path: string): readonly PathStep[] {
  return path.split('.').map((part) => {
    const each = part.endsWith('[]');
    return { name: each ? part.slice(0, -2) : part, each };
  });
}

/** The top-level field of a path. */
export function rootOf(path: string): string {
  const dot = path.indexOf('.');
  const whole = dot < 0 ? path : path.slice(0, dot);
  return whole.endsWith('[]') ? whole.slice(0, -2) : whole;
}

/** A place in a schema: what a mask may expect there, and the sub-schema itself. */
export interface SchemaPlace {
  readonly domain: MaskDomain;
  readonly nullable: boolean;
  readonly schema: JsonSchema;
}

/** The schema at a path; undefined where it has no such place. */
export const placeOf = perPlace(findPlace);

function findPlace(schema: DatasetSchema, path: string): SchemaPlace | undefined {
  const [first, ...rest] = parsePath(path);
  const field = schema.fields.find((one) => one.name === first?.name);
  if (first === undefined || field === undefined) return undefined;
  let at: JsonSchema | undefined = resolved(field.schema, schema);
  if (first.each) at = itemsOf(at, schema);
  for (const step of rest) {
    at = at === undefined ? undefined : propertyOf(at, step.name, schema);
    if (step.each) at = at === undefined ? undefined : itemsOf(at, schema);
  }
  return at === undefined ? undefined : placeIn(at);
}

/** Deeper than any grant reaches (`fields` of an agreement has eight steps); schemas may refer to themselves. */
const deepest = 8;

/** Every place of a schema that a grant could name, including those inside objects and arrays, each after its parent. */
export function pathsOf(schema: DatasetSchema): readonly string[] {
  let paths = pathsKnown.get(schema);
  if (paths === undefined) {
    paths = schema.fields.flatMap((field) =>
      pathsFrom(schema, resolved(field.schema, schema), field.name, 1),
    );
    pathsKnown.set(schema, paths);
  }
  return paths;
}

const pathsKnown = new WeakMap<DatasetSchema, readonly string[]>();

function pathsFrom(root: DatasetSchema, at: JsonSchema, path: string, depth: number): readonly string[] {
  const items = path.endsWith('[]') ? undefined : itemsOf(at, root);
  if (items !== undefined) return [path, ...pathsFrom(root, items, `${path}[]`, depth)];
  if (depth === deepest || !isObject(at['properties'])) return [path];
  const members = Object.keys(at['properties']).flatMap((name) => {
    const member = propertyOf(at, name, root);
    return member === undefined ? [] : pathsFrom(root, member, `${path}.${name}`, depth + 1);
  });
  return [path, ...members];
}

/** A member of an object; a place has none that a grant could name. */
export function propertyOf(schema: JsonSchema, name: string, root: DatasetSchema): JsonSchema | undefined {
  const { properties } = schema;
  return !isPlaceSchema(schema) &&
    isObject(properties) &&
    Object.hasOwn(properties, name) &&
    isObject(properties[name])
    ? resolved(properties[name], root)
    : undefined;
}

export function itemsOf(schema: JsonSchema, root: DatasetSchema): JsonSchema | undefined {
  return isObject(schema['items']) ? resolved(schema['items'], root) : undefined;
}

function placeIn(schema: JsonSchema): SchemaPlace | undefined {
  const { format } = schema;
  const types = valueTypes(schema);
  const kinds = types.filter((one) => one !== 'null');
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) return undefined;
  return {
    domain: {
      type: kind,
      ...(typeof format === 'string' ? { format } : {}),
      ...(isPlaceSchema(schema) ? { isPlace: true } : {}),
    },
    nullable: types.includes('null'),
    schema,
  };
}

/** The types of a schema's values: by `type`, else by the values of `enum` or `const`, else by the branches of a sum. */
export function valueTypes(schema: JsonSchema): readonly (FieldType | 'null')[] {
  const { type, anyOf, oneOf } = schema;
  if (typeof type === 'string') return [type as FieldType];
  if (Array.isArray(type)) return type as FieldType[];
  const codes: readonly unknown[] = Array.isArray(schema['enum'])
    ? schema['enum']
    : Object.hasOwn(schema, 'const')
      ? [schema['const']]
      : [];
  const branches: readonly unknown[] = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : [];
  return [...new Set([...codes.map(typeOfValue), ...branches.filter(isObject).flatMap(valueTypes)])];
}

function typeOfValue(value: unknown): FieldType | 'null' {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value === 'string' ? 'string' : typeof value === 'boolean' ? 'boolean' : 'object';
}

/** Resolves a chain of references below a field, with the keywords next to each reference. */
function resolved(schema: JsonSchema, { document, references }: DatasetSchema): JsonSchema {
  return withReferences(schema, document, (urn) => references?.find((other) => other['$id'] === urn));
}
