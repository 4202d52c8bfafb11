/** References of a loaded batch, held against the rows that readers see of each dataset that is referred to. */
import type { Reference } from '../../domain/intakeRules.ts';
import { columnsOf, type Missed } from '../../domain/reference.ts';
import { batchTable, datasetTable, layoutOf } from '../../domain/rowTable/layout.ts';
import type { SqlName } from '../../domain/rowTable/names.ts';
import type { LiveDataset, RegistrySnapshot } from '../../registry/snapshot.ts';
import { datasetById, intakeRulesOf } from '../../registry/store/datasets.ts';
import { leftOut } from '../rows/store/leftOut.ts';
import { rowsWithoutTarget, type Unreferred } from '../rows/store/references.ts';
import type { IntakeServices } from './services.ts';

/**
 * What refers to nothing, a reference each. Where the dataset that is referred to has no rows, or no such fields any more, every row of the
 * batch refers to nothing: what cannot be shown does not hold.
 * @param lineOf physical line of a row of this file; 0 for rows that came along with a correction
 */
export async function missedReferences(
  { database, registry }: Pick<IntakeServices, 'database' | 'registry'>,
  batch: string,
  dataset: LiveDataset,
  lineOf: (row: number) => number,
): Promise<readonly Missed[]> {
  const rules = intakeRulesOf(dataset.row);
  const { references = [] } = rules;
  const but = leftOut(rules, dataset.schema);
  const found: Missed[] = [];
  for (const reference of references) {
    const target = targetOf(registry.current, dataset, reference);
    const columns = target === undefined ? undefined : columnsOf(reference, dataset.schema, target.schema);
    const look = async (): Promise<Unreferred | undefined> =>
      target === undefined || columns === undefined
        ? undefined
        : rowsWithoutTarget(
            database.app,
            batch,
            columns,
            await tablesOf(database, batch, dataset, target),
            but,
          );
    // a snapshot that was replaced between the two statements is asked for once more
    const asked = (await look()) ?? (await look());
    const here = reference.fields.flatMap((field) => layoutOf(dataset.schema).byField.get(field) ?? []);
    const { compared, missing, rows } =
      asked ??
      (await rowsWithoutTarget(database.app, batch, { here, there: here }, [], but)) ??
      unknown(batch);
    found.push({ reference, compared, missing, lines: rows.map(lineOf).filter((line) => line > 0) });
  }
  return found;
}

const unknown = (batch: string): never => {
  throw new Error(`the rows of ${batch} are gone`);
};

/** A retired one has no rows. */
function targetOf(
  { datasets }: Pick<RegistrySnapshot, 'datasets'>,
  dataset: LiveDataset,
  reference: Reference,
): LiveDataset | undefined {
  return reference.dataset === dataset.row.id ? dataset : datasets.get(reference.dataset);
}

/** Where its rows lie; among its own rows those of this batch count. */
async function tablesOf(
  database: IntakeServices['database'],
  batch: string,
  dataset: LiveDataset,
  { row, schema }: LiveDataset,
): Promise<readonly SqlName[]> {
  const own = row.id === dataset.row.id ? [batchTable(batch)] : [];
  const current = (await datasetById(database.app, row.id))?.currentBatch ?? null;
  if (row.mode === 'upsert') return current === null ? own : [...own, datasetTable(row.id, schema)];
  if (own.length > 0) return own;
  return current === null ? [] : [batchTable(current)];
}
