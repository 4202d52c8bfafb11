/**
 * Retire: destroys rows of periods past their datasets' retention, one period at a time, and the stored bytes of files that contain such
 * rows. Drops the empty tables of periods, which count towards the maximum of a dataset.
 */
import { seriesOf } from '../../domain/timeField.ts';
import { firstRetained, nextPeriods, type Periods } from '../../domain/periods.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import type { Registry } from '../../registry/registry.ts';
import { isDatasetHeld } from '../../log/store/legalHolds.ts';
import type { Database } from '../../platform/database/database.ts';
import { rowsWent } from '../../registry/store/changeovers.ts';
import { intakeRulesOf } from '../../registry/store/datasets.ts';
import {
  dropPeriod,
  emptyPeriod,
  periodsThere,
  periodsWithRows,
  rowsOfPeriod,
} from '../rows/store/periods.ts';
import { forgetPeriod } from '../rows/store/forgetReadings.ts';
import { bytesBefore, destroyBytes, type RawBytes } from '../rows/store/remains.ts';
import { changedMeanwhile, type Retirement } from './expire.ts';

/**
 * The end of a period: the facts for its entry, where it has rows, and its table, dropped after the entry. Or the end of a file's bytes,
 * which have no table.
 */
export interface PeriodEnd {
  readonly retirement: Retirement | undefined;
  readonly dropTable?: () => Promise<void>;
}

/**
 * The expired and the empty periods of each dataset, determined when the dataset's turn comes. If a hub ended between entry and table, the
 * next run drops the table.
 */
export async function destroyPeriods(
  { database, registry }: { readonly database: Database; readonly registry: Registry },
  now: number,
): Promise<readonly (() => AsyncGenerator<PeriodEnd>)[]> {
  await registry.refresh();
  return [...registry.current.datasets.values()].flatMap((dataset) => {
    const { row } = dataset;
    const { periods } = intakeRulesOf(row);
    return periods === undefined || row.mode !== 'upsert' || row.state === 'retired'
      ? []
      : [() => endedPeriods(database, dataset, periods, now)];
  });
}

async function* endedPeriods(
  database: Database,
  dataset: LiveDataset,
  periods: Periods,
  now: number,
): AsyncGenerator<PeriodEnd> {
  const { row, schema } = dataset;
  const there = await periodsThere(database.app, row.id, schema);
  // the tables of the coming periods are created before their rows arrive
  const coming = nextPeriods(periods, now);
  const others = there.filter((one) => !coming.includes(one));
  const filled = await periodsWithRows(database.app, row.id, schema, others);
  for (const period of others)
    if (!filled.has(period))
      yield { retirement: undefined, dropTable: () => dropPeriod(database, row.id, schema, period) };
  const first = firstRetained(periods, now);
  if (first === undefined || (await isDatasetHeld(database.app, row.id))) return;
  const over = others.filter((one) => one < first && filled.has(one));
  for (const period of over) yield await endOf(database, dataset, period);
  // after the rows: a period that is still being read retains its files until it is destroyed
  const [left = first] = [...(await periodsWithRows(database.app, row.id, schema, over))].sort();
  for (const one of await bytesBefore(database.app, row.id, left))
    yield { retirement: endOfBytes(dataset, one) };
}

/**
 * A file is destroyed as a whole, with its rows of later periods: those are in the table. Its bad rows have their own retention period.
 */
function endOfBytes(
  { row: { id, department, digest } }: LiveDataset,
  { batch, bytes }: RawBytes,
): Retirement {
  return {
    dataset: id,
    provider: department,
    change: { batch, bytes },
    work: async (transaction) => {
      if (!(await destroyBytes(transaction, { dataset: id, digest }, { batch, bytes })))
        throw changedMeanwhile(batch);
    },
  };
}

async function endOf(
  database: Database,
  { row: { id, department, digest, intake }, schema }: LiveDataset,
  period: string,
): Promise<PeriodEnd> {
  const found = await rowsOfPeriod(database.app, id, schema, period);
  const dropTable = (): Promise<void> => dropPeriod(database, id, schema, period);
  if (found === undefined || found.rows === 0) return { retirement: undefined, dropTable };
  return {
    retirement: {
      dataset: id,
      provider: department,
      change: { period, ...found },
      work: async (transaction, exchange) => {
        const as = { dataset: id, digest, schema };
        if (!(await emptyPeriod(transaction, as, period, found, exchange)))
          throw changedMeanwhile(`${id} ${period}`);
        const { timeField, periods, eventRules = [] } = intake;
        if (timeField !== undefined && periods !== undefined && eventRules.length > 0)
          await forgetPeriod(
            transaction,
            { dataset: id, series: seriesOf(timeField, schema), field: periods.field },
            period,
          );
        await rowsWent(transaction, id);
      },
    },
    dropTable,
  };
}
