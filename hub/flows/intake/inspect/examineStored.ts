/** Inspect: validates the stored rows of a dataset against a schema version. Returns numbers and places, never values. */
import { refuseEvents } from '../../hostedDataset.ts';
import type { CompiledSchema } from '../../../../schemas/compile.ts';
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import { Problem } from '../../../../terms/problem.ts';
import { batchTable, datasetTable, layoutOf } from '../../../domain/rowTable/layout.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import type { Examined } from '../../../domain/schemaVersion.ts';
import type { Statements } from '../../../platform/database/untilAborted.ts';
import { isMissingTable } from '../../../platform/database/failure.ts';
import { datasetById, type DatasetRow, intakeRulesOf } from '../../../registry/store/datasets.ts';
import { fetchRows, type Position } from '../../rows/store/fetch.ts';
import type { components } from '../../../../api/openapi.ts';
import { timeOfUuid7 } from '../../../../machine/uuid7.ts';
import { firstRetained, goesOn } from '../../../domain/periods.ts';
import type { Registry } from '../../../registry/registry.ts';
import type { Database } from '../../../platform/database/database.ts';
import { destroyedPeriods, periodsThere, periodsWithRows } from '../../rows/store/periods.ts';
import { defined } from '../../../../terms/defined.ts';

/** rows of one statement */
const pageSize = 2_000;
/** maximum kinds of problems in the answer */
const maxKinds = 50;
/** restarts because the batch was replaced and its rows are deleted */
const maxAttempts = 3;

/**
 * Validates each visible row against a version: the current one, or a version that the dataset might move to. A field that the other
 * version lacks is reported where it has a value.
 * @param bound the version of the stored rows
 * @param maxRows maximum number of rows, the first ones
 * @throws Problem dataset_live, dataset_of_events, database_unavailable
 */
export async function examineStored(
  pool: Statements,
  dataset: Pick<DatasetRow, 'id' | 'mode'>,
  bound: DatasetSchema,
  under: CompiledSchema,
  maxRows = Infinity,
): Promise<Examined & { readonly batch: string | null }> {
  const { id, mode } = dataset;
  if (mode === 'live') throw new Problem('dataset_live', { dataset: id });
  refuseEvents({ row: { id, mode } });
  for (let attempt = 1; ; attempt += 1) {
    const batch = (await datasetById(pool, id))?.currentBatch ?? null;
    const table =
      mode === 'upsert' ? datasetTable(id, bound) : batch === null ? undefined : batchTable(batch);
    try {
      const tally = { rows: 0, whole: true, failing: 0, problems: [] };
      const found =
        table === undefined || batch === null
          ? tally
          : await examineTable(pool, table, bound, under, maxRows);
      return { dataset: id, batch, ...found };
    } catch (error) {
      if (!isMissingTable(error) || attempt === maxAttempts) throw error;
    }
  }
}

async function examineTable(
  pool: Statements,
  table: SqlName,
  bound: DatasetSchema,
  under: CompiledSchema,
  maxRows: number,
): Promise<Omit<Examined, 'dataset'>> {
  const layout = layoutOf(bound);
  const gone = layout.columns.filter(({ field }) => !layoutOf(under.schema).byField.has(field));
  const kinds = new Map<string, { pointer: string; rule: string; rows: number }>();
  const tally = { rows: 0, whole: false, failing: 0 };
  let after: Position | undefined;
  while (tally.rows < maxRows) {
    const limit = Math.min(pageSize, maxRows - tally.rows);
    const query = { table, layout, columns: layout.columns, conditions: [], sort: [], dataset: undefined };
    const { rows } = await fetchRows(pool, { ...query, after, limit });
    for (const { record } of rows) {
      const wrong = problemsOf(
        record,
        gone.map(({ field }) => field),
        under,
      );
      if (wrong.size > 0) tally.failing += 1;
      for (const [key, { pointer, rule }] of wrong) {
        const kind = kinds.get(key) ?? { pointer, rule, rows: 0 };
        kind.rows += 1;
        kinds.set(key, kind);
      }
    }
    tally.rows += rows.length;
    tally.whole = rows.length < limit;
    if (tally.whole) break;
    after = rows.at(-1)?.position;
  }
  const problems = [...kinds.values()].sort((a, b) => b.rows - a.rows || (a.pointer < b.pointer ? -1 : 1));
  return { ...tally, problems: problems.slice(0, maxKinds) };
}

type Kinds = ReadonlyMap<string, { readonly pointer: string; readonly rule: string }>;

/** The problems of one record, each kind once. */
function problemsOf(
  record: Readonly<Record<string, unknown>>,
  gone: readonly string[],
  under: CompiledSchema,
): Kinds {
  const kinds = new Map<string, { pointer: string; rule: string }>();
  const add = (pointer: string, rule: string) => kinds.set(`${pointer}\n${rule}`, { pointer, rule });
  for (const field of gone) {
    if (record[field] !== null && record[field] !== undefined) add(`/${field}`, 'additionalProperties');
  }
  const known = Object.fromEntries(Object.entries(record).filter(([field]) => !gone.includes(field)));
  if (!under.check(known))
    for (const { pointer, rule } of under.explain(known)) add(pointer.replace(/\/\d+(?=\/|$)/g, '/*'), rule);
  return kinds;
}

/* Inspect: the periods of a dataset's rows, when each expires, and which were destroyed. Returns numbers only. */

/** undefined where its rows are not partitioned by period. */
export async function periodsShown(
  { database, registry }: { readonly database: Database; readonly registry: Pick<Registry, 'current'> },
  row: Pick<DatasetRow, 'id' | 'intake'>,
): Promise<components['schemas']['DatasetDetail']['periods']> {
  const { periods } = intakeRulesOf(row);
  const schema = registry.current.datasets.get(row.id)?.schema;
  if (periods === undefined) return undefined;
  const parts = schema === undefined ? [] : await periodsThere(database.app, row.id, schema);
  // the partition of a destroyed period stays, empty, until no reader uses the table
  const first = firstRetained(periods, database.now()) ?? '';
  const over = parts.filter((period) => period < first);
  const full = schema === undefined ? undefined : await periodsWithRows(database.app, row.id, schema, over);
  const there = parts.filter((period) => period >= first || full?.has(period) === true);
  return {
    there: there.map((period) => {
      const day = goesOn(periods, period);
      return { period, ...defined({ goesOn: day }) };
    }),
    destroyed: (await destroyedPeriods(database.app, row.id)).map((one) => ({
      ...one,
      at: new Date(timeOfUuid7(one.exchange)).toISOString(),
    })),
  };
}
