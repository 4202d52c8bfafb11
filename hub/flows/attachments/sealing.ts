/** Seals and opens the bytes of one attachment, piece by piece. */
import type { Sealer } from '../rows/store/sealedParts.ts';
import type { AttachmentRow } from './store/attachments.ts';
import type { AttachmentStorages } from './storage.ts';
import { sealBytes } from '../sealer.ts';
import { pieceBytes } from './store/storage.ts';

type Bound = Pick<AttachmentRow, 'id' | 'dataset' | 'field' | 'mediaType' | 'bytes'>;

/** A piece opens only for the attachment, and with the description, that it was sealed for. */
const contextOf = ({ id, dataset, field, mediaType, bytes }: Bound, piece: number): string =>
  `attachment ${id} ${dataset} ${field} ${mediaType} ${bytes} piece ${piece}`;

/** @param at offset of the bytes in the attachment, a multiple of pieceBytes */
export function sealedPieces(
  sealer: Sealer,
  row: Bound,
  at: number,
  plain: Uint8Array,
): readonly Uint8Array[] {
  const sealed: Uint8Array[] = [];
  for (let from = 0; from < plain.length; from += pieceBytes)
    sealed.push(
      sealer.seal(plain.subarray(from, from + pieceBytes), contextOf(row, (at + from) / pieceBytes)),
    );
  return sealed;
}

const piecesOf = (bytes: number): number => Math.ceil(bytes / pieceBytes);

export const sealedSize = (bytes: number): number => bytes + piecesOf(bytes) * sealBytes;

/**
 * Bytes `from` to `to` (exclusive), one piece at a time. Each is valid until the next is requested.
 * @throws Problem attachment_bytes_missing, sealed_bytes_damaged
 */
export async function* openedBytes(
  storages: AttachmentStorages,
  sealer: Sealer,
  row: Bound & Pick<AttachmentRow, 'storage' | 'upload'>,
  from = 0,
  to = row.bytes,
): AsyncGenerator<Uint8Array> {
  let piece = Math.floor(from / pieceBytes);
  const pieces = storages.named(row.storage).read(row, piece, piecesOf(to));
  for await (const sealed of pieces) {
    const start = piece * pieceBytes;
    const plain = sealer.open(sealed, contextOf(row, piece));
    piece += 1;
    yield plain.subarray(Math.max(0, from - start), Math.min(plain.length, to - start));
  }
}
