/** Whether a value meets a condition on rows, with the database's semantics: for rows that do not come from the hub's own tables. */
import type { SchemaField, DatasetSchema } from '../schemas/datasetSchema.ts';
import { positionOf } from '../schemas/places/point.ts';
import { isIn, type Region } from '../schemas/places/within.ts';
import { compareDecimal, parseDecimal } from '../terms/decimal.ts';
import { instantNamed, instantOf } from '../terms/moment.ts';
import type { RowCondition } from './decision.ts';
import type { Bilingual } from '../terms/bilingual.ts';

/** An empty value meets none. */
export function meetsCondition(
  { op, value: wanted }: RowCondition,
  field: Pick<SchemaField, 'format'>,
  value: unknown,
): boolean {
  if (value === null || value === undefined) return false;
  const against = (other: unknown): number | undefined => compared(value, other, field.format);
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
    case 'within': {
      const position = positionOf(value);
      return position !== undefined && isIn(wanted as Region, position);
    }
  }
}

/** Negative, 0 or positive, of a value against that of a condition; undefined where the two have no order. Texts are ordered by their bytes, as in a column with collation "C". */
export function compared(a: unknown, b: unknown, format: string | undefined): number | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (typeof a !== 'string' || typeof b !== 'string') return undefined;
  if (format !== 'decimal' && format !== 'date-time') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  const [left, right] =
    format === 'decimal' ? [parseDecimal(a), parseDecimal(b)] : [instantOf(a), instantNamed(b)];
  return left === undefined || right === undefined ? undefined : compareDecimal(left, right);
}

/** Caches a value derived from a place of a schema: every agreement on a dataset needs the same places. Released with the schema. */
export function perPlace<T>(
  read: (schema: DatasetSchema, path: string) => T,
): (schema: DatasetSchema, path: string) => T {
  const known = new WeakMap<DatasetSchema, Map<string, T>>();
  return (schema, path) => {
    let ofSchema = known.get(schema);
    if (ofSchema === undefined) {
      ofSchema = new Map();
      known.set(schema, ofSchema);
    }
    const found = ofSchema.get(path);
    if (found !== undefined || ofSchema.has(path)) return found as T;
    const fresh = read(schema, path);
    ofSchema.set(path, fresh);
    return fresh;
  };
}

/** One code of the tree of purposes. An agreement on a parent does not cover its children. */
export interface Purpose {
  readonly code: string;
  readonly parent?: string;
  readonly title?: Bilingual;
}

/** The purpose and all its ancestors, nearest first. A purpose that is not in the tree has no ancestors. */
export function purposeAncestors(purposes: readonly Purpose[], code: string): readonly string[] {
  const parents = new Map(purposes.map((purpose) => [purpose.code, purpose.parent]));
  const line: string[] = [];
  for (
    let at: string | undefined = code;
    at !== undefined && parents.has(at) && !line.includes(at);
    at = parents.get(at)
  ) {
    line.push(at);
  }
  return line;
}
