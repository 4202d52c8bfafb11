/** Values outside the range of the last batches. */
import { worthGuarding } from '../../domain/drift.ts';
import type { Finding } from '../../domain/guards.ts';
import { rangedFields, roundedRange, together, type Ranges } from '../../domain/ranges.ts';
import { layoutOf } from '../../domain/rowTable/layout.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import type { Pool } from '../../platform/database/database.ts';
import { rangesBefore } from './store/formerBatches.ts';
import { intakeRulesOf } from '../../registry/store/datasets.ts';
import { extremesOf, rowsOutside } from '../rows/store/measures.ts';

/** Fields that are told one by one, those with most rows first. */
const mostFields = 10;

/** Nothing where the dataset does not compare them. Ranges are kept of every batch, findings are made from `worthGuarding` rows on. */
export async function straysOf(
  pool: Pool,
  { row, schema }: LiveDataset,
  { batch, rows }: { readonly batch: string; readonly rows: number },
): Promise<{ readonly findings: readonly Finding[]; readonly ranges: Ranges | undefined }> {
  const { mayStray, onDrift } = intakeRulesOf(row);
  if (mayStray === undefined) return { findings: [], ranges: undefined };
  const kinds = rangedFields(schema.fields, schema.primaryKey);
  const layout = layoutOf(schema);
  const extremes = await extremesOf(pool, layout, batch, [...kinds.keys()]);
  const ranges = Object.fromEntries(
    Object.entries(extremes).map(([field, [low, high]]) => [
      field,
      roundedRange(kinds.get(field) ?? 'number', low, high),
    ]),
  );
  if (rows < worthGuarding) return { findings: [], ranges };
  const before = together(await rangesBefore(pool, row.id, batch), kinds);
  const outside = await rowsOutside(pool, layout, batch, before, kinds);
  const findings = [...outside]
    .filter(([, count]) => count > rows * mayStray)
    .sort(([, a], [, b]) => b - a)
    .slice(0, mostFields)
    .map(([field, count]): Finding => ({
      code: 'batch_values_strayed',
      severity: onDrift,
      facts: { field, rows: count },
    }));
  return { findings, ranges };
}
