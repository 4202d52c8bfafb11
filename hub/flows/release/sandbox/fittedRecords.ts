/** Synthetic rows that match an agreement's row filter: random rows would hardly ever match one. Pure. */
import type { RowCondition } from '../../../../policies/decision.ts';
import { meetsCondition } from '../../../../policies/meetsCondition.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import type { TwinRecord } from './store/twinRows.ts';

/**
 * The records that meet every condition. A record that does not gets a matching value, if the record stays valid and its key stays unique.
 * The same records and conditions give the same rows in the same order.
 */
export function fittedRecords(
  { schema, compiled }: Pick<LiveDataset, 'schema' | 'compiled'>,
  records: readonly TwinRecord[],
  conditions: readonly RowCondition[],
): readonly TwinRecord[] {
  if (conditions.length === 0) return records;
  const fieldOf = new Map(schema.fields.map((field) => [field.name, field]));
  const meets = (condition: RowCondition, record: TwinRecord): boolean => {
    const field = fieldOf.get(condition.field);
    return field !== undefined && meetsCondition(condition, field, record[field.name]);
  };
  const keys = new Set<string>();
  return records.flatMap((record, i) => {
    let fitted = record;
    for (const condition of conditions) {
      if (meets(condition, fitted)) continue;
      const tried = valuesFor(condition, i).map((value) => ({ ...fitted, [condition.field]: value }));
      fitted = tried.find((one) => meets(condition, one) && compiled.check(one)) ?? fitted;
    }
    const key = JSON.stringify(schema.primaryKey.map((name) => fitted[name]));
    const whole = conditions.every((condition) => meets(condition, fitted));
    if (!whole || (schema.primaryKey.length > 0 && keys.has(key))) return [];
    keys.add(key);
    return [fitted];
  });
}

/** Values that may meet a condition, those of a list in turn. @param place index of the record */
function valuesFor({ op, value }: RowCondition, place: number): readonly unknown[] {
  switch (op) {
    case 'eq':
      return [value];
    case 'in': {
      const all: readonly unknown[] = Array.isArray(value) ? value : [];
      const at = all.length === 0 ? 0 : place % all.length;
      return [...all.slice(at), ...all.slice(0, at)];
    }
    case 'within':
      return []; // a row filter has none
    case 'range': {
      const { gte, lte, gt, lt } = Object(value) as Readonly<Record<string, unknown>>;
      const neighbour = (bound: unknown, by: number): unknown[] =>
        typeof bound === 'number' ? [bound + by] : [];
      return [gte, lte, ...neighbour(gt, 1), ...neighbour(lt, -1)].filter((one) => one !== undefined);
    }
  }
}
