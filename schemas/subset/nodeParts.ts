/** Parts of a node by themselves, and their texts: the inputs of the list of changes. */
import { decimalText, type Decimal } from '../../terms/decimal.ts';
import { canonicalText } from '../readJson.ts';
import { isSchemaObject } from '../jsonSchema.ts';
import type { Node } from './node.ts';

export const counted = [
  ['minLength', 'minLength'],
  ['maxLength', 'maxLength'],
  ['minItems', 'minItems'],
  ['maxItems', 'maxItems'],
  ['minProperties', 'minProperties'],
  ['maxProperties', 'maxProperties'],
] as const;
export const measured = [
  ['minimum', 'minimum'],
  ['maximum', 'maximum'],
  ['above', 'exclusiveMinimum'],
  ['below', 'exclusiveMaximum'],
  ['multipleOf', 'multipleOf'],
] as const satisfies readonly (readonly [keyof Node, string])[];

export function typeNames({ types, whole }: Node): string[] {
  if (types === undefined) return ['null', 'boolean', 'number', 'string', 'array', 'object'];
  return [...types].map((type) => (type === 'number' && whole === true ? 'integer' : type)).sort();
}

export function sorted(values: readonly unknown[] | undefined): unknown {
  return values === undefined ? null : [...values].map(canonicalText).sort();
}

export function given(name: 'from' | 'to', value: unknown): Record<string, unknown> {
  return value === undefined ? {} : { [name]: value };
}

export function only(node: Node, keys: readonly (keyof Node)[]): Node {
  return Object.fromEntries(
    Object.entries(node).filter(([key]) => (keys as readonly string[]).includes(key)),
  );
}

export function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) =>
    one instanceof Map
      ? [...(one as Map<string, unknown>)]
      : isSchemaObject(one) && typeof one['units'] === 'bigint'
        ? decimalText(one as unknown as Decimal)
        : one,
  );
}
