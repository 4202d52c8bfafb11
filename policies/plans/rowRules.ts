import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { RowCondition } from '../decision.ts';
import type { RowRule } from '../documents/agreement.ts';
import { fitsField } from './filterValue.ts';
import type { Report } from './report.ts';

/**
 * The row filter of a grant, as conditions on stored rows. own-region becomes a range over division codes (GB/T 2260: two digits a
 * level), so that a city sees its districts and a district its streets.
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
