import { isDateText } from '../../terms/civilDate.ts';
import { parseDecimal } from '../../terms/decimal.ts';
import type { SchemaField } from '../../schemas/datasetSchema.ts';
import { isObject } from '../masks/rows/fieldPath.ts';

const bounds = new Set(['gte', 'gt', 'lte', 'lt']);
const longest = 1000;

/** Whether a filter's value has the form of its operator and the type of its field. Nothing is converted. */
export function fitsField(field: SchemaField, op: string, value: unknown): boolean {
  switch (op) {
    case 'eq':
      return fits(field, value);
    case 'in':
      return (
        Array.isArray(value) &&
        value.length > 0 &&
        value.length <= longest &&
        value.every((one) => fits(field, one))
      );
    case 'range':
      return (
        isObject(value) &&
        isOneOrTwoSided(Object.keys(value)) &&
        Object.values(value).every((bound) => fits(field, bound))
      );
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

/** PostgreSQL text holds no NUL, UTF-8 no lone surrogate. */
const isStorable = (text: string): boolean =>
  text.length <= longest && !text.includes('\u0000') && text.isWellFormed();

/** Formats that are columns of another type than text: a value without them could only fail in the database. */
function hasFormat(format: string | undefined, text: string): boolean {
  if (format === 'date') return isDateText(text);
  if (format === 'date-time') return isDateText(text.slice(0, 10)) && !Number.isNaN(Date.parse(text));
  return format === 'decimal' ? parseDecimal(text) !== undefined : true;
}
