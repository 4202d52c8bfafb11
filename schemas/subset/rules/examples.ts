/** Small schemas used in the examples of the rules. */
import type { RuleRow } from './ruleRow.ts';

export const text = { type: 'string', maxLength: 10 };
export const closed = (properties: object, required: readonly string[] = []): object => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
export const open = (properties: object, required: readonly string[] = []): object => ({
  type: 'object',
  properties,
  required,
});
export const field = (old: unknown, fresh: unknown): Pick<RuleRow, 'old' | 'fresh'> => ({
  old: closed({ f: old }),
  fresh: closed({ f: fresh }),
});
export const kind = (value: string, more: object = {}): object =>
  closed({ kind: { const: value }, ...more }, ['kind']);
