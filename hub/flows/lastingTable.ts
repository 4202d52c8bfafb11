/** The table that the rows of a dataset are merged into: there, as its version has it, with the parts that a batch needs. */
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import { Problem } from '../../terms/problem.ts';
import type { Finding } from '../domain/guards.ts';
import { firstRetained, maxBegun, maxPeriods, periodColumn, periodsOver } from '../domain/periods.ts';
import type { Registry } from '../registry/registry.ts';
import type { Database } from '../platform/database/database.ts';
import { intakeRulesOf, type DatasetRow } from '../registry/store/datasets.ts';
import { ensureDatasetTable } from './rows/store/merge.ts';
import { makePeriods, periodsOfBatch, periodsThere } from './rows/store/periods.ts';
import { queryableColumns } from './queryableColumns.ts';

interface Lasting {
  readonly row: Pick<DatasetRow, 'id' | 'intake'>;
  readonly schema: DatasetSchema;
}

/** Which periods a loaded batch has rows of, in their order: read once and passed on, because it reads each row. None where they are not partitioned by period. */
export async function periodsBrought(
  app: Database['app'],
  batch: string,
  { row, schema }: Lasting,
): Promise<readonly string[]> {
  const { periods } = intakeRulesOf(row);
  return periods === undefined ? [] : periodsOfBatch(app, batch, periodColumn(periods, schema), periods);
}

/**
 * Creates the table, and those of the periods that may begin.
 * @param brought periods of what is about to be merged: none of what only deletes
 * @returns the periods that may not begin. Only rows by call are merged without them
 * @throws Problem batch_periods_many
 */
export async function readyTable(
  { database, registry }: { readonly database: Database; readonly registry: Pick<Registry, 'current'> },
  { row, schema }: Lasting,
  brought: readonly string[],
  { byCall } = { byCall: false },
): Promise<readonly string[]> {
  const { periods } = intakeRulesOf(row);
  await ensureDatasetTable(database, row.id, schema, periods);
  if (brought.length === 0 || periods === undefined) return [];
  const { all } = queryableColumns(registry.current.plans, { row, schema });
  const now = database.now();
  return makePeriods(database, row.id, schema, {
    periods: brought,
    requested: all,
    overOf: (there) => {
      const over = periodsOver(periods, { there, brought, now, byCall });
      // of files that waited for a person each was let in when the others' periods were not there
      if (over.length > 0 && !byCall) throw new Problem('batch_periods_many', tooMany(there, brought));
      return over;
    },
  });
}

/** A column of days that was misread would begin a part for each month of ten thousand years. */
export async function periodFindings(
  { app, now }: Pick<Database, 'app' | 'now'>,
  { row, schema }: Lasting,
  brought: readonly string[],
): Promise<readonly Finding[]> {
  const { periods } = intakeRulesOf(row);
  if (brought.length === 0 || periods === undefined) return [];
  const there = await periodsThere(app, row.id, schema);
  const facts = tooMany(there, brought);
  const over = periodsOver(periods, { there, brought, now: now(), byCall: false });
  const many = facts.periods > maxBegun || over.length > 0;
  return many ? [{ code: 'batch_periods_many', severity: 'reject', facts }] : [];
}

const tooMany = (there: readonly string[], brought: readonly string[]) => ({
  periods: brought.filter((period) => !there.includes(period)).length,
  most: maxBegun,
  all: maxPeriods,
});

/** A batch that waited until its rows were no longer retained is rejected. @throws Problem batch_periods_over */
export function refuseOver({ row }: Pick<Lasting, 'row'>, [oldest]: readonly string[], now: number): void {
  const { periods } = intakeRulesOf(row);
  const first = periods === undefined ? undefined : firstRetained(periods, now);
  if (first !== undefined && oldest !== undefined && oldest < first)
    throw new Problem('batch_periods_over', { first });
}
