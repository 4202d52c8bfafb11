/** Whether a value meets a condition on rows, as the database would say: for rows that did not come out of the hub's own tables. */
import type { SchemaField } from '../schemas/datasetSchema.ts';
import { compareDecimal, parseDecimal } from '../terms/decimal.ts';
import type { RowCondition } from './decision.ts';

/** An empty value meets none. */
export function meetsCondition(
  { op, value: wanted }: RowCondition,
  field: Pick<SchemaField, 'format'>,
  value: unknown,
): boolean {
  if (value === null || value === undefined) return false;
  const against = (other: unknown): number | undefined => compared(value, other, field.format === 'decimal');
  switch (op) {
    case 'eq':
      return against(wanted) === 0;
    case 'in':
      return Array.isArray(wanted) && wanted.some((one) => against(one) === 0);
    case 'range': {
      const { gt, gte, lt, lte } = Object(wanted) as Readonly<Record<string, unknown>>;
      const within = (bound: unknown, fits: (order: number) => boolean): boolean => {
        if (bound === undefined) return true;
        const order = against(bound);
        return order !== undefined && fits(order);
      };
      return (
        within(gt, (order) => order > 0) &&
        within(gte, (order) => order >= 0) &&
        within(lt, (order) => order < 0) &&
        within(lte, (order) => order <= 0)
      );
    }
  }
}

/** Negative, 0 or positive; undefined where the two have no order. Texts go by their bytes, as in a column with collation "C". */
function compared(a: unknown, b: unknown, decimal: boolean): number | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (typeof a !== 'string' || typeof b !== 'string') return undefined;
  if (!decimal) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  const [left, right] = [parseDecimal(a), parseDecimal(b)];
  return left === undefined || right === undefined ? undefined : compareDecimal(left, right);
}
