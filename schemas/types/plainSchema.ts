/**
 * A schema of the profile in the words of draft 4 that `json-schema-to-typescript` reads, without any text of a steward that it would
 * print as code. Constraints that types cannot express (bounds, patterns, conditions) are omitted: the type is wider, never wrong.
 */
import type { JsonSchema } from '../datasetSchema.ts';
import { isSchemaObject, schemasOf, typesOf } from '../jsonSchema.ts';
import { commentOf } from './typeComment.ts';

/** A JSON value as a literal type. */
function literalType(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literalType).join(', ')}]`;
  if (!isSchemaObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${literalType(one)}`);
  return members.length === 0 ? '{ [name: string]: never }' : `{ ${members.join('; ')} }`;
}

/** The name of a `$ref` target in the module. */
export type NameOf = (reference: string) => string;

/**
 * References and values become `tsType`, which is printed as it is: names come from `nameOf`, values are quoted by `literalType`.
 * @param narrowed the types of the schema that this one narrows (a branch of allOf, anyOf, oneOf); absent where it is independent
 * @returns `{}` where every value is allowed
 */
export function plainSchema(schema: unknown, nameOf: NameOf, narrowed?: readonly string[]): JsonSchema {
  if (schema === false) return { tsType: 'never' };
  if (!isSchemaObject(schema)) return {};
  const own = typesOf(schema);
  const parts: JsonSchema[] = [];
  if (typeof schema['$ref'] === 'string') parts.push({ tsType: nameOf(schema['$ref']) });
  const listed = 'const' in schema ? [schema['const']] : schema['enum'];
  if (Array.isArray(listed)) parts.push({ tsType: `(${[...new Set(listed.map(literalType))].join(' | ')})` });
  else {
    const types = own ?? (narrowed?.length === 1 ? narrowed : []);
    const shapes = types.flatMap((type) => shapeOf(schema, type, nameOf, narrowed !== undefined));
    if (shapes.length > 0) parts.push(choiceOf(shapes));
  }
  parts.push(...branchesOf(schema, own ?? narrowed ?? [], nameOf));
  const [first, second] = parts;
  if (first === undefined) return described({}, schema);
  return described(second === undefined ? first : { allOf: parts }, schema);
}

/** Whether every value is allowed. */
const isAny = (plain: JsonSchema): boolean => Object.keys(plain).every((word) => word === 'description');

const choiceOf = (plain: readonly JsonSchema[]): JsonSchema =>
  plain.length === 1 && plain[0] !== undefined ? plain[0] : { anyOf: plain };

function described(plain: JsonSchema, schema: JsonSchema): JsonSchema {
  const description = commentOf(schema);
  return description === '' ? plain : { ...plain, description };
}

function branchesOf(schema: JsonSchema, types: readonly string[], nameOf: NameOf): JsonSchema[] {
  const branches = (keyword: string): JsonSchema[] => {
    const list = schema[keyword];
    return Array.isArray(list) ? list.map((branch) => plainSchema(branch, nameOf, types)) : [];
  };
  const choices = ['anyOf', 'oneOf']
    .map(branches)
    .filter((list) => list.length > 0 && !list.some(isAny))
    .map(choiceOf);
  return [...branches('allOf').filter((plain) => !isAny(plain)), ...choices];
}

const scalars = new Set(['string', 'integer', 'number', 'boolean', 'null']);

/** @returns none where this type adds nothing */
function shapeOf(schema: JsonSchema, type: string, nameOf: NameOf, narrows: boolean): JsonSchema[] {
  if (type === 'object') return objectOf(schema, nameOf, narrows);
  if (type === 'array') return [arrayOf(schema, nameOf)];
  return scalars.has(type) ? [{ type }] : [];
}

const inPlace = ['$ref', 'allOf', 'anyOf', 'oneOf'];

function objectOf(schema: JsonSchema, nameOf: NameOf, narrows: boolean): JsonSchema[] {
  const required = Array.isArray(schema['required'])
    ? schema['required'].filter((name): name is string => typeof name === 'string')
    : [];
  const named = new Map(
    schemasOf(schema['properties']).map(([name, field]) => [name, plainSchema(field, nameOf)]),
  );
  for (const name of required) if (!named.has(name)) named.set(name, {});
  const additionalProperties = narrows ? false : otherMembers(schema, nameOf, named.size > 0);
  if (named.size > 0 || additionalProperties !== false)
    return [{ type: 'object', properties: Object.fromEntries(named), required, additionalProperties }];
  // an object without named members adds nothing to its branches
  if (narrows || inPlace.some((keyword) => schema[keyword] !== undefined)) return [];
  return [{ tsType: '{ [name: string]: never }' }];
}

/** The schema of members that no property names; false where none are allowed. */
function otherMembers(schema: JsonSchema, nameOf: NameOf, hasNamed: boolean): JsonSchema | false {
  const patterns = schemasOf(schema['patternProperties']).map(([, value]) => value);
  const rest = schema['additionalProperties'] ?? schema['unevaluatedProperties'];
  const values = [...patterns, ...(rest === false ? [] : [rest])];
  if (values.length === 0) return false;
  // an index signature applies to the named members too
  const choices = hasNamed ? [{}] : values.map((value) => plainSchema(value, nameOf));
  return choices.some(isAny) ? { tsType: 'unknown' } : choiceOf(choices);
}

/** A tuple has the length that its schema declares (lint requires it). */
function arrayOf({ prefixItems, items }: JsonSchema, nameOf: NameOf): JsonSchema {
  if (items === false && !Array.isArray(prefixItems)) return { tsType: '[]' };
  if (!Array.isArray(prefixItems)) return { type: 'array', items: plainSchema(items, nameOf) };
  const places = prefixItems.map((item) => plainSchema(item, nameOf));
  return {
    type: 'array',
    items: places,
    additionalItems: false,
    minItems: places.length,
    maxItems: places.length,
  };
}
