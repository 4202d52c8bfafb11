import type { LiveMapping } from '../../registry/mappings.ts';
import type { ComingDataset, LiveDataset } from '../../registry/snapshot.ts';
import { availableParallelism } from 'node:os';
import { ThreadPool } from './translation/threads/threadPool.ts';
import { Semaphore } from '../../../machine/semaphore.ts';
import { Problem } from '../../../terms/problem.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { mappingNames } from '../../registry/mappings.ts';
import { waitingMappings } from '../../registry/store/proposals.ts';
import type { BatchRow } from './store/batches.ts';

/** The version for which a file is read: the dataset's current version, or the one it is moving to. */
export interface TranslationTarget {
  readonly dataset: LiveDataset | ComingDataset;
  readonly mapping: LiveMapping;
}

/**
 * A mapping of the version that its dataset is moving to prepares the rows under that version; any other mapping belongs to the current
 * version. @throws Problem mapping_unknown, mapping_unreadable
 */
export function translationTarget(dataset: LiveDataset, name: string): TranslationTarget {
  const ahead = dataset.mappings.has(name) ? undefined : dataset.coming?.mappings.get(name);
  if (dataset.coming !== undefined && ahead?.compiled !== undefined)
    return { dataset: dataset.coming, mapping: ahead };
  return { dataset, mapping: liveMapping(dataset, name) };
}

/**
 * The hub's translation capacity. Each load uses one of the owner's eight connections from its first byte to its last; small files never
 * wait for large ones.
 */
export class Translators {
  readonly large: Semaphore = new Semaphore(Math.min(4, availableParallelism()));
  readonly small: Semaphore = new Semaphore(2);
  readonly threads: ThreadPool = new ThreadPool();
}

/** A mapping of a dataset by any of its names, as compiled now. @throws Problem mapping_unknown, mapping_unreadable */
export function liveMapping(dataset: LiveDataset, name: string): LiveMapping {
  const mapping = dataset.mappings.get(name);
  const facts = { dataset: dataset.row.id, mapping: name };
  if (mapping === undefined) throw new Problem('mapping_unknown', facts);
  if (mapping.compiled === undefined) throw new Problem('mapping_unreadable', facts);
  return mapping;
}

/**
 * Reads a mapping that a call names. Where one of that name still waits for approval, the error names who approves it.
 * @throws Problem mapping_waits, and those of `find`
 */
export async function orWaiting<T>(
  reader: Reader,
  { row: { id: dataset, department } }: LiveDataset,
  mapping: string,
  find: () => T,
): Promise<T> {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'mapping_unknown') throw error;
    const waiting = await waitingMappings(reader, dataset);
    const named = waiting.find(({ name }) => mappingNames(name).includes(mapping));
    if (named === undefined) throw error;
    const { id: proposal, owner } = named;
    throw new Problem('mapping_waits', { dataset, mapping, owner: owner ?? department, proposal });
  }
}

/** A separate code page is allowed for DBF tables only. @throws Problem code_page_without_table */
export function checkCodePage(
  { codePage }: Pick<BatchRow, 'codePage'>,
  { label, compiled: { format } }: ReturnType<typeof liveMapping>,
): void {
  if (codePage !== null && format !== 'dbf')
    throw new Problem('code_page_without_table', { mapping: label, format });
}
