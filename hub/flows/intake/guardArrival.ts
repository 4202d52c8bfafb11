/** Guards: checks of a loaded batch before it becomes visible. */
import type { SchemaField } from '../../../schemas/datasetSchema.ts';
import { columnFindings, unreadColumns } from '../../domain/fileColumns.ts';
import { storedCodes, worthGuarding, type Profile } from '../../domain/drift.ts';
import { namesColumn } from '../../../adapters/mapping/templateOf.ts';
import { guard, type Arrival, type Finding } from '../../domain/guards.ts';
import type { IntakeRules } from '../../domain/intakeRules.ts';
import { referenceFindings } from '../../domain/reference.ts';
import { batchTable, datasetTable, layoutOf } from '../../domain/rowTable/layout.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import type { Database, Pool } from '../../platform/database/database.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { type BatchRow, batchById } from './store/batches.ts';
import {
  columnsBefore,
  formerBatch,
  publishedDay,
  referenceRows,
  sameBytesBefore,
} from './store/formerBatches.ts';
import { datasetById, intakeRulesOf } from '../../registry/store/datasets.ts';
import { formerProfiles } from './store/profiles.ts';
import { profileOf } from '../rows/store/measures.ts';
import { keysShared, rowsThatCameBack } from '../rows/store/references.ts';
import { periodFindings, periodsBrought } from '../lastingTable.ts';
import { attachmentFindings, crossRuleFindings, outOfRange } from './contentChecks.ts';
import { controlFindings } from './controlTotals.ts';
import type { Guarded } from './guarded.ts';
import type { Loading } from './loading.ts';
import { rewriteFindings } from './rewriting.ts';
import type { Translation } from './translateBatch.ts';
import { rowsToDelete } from '../rows/store/rowsToDelete.ts';

/** @param others every dataset of the hub. @returns the findings, and the periods of its rows */
export async function guardArrival(
  database: Pick<Database, 'app' | 'now'>,
  others: Iterable<LiveDataset>,
  loading: Pick<Loading, 'batch' | 'dataset' | 'mapping'>,
  translation: Translation,
): Promise<Guarded & { readonly brought: readonly string[] }> {
  const { batch, dataset } = loading;
  const reader = database.app;
  const { counts, over } = translation;
  const rules = intakeRulesOf(dataset.row);
  const current = await comparable(
    reader,
    dataset,
    (await datasetById(reader, dataset.row.id))?.currentBatch,
  );
  const brought = await periodsBrought(reader, batch.id, dataset);
  const now = await profileNow(reader, dataset, batch.id, counts.rows);
  const arrived = { batch: batch.id, rows: counts.rows, corrects: batch.corrects };
  const [
    reference,
    { before, elsewhere },
    profiles,
    rowsBefore,
    rowsElsewhere,
    control,
    foundOutOfRange,
    columns,
    rewritten,
    deletions,
    crossed,
    begun,
    attachments,
  ] = await Promise.all([
    referenceRows(reader, batch.dataset),
    sameBytesBefore(reader, batch),
    profilesOf(reader, dataset.row.id, batch.id, now, rules),
    comesBack(reader, dataset, arrived, current),
    isElsewhere(reader, others, dataset, arrived),
    controlFindings(reader, loading, translation),
    outOfRange(reader, dataset, arrived),
    columnsBefore(reader, dataset.row.id, batch.id),
    rewriteFindings(reader, batch.id, dataset, translation.lineOf),
    deletionFindings(reader, batch.id, dataset, counts.deletions),
    crossRuleFindings(reader, batch.id, dataset, translation.lineOf),
    periodFindings(database, dataset, brought),
    attachmentFindings(
      reader,
      {
        dataset: batch.dataset,
        schema: dataset.schema,
        batch: batch.id,
        deleteWhere: rules.deleteWhere,
      },
      translation.lineOf,
    ),
  ]);
  const replaces = dataset.row.mode === 'snapshot';
  const arrival = {
    counts,
    over,
    replaces,
    reference,
    // reading the same bytes again on purpose is not a mistake
    before: batch.retranslates === null ? before : undefined,
    elsewhere,
    profiles,
    rowsBefore,
    rowsElsewhere,
  };
  const { onColumns } = rules;
  const comparedColumns =
    batch.corrects !== null || columns === undefined || translation.columns.length === 0
      ? []
      : onColumns === undefined
        ? unreadColumns(translation.columns, columns, (name, place) =>
            namesColumn(loading.mapping.compiled, name, place),
          )
        : columnFindings(translation.columns, columns, onColumns);
  return {
    findings: [
      ...control,
      ...guard(arrival, rules),
      ...foundOutOfRange.findings,
      ...comparedColumns,
      ...referenceFindings(translation.missed),
      ...rewritten,
      ...deletions,
      ...crossed,
      ...begun,
      ...attachments,
      ...leftFindings(batch, translation),
    ],
    ranges: foundOutOfRange.ranges,
    brought,
    profile: {
      repeated: translation.repeated,
      fields: Object.fromEntries(
        [...now.fields].map(([field, { empty, distinct }]) => [field, { empty, distinct }]),
      ),
      codes: Object.fromEntries(
        [...now.fields].flatMap(([field, { codes }]) =>
          codes === undefined || codes.size === 0 ? [] : [[field, Object.fromEntries(codes)]],
        ),
      ),
    },
  };
}

/** Rows of a corrected batch that were not taken over. They are rows of another file, so only this finding reports them. */
function leftFindings({ corrects }: BatchRow, { left }: Translation): readonly Finding[] {
  if (left === undefined) return [];
  const facts = { ...left, batch: corrects ?? '' };
  return [{ code: 'batch_periods_left', severity: 'warn', facts }];
}

interface Arrived {
  readonly batch: string;
  readonly rows: number;
  readonly corrects: string | null;
}

/** A snapshot batch whose rows have the same layout as those of a new one. */
async function comparable(
  reader: Reader,
  { row, schema }: LiveDataset,
  id: string | null | undefined,
): Promise<BatchRow | undefined> {
  if (row.mode !== 'snapshot' || id === null || id === undefined) return undefined;
  const batch = await batchById(reader, id);
  return batch?.schema === schema.urn ? batch : undefined;
}

/** Fields with a list of values. */
const isCoded = ({ schema, type }: SchemaField): boolean =>
  type === 'boolean' || Array.isArray(schema['enum']) || schema['x-code'] !== undefined;

/** The profile of a batch's rows, with codes as they are stored. */
async function profileNow(
  reader: Reader,
  { schema }: LiveDataset,
  batch: string,
  rows: number,
): Promise<Profile> {
  const coded = new Set(schema.fields.filter(isCoded).map(({ name }) => name));
  const { fields } = await profileOf(reader, layoutOf(schema), batch, rows, coded);
  const stored = [...fields].map(
    ([field, { codes, ...shares }]) =>
      [field, codes === undefined ? shares : { ...shares, codes: storedCodes(codes, rows) }] as const,
  );
  return { rows, fields: new Map(stored) };
}

async function profilesOf(
  reader: Reader,
  dataset: string,
  batch: string,
  now: Profile,
  { mayGrow, mayEmpty, mayShift }: IntakeRules,
): Promise<Arrival['profiles']> {
  if ((mayGrow ?? mayEmpty ?? mayShift) === undefined) return undefined;
  return { now, former: await formerProfiles(reader, dataset, batch) };
}

/** Fewer changed rows than this are not significant. */
const minChanged = 20;
/** share of the changed rows that have their earlier values again */
const nearlyAll = 0.9;

/** The batch before the current one, if nearly all changes of a new batch restore its values. */
async function comesBack(
  reader: Reader,
  dataset: LiveDataset,
  arrived: Arrived,
  current: BatchRow | undefined,
): Promise<Arrival['rowsBefore']> {
  const layout = layoutOf(dataset.schema);
  if (current === undefined || arrived.corrects !== null || layout.key.length === 0) return undefined;
  const former = await comparable(reader, dataset, await formerBatch(reader, dataset.row.id));
  if (former === undefined) return undefined;
  const { changed, back } = await rowsThatCameBack(reader, layout, arrived, current.id, former.id);
  if (changed < minChanged || back < changed * nearlyAll) return undefined;
  return { batch: former.id, day: await publishedDay(reader, former.id) };
}

/** Maximum number of datasets that are compared, so that the guard stays fast in a city of hundreds of districts. */
const maxOthers = 50;

/** Whether hardly any of its keys exist in this dataset, and half of them exist in another dataset of the same schema. */
async function isElsewhere(
  reader: Reader,
  others: Iterable<LiveDataset>,
  { row, schema }: LiveDataset,
  arrived: Arrived,
): Promise<boolean> {
  const layout = layoutOf(schema);
  if (layout.key.length === 0 || arrived.rows < worthGuarding || arrived.corrects !== null) return false;
  const own = await rowsSeen(reader, row.id, { row, schema });
  if (own === undefined) return false;
  const alike = [...others].filter(
    (one) => one.row.id !== row.id && one.schema.name === schema.name && one.schema.major === schema.major,
  );
  if (alike.length === 0) return false;
  const mine = await keysShared(reader, layout, arrived, [own]);
  if ((mine.shared[0] ?? 0) > mine.sampled * 0.1) return false;
  const seen = await Promise.all(alike.slice(0, maxOthers).map((one) => rowsSeen(reader, one.row.id, one)));
  const tables = seen.filter((table) => table !== undefined);
  const { sampled, shared } = await keysShared(reader, layout, arrived, tables);
  return shared.some((known) => known >= sampled / 2);
}

/** The table with the visible rows of a dataset. */
async function rowsSeen(
  reader: Reader,
  id: string,
  { row, schema }: Pick<LiveDataset, 'row' | 'schema'>,
): Promise<ReturnType<typeof batchTable> | undefined> {
  const current = (await datasetById(reader, id))?.currentBatch ?? null;
  if (current === null) return undefined;
  return row.mode === 'upsert' ? datasetTable(id, schema) : batchTable(current);
}

/* Batches whose rows request deletions: a file with its mark column filled in too far would empty a register. */

/** @param requested rows of the batch that request a deletion, whether or not their key exists */
async function deletionFindings(
  pool: Pool,
  batch: string,
  { row, schema }: LiveDataset,
  requested = 0,
): Promise<readonly Finding[]> {
  const { deleteWhere, mayDelete, onDrift } = intakeRulesOf(row);
  if (row.mode !== 'upsert' || deleteWhere === undefined || requested === 0 || mayDelete >= 1) return [];
  const { going, stored } = await rowsToDelete(pool, batch, row.id, schema, deleteWhere, mayDelete);
  if (stored < worthGuarding || going <= stored * mayDelete) return [];
  return [{ code: 'batch_deletes_many', severity: onDrift, facts: { rows: going, reference: stored } }];
}
