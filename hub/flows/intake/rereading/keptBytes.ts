import { Problem } from '../../../../terms/problem.ts';
import type { BatchRow } from '../store/batches.ts';
import { rawPieces } from '../../rows/store/sealedParts.ts';
import type { IntakeServices } from '../services.ts';

/** The stored bytes of a batch, read once more. @throws Problem raw_bytes_gone behind the last of them, where it is not the end of the file */
export async function* keptBytes(
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
