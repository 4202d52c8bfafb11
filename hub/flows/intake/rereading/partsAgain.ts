import type { CompiledMapping } from '../../../../adapters/mapping/compile.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import type { BatchRow } from '../store/batches.ts';
import type { CopyPart } from '../translation/copyParts.ts';
import { copyPartsInThreads } from '../translation/threads/copyPartsInThreads.ts';
import type { IntakeServices } from '../services.ts';
import { Problem } from '../../../../terms/problem.ts';
import { rawPieces } from '../../rows/store/sealedParts.ts';

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
  return copyPartsInThreads(task, storedBytes(services, batch), 1, translators.threads);
}

/** The stored bytes of a batch, read once more. @throws Problem raw_bytes_gone behind the last of them, where it is not the end of the file */
async function* storedBytes(
  { database, sealer }: Pick<IntakeServices, 'database' | 'sealer'>,
  { id, bytes }: Pick<BatchRow, 'id' | 'bytes'>,
): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const part of rawPieces(database.app, sealer, id)) {
    read += part.length;
    yield part;
  }
  if (read !== bytes) throw new Problem('raw_bytes_gone', { batch: id });
}
