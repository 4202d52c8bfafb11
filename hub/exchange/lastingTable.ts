/** The table that the rows of a dataset are merged into: there, as its version has it, with the parts that a batch needs. */
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import { Problem } from '../../terms/problem.ts';
import type { Finding } from '../domain/guards.ts';
import { firstKept, mostBegun, mostStanding, periodColumn } from '../domain/periods.ts';
import { layoutOf } from '../domain/rowTable/layout.ts';
import type { Registry } from '../registry/registry.ts';
import type { Database } from '../store/database/database.ts';
import { intakeRulesOf, type DatasetRow } from '../store/registry/datasets.ts';
import { ensureDatasetTable } from '../store/rows/merge.ts';
import { makePeriods, periodsOfBatch, periodsThere } from '../store/rows/periods.ts';
import { askedColumns } from './askedColumns.ts';

interface Lasting {
  readonly row: Pick<DatasetRow, 'id' | 'intake'>;
  readonly schema: DatasetSchema;
}

/** @param batch a loaded one that is about to be merged @throws Problem batch_periods_many */
export async function readyTable(
  { database, registry }: { readonly database: Database; readonly registry: Pick<Registry, 'current'> },
  { row, schema }: Lasting,
  batch: string | undefined,
): Promise<void> {
  const { periods } = intakeRulesOf(row);
  await ensureDatasetTable(database, row.id, schema, periods);
  if (periods === undefined || batch === undefined) return;
  const wanted = await periodsOfBatch(database.app, batch, periodColumn(periods, schema), periods);
  // of files that waited for a person each was let in when the others' periods were not there
  const facts = tooMany(new Set(await periodsThere(database.app, row.id, schema)), wanted, wanted.length);
  if (facts !== undefined) throw new Problem('batch_periods_many', facts);
  const { all } = askedColumns(registry.current.plans, row.id, layoutOf(schema));
  await makePeriods(database, row.id, schema, wanted, all);
}

/** A column of days that was misread would begin a part for each month of ten thousand years. */
export async function periodFindings(
  app: Database['app'],
  batch: string,
  { row, schema }: Lasting,
): Promise<readonly Finding[]> {
  const { periods } = intakeRulesOf(row);
  if (periods === undefined) return [];
  const there = new Set(await periodsThere(app, row.id, schema));
  const wanted = await periodsOfBatch(app, batch, periodColumn(periods, schema), periods);
  const facts = tooMany(there, wanted, mostBegun);
  return facts === undefined ? [] : [{ code: 'batch_periods_many', severity: 'reject', facts }];
}

/** How many periods a batch begins, where that is more than may be. */
function tooMany(
  there: ReadonlySet<string>,
  wanted: readonly string[],
  most: number,
): { readonly periods: number; readonly most: number; readonly all: number } | undefined {
  const periods = wanted.filter((period) => !there.has(period)).length;
  if (periods === 0 || (periods <= most && there.size + periods <= mostStanding)) return undefined;
  return { periods, most: mostBegun, all: mostStanding };
}

/** A batch that waited until rows of it were not kept any more is not let in. @throws Problem batch_periods_over */
export async function refuseOver(
  app: Database['app'],
  batch: string,
  { row, schema }: Lasting,
  now: number,
): Promise<void> {
  const { periods } = intakeRulesOf(row);
  const first = periods === undefined ? undefined : firstKept(periods, now);
  if (periods === undefined || first === undefined) return;
  const [oldest] = await periodsOfBatch(app, batch, periodColumn(periods, schema), periods);
  if (oldest !== undefined && oldest < first) throw new Problem('batch_periods_over', { first });
}
