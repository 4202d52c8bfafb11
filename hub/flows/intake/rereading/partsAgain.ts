import type { CompiledMapping } from '../../../../adapters/mapping/compile.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import type { BatchRow } from '../store/batches.ts';
import type { CopyPart } from '../translation/copyParts.ts';
import { copyPartsInThreads } from '../translation/threads/copyPartsInThreads.ts';
import type { IntakeServices } from '../services.ts';
import { keptBytes } from './keptBytes.ts';

export type RereadServices = Pick<
  IntakeServices,
  'database' | 'sealer' | 'subjectKey' | 'registry' | 'translators' | 'limits'
>;

/**
 * A batch's stored bytes, translated once more as they were when it came in, in a thread of its own. Of a long file a row is among them whose
 * key repeats that of one far before it: only all rows together tell (`rememberedKeys`).
 * @throws Problem raw_bytes_gone, also where they go while they are read, and what an adapter says of the file
 */
export function partsAgain(
  services: RereadServices,
  { schema }: LiveDataset,
  mapping: CompiledMapping,
  batch: BatchRow,
): AsyncGenerator<CopyPart> {
  const { registry, subjectKey, translators, limits } = services;
  const { rememberedKeys } = limits;
  const beside = batch.codePage === null ? {} : { codePage: Buffer.from(batch.codePage, 'utf8') };
  const task = { schema, mapping, subjectKey, codeLists: registry.current.codeLists, beside, rememberedKeys };
  return copyPartsInThreads(task, keptBytes(services, batch), 1, translators.threads);
}
