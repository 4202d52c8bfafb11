import type { DatasetSchema, SchemaField } from '../../schemas/datasetSchema.ts';
import { isPlaceSchema } from '../../schemas/places/point.ts';
import { isWithin } from '../../schemas/places/within.ts';
import type { RowCondition } from '../decision.ts';
import type { RowRule } from '../documents/agreement.ts';
import type { Report } from './report.ts';
import { isDateText } from '../../terms/civilDate.ts';
import { parseDecimal } from '../../terms/decimal.ts';
import { instantNamed } from '../../terms/moment.ts';
import { isObject } from '../../terms/isObject.ts';

const bounds = new Set(['gte', 'gt', 'lte', 'lt']);

const maxTextLength = 1000;

/** Whether a filter's value has the form of its operator and the type of its field. Nothing is converted. */
export function fitsField(field: SchemaField, op: string, value: unknown): boolean {
  switch (op) {
    case 'eq':
      return fits(field, value);
    case 'in':
      return (
        Array.isArray(value) &&
        value.length > 0 &&
        value.length <= maxTextLength &&
        value.every((one) => fits(field, one))
      );
    case 'range':
      return (
        isObject(value) &&
        isOneOrTwoSided(Object.keys(value)) &&
        Object.values(value).every((bound) => fits(field, bound))
      );
    case 'within':
      return isPlaceSchema(field.schema) && isWithin(value);
    default:
      return false;
  }
}

function isOneOrTwoSided(names: readonly string[]): boolean {
  const lower = names.filter((name) => name === 'gte' || name === 'gt').length;
  return (
    names.length > 0 && names.every((name) => bounds.has(name)) && lower <= 1 && names.length - lower <= 1
  );
}

function fits(field: SchemaField, value: unknown): boolean {
  switch (field.type) {
    case 'string':
      return typeof value === 'string' && isStorable(value) && hasFormat(field.format, value);
    case 'integer':
      return Number.isSafeInteger(value);
    case 'number':
      return Number.isFinite(value);
    case 'boolean':
      return typeof value === 'boolean';
    default:
      return false;
  }
}

/** PostgreSQL text cannot store NUL, UTF-8 no lone surrogate. */
const isStorable = (text: string): boolean =>
  text.length <= maxTextLength && !text.includes('\u0000') && text.isWellFormed();

/** Formats stored in columns of another type than text: a value without the format would only fail in the database. */
function hasFormat(format: string | undefined, text: string): boolean {
  if (format === 'date') return isDateText(text);
  if (format === 'date-time') return instantNamed(text) !== undefined;
  return format === 'decimal' ? parseDecimal(text) !== undefined : true;
}

/**
 * The row filter of a grant, as conditions on stored rows. own-region becomes a range over division codes (GB/T 2260: two digits a level),
 * so that a city includes its districts and a district its streets.
 */
export function rowFilterOf(
  rules: readonly RowRule[],
  region: string | undefined,
  schema: DatasetSchema,
  path: string,
  report: Report,
): readonly RowCondition[] {
  return rules.flatMap((rule, i) => {
    const at = `${path}/rows/all/${i}`;
    const field = schema.fields.find((one) => one.name === rule.field);
    if (field === undefined) {
      report.error(
        'unknown_field',
        `${at}/field`,
        '数据集标准没有这个数据项',
        'the schema has no such field',
      );
      return [];
    }
    if ('is' in rule) {
      const range = region === undefined ? undefined : regionRange(region);
      if (range !== undefined && field.type === 'string') {
        return [{ field: rule.field, op: 'range' as const, value: range }];
      }
      report.error(
        'no_region',
        at,
        '需求部门没有登记行政区划',
        'the consumer has no division code registered',
      );
      return [];
    }
    if (!fitsField(field, rule.op, rule.value)) {
      report.error(
        'wrong_row_value',
        `${at}/value`,
        '值与数据项的类型不符',
        "the value does not have the field's type",
      );
      return [];
    }
    return [{ field: rule.field, op: rule.op, value: rule.value }];
  });
}

/** `990100` → every code that begins with 9901; undefined when it is no division code. */
function regionRange(region: string): { readonly gte: string; readonly lt: string } | undefined {
  if (!/^\d{6}$/.test(region)) return undefined;
  const prefix = region.replace(/(?:00){1,2}$/, '');
  const next = String(Number(prefix) + 1).padStart(prefix.length, '0');
  return next.length > prefix.length ? undefined : { gte: prefix.padEnd(6, '0'), lt: next };
}
