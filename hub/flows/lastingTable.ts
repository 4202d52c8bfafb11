/** The table that the rows of a dataset are merged into: there, as its version has it, with the parts that a batch needs. */
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import { Problem } from '../../terms/problem.ts';
import type { Finding } from '../domain/guards.ts';
import { firstKept, maxBegun, maxStanding, periodColumn } from '../domain/periods.ts';
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

/** @param brought by what is about to be merged: none by what only deletes. @throws Problem batch_periods_many */
export async function readyTable(
  { database, registry }: { readonly database: Database; readonly registry: Pick<Registry, 'current'> },
  { row, schema }: Lasting,
  brought: readonly string[],
): Promise<void> {
  await ensureDatasetTable(database, row.id, schema, intakeRulesOf(row).periods);
  if (brought.length === 0) return;
  // of files that waited for a person each was let in when the others' periods were not there
  const { begun, over } = begunBy(await periodsThere(database.app, row.id, schema), brought);
  if (over) throw new Problem('batch_periods_many', tooMany(begun));
  const { all } = queryableColumns(registry.current.plans, { row, schema });
  await makePeriods(database, row.id, schema, brought, all);
}

/** A column of days that was misread would begin a part for each month of ten thousand years. */
export async function periodFindings(
  app: Database['app'],
  { row, schema }: Lasting,
  brought: readonly string[],
): Promise<readonly Finding[]> {
  if (brought.length === 0) return [];
  const { begun, over } = begunBy(await periodsThere(app, row.id, schema), brought);
  const many = begun > maxBegun || over;
  return many ? [{ code: 'batch_periods_many', severity: 'reject', facts: tooMany(begun) }] : [];
}

/** How many periods begin, and whether the dataset would have more of them than it may. */
function begunBy(
  there: readonly string[],
  brought: readonly string[],
): { readonly begun: number; readonly over: boolean } {
  const known = new Set(there);
  const begun = brought.filter((period) => !known.has(period)).length;
  return { begun, over: begun > 0 && known.size + begun > maxStanding };
}

const tooMany = (begun: number) => ({ periods: begun, most: maxBegun, all: maxStanding });

/** A batch that waited until its rows were no longer retained is rejected. @throws Problem batch_periods_over */
export function refuseOver({ row }: Pick<Lasting, 'row'>, [oldest]: readonly string[], now: number): void {
  const { periods } = intakeRulesOf(row);
  const first = periods === undefined ? undefined : firstKept(periods, now);
  if (first !== undefined && oldest !== undefined && oldest < first)
    throw new Problem('batch_periods_over', { first });
}
