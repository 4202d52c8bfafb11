/** The bytes of exports at rest, sealed piece by piece; the caller provides the sealer. */
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { bufferOver, type Sealer } from './sealedParts.ts';

/** Maximum bytes of a piece. */
const maxChunkBytes = 1 << 20;
const contextOf = (id: string, at: number): string => `export ${id} at ${at}`;

/** @param at offset of the bytes in the file; 0 restarts the file */
export async function putExportBytes(
  transaction: Transaction,
  sealer: Sealer,
  { id, at, bytes }: { readonly id: string; readonly at: number; readonly bytes: Uint8Array },
): Promise<void> {
  if (at === 0) await dropExportBytes(transaction, id);
  for (let from = 0; from < bytes.length; from += maxChunkBytes) {
    const piece = bytes.subarray(from, from + maxChunkBytes);
    await transaction.query(
      'INSERT INTO release_export_chunk (export, at, bytes, sealed) VALUES ($1, $2, $3, $4)',
      [id, at + from, piece.length, bufferOver(sealer.seal(piece, contextOf(id, at + from)))],
    );
  }
}

export async function dropExportBytes(transaction: Transaction, id: string): Promise<void> {
  await transaction.query('DELETE FROM release_export_chunk WHERE export = $1', [id]);
}

/** Bytes `from` to `to` (exclusive) of a file. @returns undefined where some are missing @throws Problem sealed_bytes_damaged */
export async function exportBytes(
  reader: Reader,
  sealer: Sealer,
  id: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Buffer | undefined> {
  const { rows } = await reader.query<{ at: string; bytes: number; sealed: Buffer }>(
    'SELECT at, bytes, sealed FROM release_export_chunk WHERE export = $1 AND at < $3 AND at + bytes > $2 ORDER BY at',
    [id, from, to],
  );
  const pieces = rows.map(({ at, sealed }) => {
    const start = Number(at);
    const plain = sealer.open(sealed, contextOf(id, start));
    return plain.subarray(Math.max(0, from - start), to - start);
  });
  const whole = Buffer.concat(pieces);
  return whole.length === to - from ? whole : undefined;
}
