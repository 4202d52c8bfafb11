/** Inspect: which periods the rows of a dataset stand in, when each of them goes, and which went: numbers alone. */
import type { components } from '../../../../api/openapi.ts';
import { timeOfUuid7 } from '../../../../machine/uuid7.ts';
import { firstKept, goesOn } from '../../../domain/periods.ts';
import type { Registry } from '../../../registry/registry.ts';
import type { Database } from '../../../platform/database/database.ts';
import { intakeRulesOf, type DatasetRow } from '../../../registry/store/datasets.ts';
import { destroyedPeriods, periodsThere, periodsWithRows } from '../../rows/store/periods.ts';

/** undefined where its rows do not stand apart. */
export async function periodsShown(
  { database, registry }: { readonly database: Database; readonly registry: Pick<Registry, 'current'> },
  row: Pick<DatasetRow, 'id' | 'intake'>,
): Promise<components['schemas']['DatasetDetail']['periods']> {
  const { periods } = intakeRulesOf(row);
  const schema = registry.current.datasets.get(row.id)?.schema;
  if (periods === undefined) return undefined;
  const parts = schema === undefined ? [] : await periodsThere(database.app, row.id, schema);
  // the part of one that went stays empty until nobody reads the table
  const first = firstKept(periods, database.now()) ?? '';
  const over = parts.filter((period) => period < first);
  const full = schema === undefined ? undefined : await periodsWithRows(database.app, row.id, schema, over);
  const there = parts.filter((period) => period >= first || full?.has(period) === true);
  return {
    there: there.map((period) => {
      const day = goesOn(periods, period);
      return { period, ...(day === undefined ? {} : { goesOn: day }) };
    }),
    destroyed: (await destroyedPeriods(database.app, row.id)).map((one) => ({
      ...one,
      at: new Date(timeOfUuid7(one.exchange)).toISOString(),
    })),
  };
}
