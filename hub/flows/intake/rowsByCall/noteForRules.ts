import { parseCondition } from '../../../domain/eventCondition.ts';
import { finest } from '../../../domain/rollup.ts';
import { layoutOf } from '../../../domain/rowTable/layout.ts';
import { seriesOf } from '../../../domain/timeField.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { intakeRulesOf } from '../../../registry/store/datasets.ts';
import { noteCalled } from '../../rows/store/calledRows.ts';
import { forgetDeleted } from '../../rows/store/forgetReadings.ts';
import { noteBuckets } from '../../rows/store/rollups.ts';
import { rollupsOf } from '../rollups/rollupsOf.ts';
import type { IntakeServices } from '../services.ts';
import type { CheckedRows } from './checkRows.ts';

/** Queues rows for the rules of their dataset, in the transaction that stores them. */
export async function noteForRules(
  transaction: Transaction,
  { database }: Pick<IntakeServices, 'database'>,
  called: CheckedRows['called'],
  { row, schema }: Pick<LiveDataset, 'row' | 'schema'>,
): Promise<void> {
  const { eventRules = [], timeField } = intakeRulesOf(row);
  if (eventRules.length === 0 || timeField === undefined) return;
  const fields = eventRules.flatMap(({ when }) => {
    const condition = parseCondition(when);
    return condition === undefined || condition.kind === 'silence' ? [] : [condition.field];
  });
  await noteCalled(transaction, database.app, called, row.id, {
    series: seriesOf(timeField, schema),
    values: [...new Set(fields)].flatMap((name) => layoutOf(schema).byField.get(name) ?? []),
  });
}

/** Rows that a call or a batch deleted leave nothing with the rules of their dataset. In the transaction that merged them. */
export async function forgetForRules(
  transaction: Transaction,
  { row, schema }: Pick<LiveDataset, 'row' | 'schema'>,
  arrived: Parameters<typeof forgetDeleted>[3],
): Promise<void> {
  const { eventRules = [], timeField, deleteWhere } = intakeRulesOf(row);
  if (eventRules.length === 0 || timeField === undefined || deleteWhere === undefined) return;
  const readings = { dataset: row.id, schema, series: seriesOf(timeField, schema) };
  await forgetDeleted(transaction, readings, deleteWhere, arrived);
}

/** Queues the buckets of time that the rows change, for the datasets that are computed from them. */
export async function noteForRollups(
  transaction: Transaction,
  { registry }: Pick<IntakeServices, 'registry'>,
  called: CheckedRows['called'],
  { row, schema }: Pick<LiveDataset, 'row' | 'schema'>,
): Promise<void> {
  const { timeField } = intakeRulesOf(row);
  const lengths = rollupsOf(registry.current, row.id).flatMap((one) => one.row.intake.rollup?.every ?? []);
  if (lengths.length === 0 || timeField === undefined) return;
  await noteBuckets(transaction, called, row.id, {
    series: seriesOf(timeField, schema),
    every: finest(lengths),
  });
}

/** Starts the jobs that the rows wait for; called after the commit. */
export function startJobs(
  { registry, noted }: Pick<IntakeServices, 'registry' | 'noted'>,
  { row }: Pick<LiveDataset, 'row'>,
): void {
  if ((intakeRulesOf(row).eventRules ?? []).length > 0) noted.rules.note();
  if (rollupsOf(registry.current, row.id).length > 0) noted.rollups.note();
}
