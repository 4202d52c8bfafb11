/**
 * Converts a schema to the text of a TypeScript type. Constraints that types cannot express (bounds, patterns, conditions) are omitted: the
 * type is wider, never wrong.
 */
import type { JsonSchema } from '../datasetSchema.ts';
import { isSchemaObject, typesOf } from '../jsonSchema.ts';
import { joined, layOut, type TypeText } from './layOut.ts';
import { literalType, memberName } from './typeLiteral.ts';
import { commentOf } from './typeComment.ts';

/** The name of a `$ref` target in the module. */
export type NameOf = (reference: string) => string;

const unknown: TypeText = { text: 'unknown', binds: 'one' };
const never: TypeText = { text: 'never', binds: 'one' };
const scalars: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  null: 'null',
};

/** @param narrowed the types of the schema that this one narrows (a branch of allOf, anyOf, oneOf); absent where it is independent */
export function typeText(schema: unknown, nameOf: NameOf, narrowed?: readonly string[]): TypeText {
  if (schema === false) return never;
  if (!isSchemaObject(schema)) return unknown;
  const own = typesOf(schema);
  const parts: TypeText[] = [];
  if (typeof schema['$ref'] === 'string') parts.push({ text: nameOf(schema['$ref']), binds: 'one' });
  const listed = 'const' in schema ? [schema['const']] : schema['enum'];
  if (Array.isArray(listed)) {
    parts.push(
      joined(
        listed.map((value) => ({ text: literalType(value), binds: 'one' })),
        '|',
      ),
    );
  } else {
    const shape = shapeOf(
      schema,
      own ?? (narrowed?.length === 1 ? narrowed : []),
      nameOf,
      narrowed !== undefined,
    );
    if (shape !== undefined) parts.push(shape);
  }
  parts.push(...branchesOf(schema, own ?? narrowed ?? [], nameOf));
  return parts.length === 0 ? unknown : joined(parts, '&');
}

function branchesOf(schema: JsonSchema, types: readonly string[], nameOf: NameOf): TypeText[] {
  const texts = (keyword: string): TypeText[] => {
    const list = schema[keyword];
    return Array.isArray(list) ? list.map((branch) => typeText(branch, nameOf, types)) : [];
  };
  const choices = ['anyOf', 'oneOf']
    .map(texts)
    .filter((list) => list.length > 0 && !list.includes(unknown))
    .map((list) => joined(list, '|'));
  return [...texts('allOf').filter((text) => text !== unknown), ...choices];
}

function shapeOf(
  schema: JsonSchema,
  types: readonly string[],
  nameOf: NameOf,
  narrows: boolean,
): TypeText | undefined {
  const choices = types.flatMap((type): TypeText[] => {
    if (type === 'object') return objectText(schema, nameOf, narrows);
    if (type === 'array') return [arrayText(schema, nameOf)];
    const text = scalars[type];
    return text === undefined ? [] : [{ text, binds: 'one' }];
  });
  return choices.length === 0 ? undefined : joined(choices, '|');
}

const inPlace = ['$ref', 'allOf', 'anyOf', 'oneOf'];

function objectText(schema: JsonSchema, nameOf: NameOf, narrows: boolean): TypeText[] {
  const properties = isSchemaObject(schema['properties']) ? schema['properties'] : {};
  const required = new Set<unknown>(Array.isArray(schema['required']) ? schema['required'] : []);
  const members = Object.entries(properties).map(([name, field]): string => {
    const comment = isSchemaObject(field) ? commentOf(field) : '';
    const said = comment === '' ? '' : `/** ${comment} */\n`;
    const head = `${memberName(name)}${required.has(name) ? '' : '?'}:`;
    return `${said}${head}${layOut(typeText(field, nameOf), head.length)};`;
  });
  for (const name of required)
    if (typeof name === 'string' && !Object.hasOwn(properties, name))
      members.push(`${memberName(name)}: unknown;`);
  const others = narrows ? undefined : otherMembers(schema, nameOf, members.length > 0);
  if (others !== undefined) members.push(`[name: string]:${layOut(others, 16)};`);
  if (members.length > 0) return [{ text: block(members), binds: 'one' }];
  // an unnamed object adds nothing to its in-place description
  if (narrows || inPlace.some((keyword) => schema[keyword] !== undefined)) return [];
  return [{ text: '{ [name: string]: never }', binds: 'one' }];
}

/** The type of members that no property names; undefined where none are allowed. */
function otherMembers(schema: JsonSchema, nameOf: NameOf, besideNamed: boolean): TypeText | undefined {
  const patterns = isSchemaObject(schema['patternProperties'])
    ? Object.values(schema['patternProperties'])
    : [];
  const rest = schema['additionalProperties'] ?? schema['unevaluatedProperties'];
  const values = [...patterns, ...(rest === false ? [] : [rest])];
  if (values.length === 0) return undefined;
  // an index signature applies to the named members too
  return besideNamed
    ? unknown
    : joined(
        values.map((value) => typeText(value, nameOf)),
        '|',
      );
}

/** A tuple has the length that its schema declares (lint requires it). */
function arrayText({ prefixItems, items }: JsonSchema, nameOf: NameOf): TypeText {
  if (Array.isArray(prefixItems))
    return one(`[${prefixItems.map((item) => typeText(item, nameOf).text).join(', ')}]`);
  return items === false ? one('[]') : one(`${within(items, nameOf)}[]`);
}

function one(text: string): TypeText {
  return { text, binds: 'one' };
}

function within(schema: unknown, nameOf: NameOf): string {
  const { text, binds } = typeText(schema, nameOf);
  return binds === 'one' ? text : `(${text})`;
}

function block(members: readonly string[]): string {
  return `{\n${members.map((member) => member.replace(/^/gm, '  ')).join('\n')}\n}`;
}
