import { randomInt } from 'node:crypto';
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
 * A batch's stored bytes, translated again as on arrival, in a separate thread. For a long file, the result includes rows whose key
 * repeats that of a much earlier row: only all rows together show this (`rememberedKeys`).
 * @throws Problem raw_bytes_gone, also where they are destroyed while being read, and the adapter's problems with the file
 */
export function partsAgain(
  services: RereadServices,
  { schema }: LiveDataset,
  mapping: CompiledMapping,
  batch: BatchRow,
): AsyncGenerator<CopyPart> {
  const { registry, subjectKey, translators, limits } = services;
  const { rememberedKeys } = limits;
  const companions = batch.codePage === null ? {} : { codePage: Buffer.from(batch.codePage, 'utf8') };
  const task = {
    schema,
    mapping,
    subjectKey,
    codeLists: registry.current.codeLists,
    companions,
    rememberedKeys,
    keySalt: randomInt(2 ** 32),
  };
  return copyPartsInThreads(task, storedBytes(services, batch), 1, translators.threads);
}

/** The stored bytes of a batch, read again. @throws Problem raw_bytes_gone after the last of them, where the file is incomplete */
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
