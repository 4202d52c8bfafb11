/**
 * Corrections (更正): a corrected file contains only the rows that were bad. The good rows of the corrected batch are taken over, and both
 * are published together as a new version, atomically.
 */
import { Problem } from '../../../terms/problem.ts';
import type { Finding } from '../../domain/guards.ts';
import { type BatchRow, batchById } from './store/batches.ts';
import type { Reader } from '../../platform/database/reader.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { canonicalJson } from '../../../terms/canonicalJson.ts';
import type { ControlTotals } from '../../domain/batch.ts';
import { datasetById } from '../../registry/store/datasets.ts';
import type { LiveMapping } from '../../registry/mappings.ts';
import type { IntakeServices } from './services.ts';

/**
 * The batch to be corrected: of the same dataset, with rows in the dataset's current layout.
 * @throws Problem batch_unknown, batch_outdated, batch_not_correctable
 */
export async function correctable(reader: Reader, corrects: string, dataset: LiveDataset): Promise<BatchRow> {
  const former = await batchById(reader, corrects);
  if (former?.dataset !== dataset.row.id) throw new Problem('batch_unknown');
  if (former.schema !== dataset.schema.urn)
    throw new Problem('batch_outdated', { schema: former.schema ?? '' });
  if (!isCurrent(former, dataset)) throw new Problem('batch_not_correctable', { state: former.state });
  return former;
}

/** The batch whose rows are taken over; none where they are already in the dataset's single table. @throws Problem as `correctable` */
export async function rowsToKeep(
  reader: Reader,
  corrects: string | null,
  dataset: LiveDataset,
): Promise<string | undefined> {
  if (corrects === null) return undefined;
  const former = await correctable(reader, corrects, dataset);
  return comesAlong(former, dataset) ? former.id : undefined;
}

/** Whether its good rows are taken over with the corrected ones: they are not yet in the dataset's single table. */
export const comesAlong = ({ state }: BatchRow, { row }: LiveDataset): boolean =>
  row.mode !== 'upsert' || state === 'held';

/** The batch that a batch corrects; undefined: it is no correction. */
export const correctedBatch = async (
  reader: Reader,
  { corrects }: Pick<BatchRow, 'corrects'>,
): Promise<BatchRow | undefined> => (corrects === null ? undefined : await batchById(reader, corrects));

/** The finding if another batch replaced the corrected one while the corrected rows were loaded: its rows must not reappear. */
export const outdatedCorrection = (former: BatchRow | undefined, dataset: LiveDataset): readonly Finding[] =>
  former === undefined || isCurrent(former, dataset)
    ? []
    : [{ code: 'batch_not_correctable', severity: 'reject', facts: { state: former.state } }];

/** The finding if a correction has fewer records than were bad: rows that did not come again are in no batch. */
export function shortCorrection(former: BatchRow | undefined, sent: number): readonly Finding[] {
  const bad = former?.counts?.bad ?? 0;
  if (former === undefined || sent >= bad) return [];
  const facts = { rows: bad - sent, bad, batch: former.id };
  return [{ code: 'batch_correction_short', severity: 'warn', facts }];
}

/** Whether no batch has replaced it: it is held for a decision, or it is current. Rows merged by key remain in place. */
const isCurrent = ({ state }: BatchRow, { row }: LiveDataset): boolean =>
  state === 'held' || state === 'published' || (row.mode === 'upsert' && state === 'superseded');

/** The current batch, if it came from the same bytes in the same code page by the same mapping under the same schema version. */
export async function sameBytes(
  services: Pick<IntakeServices, 'database'>,
  { codePage }: Pick<BatchRow, 'codePage'>,
  request: {
    readonly sha256: string;
    readonly bytes: number;
    readonly control?: ControlTotals | undefined;
  },
  dataset: LiveDataset,
  mapping: LiveMapping,
): Promise<BatchRow | undefined> {
  const { app } = services.database;
  const current = (await datasetById(app, dataset.row.id))?.currentBatch ?? null;
  const first = current === null ? undefined : await batchById(app, current);
  const same =
    first?.sha256 === request.sha256 &&
    first.bytes === request.bytes &&
    first.codePage === codePage &&
    (request.control === undefined || canonicalJson(request.control) === canonicalJson(first.control)) &&
    first.mappingDigest === mapping.digest &&
    first.schema === dataset.schema.urn;
  return same ? first : undefined;
}
