/** Cross-field rules, checked on the rows of a loaded batch. */
import { comparedAs, crossColumns, crossFindings, type Broken } from '../../domain/crossRule.ts';
import type { Finding } from '../../domain/guards.ts';
import type { LiveDataset, RegistrySnapshot } from '../../registry/snapshot.ts';
import type { Pool } from '../../platform/database/database.ts';
import { intakeRulesOf, datasetById } from '../../registry/store/datasets.ts';
import { leftOut, notDeletedBy } from '../rows/store/fetch.ts';
import { brokenRows } from '../rows/store/sweep.ts';
import { worthGuarding } from '../../domain/drift.ts';
import { rangedFields, roundedRange, together, type Ranges } from '../../domain/ranges.ts';
import { layoutOf, batchTable, datasetTable } from '../../domain/rowTable/layout.ts';
import { rangesBefore } from './store/formerBatches.ts';
import { extremesOf, rowsOutside } from '../rows/store/measures.ts';
import type { Reference } from '../../domain/intakeRules.ts';
import { columnsOf, type Missed } from '../../domain/reference.ts';
import { rowsWithoutTarget, type Referred, type Unreferred } from '../rows/store/references.ts';
import { unreadyInBatch, type LoadedBatch } from '../attachments/store/named.ts';
import type { IntakeServices } from './services.ts';

/** @param lineOf physical line of a row of this file; 0 for rows taken over with a correction */
export async function crossRuleFindings(
  pool: Pool,
  batch: string,
  { row, schema }: LiveDataset,
  lineOf: (row: number) => number,
): Promise<readonly Finding[]> {
  const rules = intakeRulesOf(row);
  const but = leftOut(rules, schema);
  const all: Broken[] = [];
  for (const rule of rules.crossRules ?? []) {
    const columns = crossColumns(rule, schema);
    // a dataset moves only to versions that have the fields of its rules
    if (columns === undefined) throw new Error(`${row.id}: no fields for ${rule.field}`);
    const days = comparedAs(schema, rule.field) === 'date';
    const { compared, broken, places } = await brokenRows(pool, batch, { is: rule.is, columns, days }, but);
    all.push({ rule, compared, broken, lines: places.map(lineOf).filter((line) => line > 0) });
  }
  return crossFindings(all);
}

/* Values outside the range of the last batches. */

/** Maximum number of fields that are listed, those with most rows first. */
const maxFields = 10;

/**
 * Returns nothing where the dataset does not compare ranges. Ranges are stored for every batch; findings are made from `worthGuarding`
 * rows on.
 */
export async function outOfRange(
  pool: Pool,
  { row, schema }: LiveDataset,
  { batch, rows }: { readonly batch: string; readonly rows: number },
): Promise<{ readonly findings: readonly Finding[]; readonly ranges: Ranges | undefined }> {
  const { mayStray: maxOutOfRange, onDrift } = intakeRulesOf(row);
  if (maxOutOfRange === undefined) return { findings: [], ranges: undefined };
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
    .filter(([, count]) => count > rows * maxOutOfRange)
    .sort(([, a], [, b]) => b - a)
    .slice(0, maxFields)
    .map(([field, count]): Finding => ({
      code: 'batch_values_strayed',
      severity: onDrift,
      facts: { field, rows: count },
    }));
  return { findings, ranges };
}

/* References of a loaded batch, checked against the visible rows of each referenced dataset. */

/**
 * Missing targets, one finding for each reference. If the referenced dataset has no rows, or no longer has these fields, every row of the
 * batch counts as missing: a reference that cannot be verified is invalid.
 * @param lineOf physical line of a row of this file; 0 for rows taken over with a correction
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
    // queried again if a snapshot was replaced between the two statements
    const requested = (await look()) ?? (await look());
    const here = reference.fields.flatMap((field) => layoutOf(dataset.schema).byField.get(field) ?? []);
    const { compared, missing, rows } =
      requested ??
      (await rowsWithoutTarget(database.app, batch, { here, there: here }, [], but)) ??
      unknown(batch);
    found.push({ reference, compared, missing, lines: rows.map(lineOf).filter((line) => line > 0) });
  }
  return found;
}

const unknown = (batch: string): never => {
  throw new Error(`the rows of ${batch} are gone`);
};

/** A retired dataset has no rows. */
function targetOf(
  { datasets }: Pick<RegistrySnapshot, 'datasets'>,
  dataset: LiveDataset,
  reference: Reference,
): LiveDataset | undefined {
  return reference.dataset === dataset.row.id ? dataset : datasets.get(reference.dataset);
}

/** The tables of its rows; for its own rows, the table of this batch. */
async function tablesOf(
  database: IntakeServices['database'],
  batch: string,
  dataset: LiveDataset,
  { row, schema }: LiveDataset,
): Promise<readonly Referred[]> {
  const isOwn = row.id === dataset.row.id;
  const rules = intakeRulesOf(row);
  const arrived = batchTable(batch);
  // neither a row that only deletes, nor the stored row of its key, is there afterwards
  const own = isOwn ? [{ table: arrived, condition: leftOut(rules, schema, 'o').condition }] : [];
  const current = (await datasetById(database.app, row.id))?.currentBatch ?? null;
  if (row.mode === 'upsert' && current !== null) {
    const condition = isOwn ? notDeletedBy(rules, schema, arrived) : '';
    return [...own, { table: datasetTable(row.id, schema), condition }];
  }
  if (isOwn || current === null) return own;
  return [{ table: batchTable(current) }];
}

/* Attachments that rows of a loaded batch name. */

/** A person cannot release such a batch: its rows would name files that do not exist. */
export async function attachmentFindings(
  pool: Pool,
  loaded: LoadedBatch,
  lineOf: (row: number) => number,
): Promise<readonly Finding[]> {
  const missing = await unreadyInBatch(pool, loaded);
  return missing.map(({ field, rows, places }): Finding => {
    const lines = places.map(lineOf).filter((line) => line > 0);
    return {
      code: 'batch_attachments_missing',
      severity: 'reject',
      facts: { field, rows, lines: lines.length === 0 ? '–' : lines.join(', ') },
    };
  });
}
