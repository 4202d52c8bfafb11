/** A row that several departments change (`intake.cases`), as it is stored and as its newest version has it. */
import type { RowCondition } from '../../policies/decision.ts';
import { canonicalText } from '../../schemas/readJson.ts';
import { Problem } from '../../terms/problem.ts';
import { datasetTable, layoutOf, type Layout } from '../domain/rowTable/layout.ts';
import { DecideAfresh } from '../pipeline/call.ts';
import { isMissingTable } from '../platform/database/failure.ts';
import type { Statements } from '../platform/database/untilAborted.ts';
import type { LiveDataset } from '../registry/snapshot.ts';
import { textOfKey } from './ownKey.ts';
import { fetchRows } from './rows/store/fetch.ts';
import { newestVersion, type NewestVersion } from './rows/store/rowVersions.ts';
import type { Sealer } from './rows/store/sealedParts.ts';

type Row = Readonly<Record<string, unknown>>;

export interface CaseRow {
  readonly stored: Row;
  readonly newest: NewestVersion;
}

interface Named {
  /** values of the key, as rows hold them */
  readonly key: Row;
  /** rows that the caller may see; another one is undefined */
  readonly conditions: readonly RowCondition[];
}

const maxAttempts = 5;

/**
 * The row with its newest version, where it meets the conditions.
 * @throws Problem rows_unauthenticated where the two differ, or there is no version: one of them was altered or deleted; DecideAfresh where
 * the row changes continually
 */
export async function caseRow(
  pool: Statements,
  sealer: Sealer,
  dataset: LiveDataset,
  named: Named,
): Promise<CaseRow | undefined> {
  const layout = layoutOf(dataset.schema);
  const version = (): Promise<NewestVersion | undefined> =>
    newestVersion(pool, sealer, dataset.row.id, textOfKey(named.key, layout.key));
  const isSame = (stored: Row, { row }: NewestVersion): boolean =>
    contentOf(stored, layout) === contentOf(row, layout);
  // both at once; where they differ, a change may have come between the two reads, and they are read one after the other
  const [known, found] = await Promise.all([version(), storedRow(pool, dataset, named)]);
  if (found === undefined) return undefined;
  if (known !== undefined && isSame(found, known)) return { stored: found, newest: known };
  let newest = await version();
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const stored = await storedRow(pool, dataset, named);
    if (stored === undefined) return undefined;
    if (newest !== undefined && isSame(stored, newest)) return { stored, newest };
    // a change between the two reads is no fault
    const again = await version();
    if (again?.version === newest?.version && again?.exchange === newest?.exchange)
      throw new Problem('rows_unauthenticated', { table: 'row_version' });
    newest = again;
  }
  throw new DecideAfresh();
}

/** The values of a row. A field that a later version of the schema added has none in an older row. */
const contentOf = (row: Row, { columns }: Layout): string =>
  canonicalText(
    Object.fromEntries(
      columns.flatMap(({ field }): [string, unknown][] => {
        const value = row[field] ?? null;
        return value === null ? [] : [[field, value]];
      }),
    ),
  );

async function storedRow(
  pool: Statements,
  { row, schema }: LiveDataset,
  { key, conditions }: Named,
): Promise<Row | undefined> {
  const layout = layoutOf(schema);
  try {
    const { rows } = await fetchRows(pool, {
      table: datasetTable(row.id, schema),
      layout,
      columns: layout.columns,
      conditions,
      rowKey: key,
      sort: [],
      after: undefined,
      limit: 1,
      dataset: undefined,
    });
    return rows[0]?.record;
  } catch (error) {
    if (isMissingTable(error)) return undefined;
    throw error;
  }
}
