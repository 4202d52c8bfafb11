/**
 * Inspect: the rows that a held batch would add, remove and change among the visible rows. Returns counts and lines, never values or keys.
 *
 *   whose batch? → is it held, under its dataset's current version? → rows compared by key → lines of the first ones → append entry → reply
 */
import type { components } from '../../../../api/openapi.ts';
import { Problem } from '../../../../terms/problem.ts';
import { batchTable, datasetTable, layoutOf } from '../../../domain/rowTable/layout.ts';
import { allowed } from '../../../pipeline/call.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { isMissingTable } from '../../../platform/database/failure.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';
import { type BatchRow, unalteredBatch } from '../store/batches.ts';
import { intakeRulesOf } from '../../../registry/store/datasets.ts';
import { compareRows, differingRows, type Compared } from '../../rows/store/compare.ts';
import { countRows } from '../../rows/store/countRows.ts';
import { hostedDataset } from '../../hostedDataset.ts';
import { batchFacts } from '../answer.ts';
import { currentOf } from '../publication.ts';
import type { IntakeServices } from '../services.ts';
import { partsAgain } from '../rereading/partsAgain.ts';
import { LinesOfRows } from '../translation/linesOfRows.ts';
import { seenBySenders } from '../../../domain/cells.ts';
import { ofBatch } from '../../../pipeline/ownership.ts';
import { intakeOperation } from '../../operation.ts';
import { defined, present } from '../../../../terms/defined.ts';

type Answer = components['schemas']['BatchDifference'];
type Reported = NonNullable<Answer['difference']>;

/** Maximum number of lines of each kind. */
const maxLines = 10;
const kinds = ['added', 'removed', 'changed'] as const;

/**
 * GET /v1/batches/{batch}/difference.
 * @throws Problem batch_unknown, dataset_unknown, dataset_live, batch_not_held, batch_outdated, rereads_busy
 */
export const compareBatch = intakeOperation('compareBatch', {
  kind: 'inspect',
  permission: seenBySenders,
  owner: ofBatch,
  run: async (call, services) => {
    const batch = await held(services, call.params.batch);
    const dataset = hostedDataset(services.registry, batch.dataset);
    const { row, schema } = dataset;
    if (batch.schema !== schema.urn) throw new Problem('batch_outdated', { schema: batch.schema ?? '' });
    const current = await currentOf(services.database, dataset);
    try {
      const found = await services.rereads.run(call.caller, () =>
        compared(services, dataset, batch, current),
      );
      const answer: Answer = {
        batch: batch.id,
        dataset: row.id,
        mode: row.mode === 'snapshot' ? 'snapshot' : 'upsert',
        ...present({ beside: current }),
        ...found,
      };
      return allowed<'compareBatch'>(200, answer, { facts: batchFacts(batch, dataset) });
    } catch (error) {
      // decided or overtaken during the comparison
      if (isMissingTable(error)) await held(services, batch.id);
      throw error;
    }
  },
});

/** @throws Problem batch_unknown, batch_not_held */
async function held({ database }: IntakeServices, id: string): Promise<BatchRow> {
  const batch = await unalteredBatch(database.app, id);
  if (batch === undefined) throw new Problem('batch_unknown');
  if (batch.state !== 'held') throw new Problem('batch_not_held', { state: batch.state });
  return batch;
}

async function compared(
  services: IntakeServices,
  dataset: LiveDataset,
  batch: BatchRow,
  current: string | null,
): Promise<Pick<Answer, 'rows' | 'difference'>> {
  const { row, schema } = dataset;
  const whole = row.mode === 'snapshot';
  const layout = layoutOf(schema);
  const before = current === null ? undefined : whole ? batchTable(current) : datasetTable(row.id, schema);
  const { deleteWhere } = intakeRulesOf(row);
  const these: Compared | undefined =
    layout.key.length === 0 ? undefined : { layout, now: batchTable(batch.id), before, whole, deleteWhere };
  const counted = await withTransaction(services.database.app, async (transaction) => {
    const now = await countRows(transaction, batchTable(batch.id));
    const rowsBefore = whole && before !== undefined ? await countRows(transaction, before) : undefined;
    const rows = { now, ...defined({ before: rowsBefore }) };
    if (these === undefined) return { rows };
    const difference = await compareRows(transaction, these);
    const first: Record<(typeof kinds)[number], readonly number[]> = { added: [], removed: [], changed: [] };
    for (const kind of kinds)
      if (difference[kind] > 0) first[kind] = await differingRows(transaction, these, kind, maxLines);
    return { rows, difference, first };
  });
  const { rows, difference, first } = counted;
  if (difference === undefined) return { rows };
  const mine = await linesOfBatch(services, dataset, batch, [
    ...first.added,
    ...first.changed,
    ...(whole ? [] : first.removed),
  ]);
  const former = whole && current !== null ? await unalteredBatch(services.database.app, current) : undefined;
  const formerLines =
    former === undefined ? mine : await linesOfBatch(services, dataset, former, first.removed);
  const reported = (kind: (typeof kinds)[number], line: (row: number) => number): Reported['added'] => ({
    count: difference[kind],
    lines: first[kind].map(line).filter((one) => one > 0),
  });
  return {
    rows,
    difference: {
      added: reported('added', mine),
      removed: reported('removed', whole ? formerLines : mine),
      changed: reported('changed', mine),
      unchanged: difference.unchanged,
      ...(difference.absent === 0 ? {} : { absent: difference.absent }),
      fields: difference.fields,
    },
  };
}

/**
 * The physical lines of a batch's rows, found by reading its stored bytes again: the lines of good rows are not stored.
 * @param rows their `_row`
 * @returns ascending; none for rows taken over from another file, nor where the bytes are destroyed
 */
async function linesOfBatch(
  services: IntakeServices,
  dataset: LiveDataset,
  batch: BatchRow,
  rows: readonly number[],
): Promise<(row: number) => number> {
  const mapping = dataset.mappings.get(batch.mapping ?? '')?.compiled;
  const none = (): number => 0;
  if (mapping === undefined || rows.length === 0) return none;
  const lines = new LinesOfRows();
  const furthest = Math.max(...rows);
  try {
    for await (const part of partsAgain(services, dataset, mapping, batch)) {
      lines.add(part.rows, part.lines);
      if ((part.rows.at(-1) ?? 0) >= furthest) break;
    }
  } catch (error) {
    if (error instanceof Problem && error.code === 'raw_bytes_gone') return none;
    throw error;
  }
  return (row) => lines.of(row);
}
