import type { DatasetSchema, JsonSchema, SchemaField } from '../datasetSchema.ts';
import { typesOf } from '../jsonSchema.ts';
import type { Random } from './random.ts';

/** One way to break the value of a field; undefined where the field has no such rule. */
type Spoil = (field: SchemaField, value: unknown, random: Random) => unknown;

const numberOf = (schema: JsonSchema, keyword: string): number | undefined => {
  const value = schema[keyword];
  return typeof value === 'number' ? value : undefined;
};

const spoils: readonly Spoil[] = [
  // another type
  ({ type }) => (type === 'string' ? 20260101 : 'NA'),
  // a digit of a number with check digit
  ({ format }, value) =>
    typeof value === 'string' && format !== undefined && /^cn-(resident-id|uscc|bank-card)$/.test(format)
      ? `${value.slice(0, -1)}${value.endsWith('7') ? '1' : '7'}`
      : undefined,
  // cut short
  ({ format, schema }, value) =>
    typeof value === 'string' && (format !== undefined || schema['pattern'] !== undefined)
      ? value.slice(0, -3)
      : undefined,
  // too long
  ({ schema }) => {
    const most = numberOf(schema, 'maxLength');
    return most !== undefined && schema['pattern'] === undefined && schema['format'] === undefined
      ? '长'.repeat(most + 1)
      : undefined;
  },
  // empty
  ({ schema }) => ((numberOf(schema, 'minLength') ?? 0) > 0 ? '' : undefined),
  // an invalid date
  ({ format }, value) =>
    format === 'date'
      ? '2026-02-30'
      : format === 'date-time' && typeof value === 'string'
        ? value.slice(0, 19)
        : undefined,
  // outside the bounds
  ({ schema }) => {
    const most = numberOf(schema, 'maximum');
    return most === undefined ? undefined : most + 5 * (numberOf(schema, 'multipleOf') ?? 1);
  },
  // a code or a value that is not listed
  ({ schema }) =>
    schema['x-code'] === undefined ? (Array.isArray(schema['enum']) ? '不在表内' : undefined) : '999999',
  // null where it is not allowed
  ({ schema }) => (typesOf(schema)?.includes('null') === false ? null : undefined),
];

/** A copy of a valid record that is wrong in one place; the turn chooses field and rule. Undefined where they are not compatible. */
export function breakValue(
  schema: DatasetSchema,
  record: Readonly<Record<string, unknown>>,
  random: Random,
  turn: number,
): Record<string, unknown> | undefined {
  const field = schema.fields[turn % schema.fields.length];
  if (field === undefined) return undefined;
  const way = Math.floor(turn / schema.fields.length) % (spoils.length + 2);
  if (way === spoils.length)
    return field.required
      ? Object.fromEntries(Object.entries(record).filter(([name]) => name !== field.name))
      : undefined;
  if (way === spoils.length + 1) return { ...record, [`unknown_${random.whole(1, 99)}`]: 1 };
  const value = spoils[way]?.(field, record[field.name], random);
  return value === undefined ? undefined : { ...record, [field.name]: value };
}
