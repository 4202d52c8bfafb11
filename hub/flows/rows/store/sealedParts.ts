/** Raw bytes of submissions as received, sealed before they are sent to the database. The caller provides the sealer. */
import { batchId } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import { binaryRows } from '../../../platform/database/binaryRows.ts';
import type { Pool } from '../../../platform/database/database.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** Seals and opens bytes; `context` names their purpose, so that sealed bytes moved elsewhere do not open. */
export interface Sealer {
  seal(plain: Uint8Array, context: string): Uint8Array;
  /** @returns newly allocated bytes @throws Problem sealed_bytes_damaged */
  open(sealed: Uint8Array, context: string): Uint8Array;
  /**
   * Opens them in their own memory. @returns a part of that memory
   * @throws Problem sealed_bytes_damaged: the memory then contains neither the sealed nor the opened bytes
   */
  openInPlace(sealed: Uint8Array, context: string): Uint8Array;
}

export interface PartRow {
  readonly at: number;
  readonly bytes: number;
  readonly sha256: Uint8Array;
}

const contextOf = (batch: string, at: number): string => `batch ${batch} part ${at}`;

/** Inserts a part. @throws the driver's 23505 when that offset is taken */
export async function putPart(
  reader: Reader,
  sealer: Sealer,
  part: {
    readonly batch: string;
    readonly at: number;
    readonly plain: Uint8Array;
    readonly sha256: Uint8Array;
  },
): Promise<void> {
  await reader.query(
    'INSERT INTO batch_part (batch, at, bytes, sha256, sealed) VALUES ($1, $2, $3, $4, $5)',
    [
      part.batch,
      part.at,
      part.plain.length,
      Buffer.from(part.sha256),
      bufferOver(sealer.seal(part.plain, contextOf(part.batch, part.at))),
    ],
  );
}

/** The same bytes, in the driver's type. */
export const bufferOver = ({ buffer, byteOffset, length }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, length);

/** The part that begins at an offset. */
export async function partAt(reader: Reader, batch: string, at: number): Promise<PartRow | undefined> {
  const { rows } = await reader.query<{ at: string; bytes: number; sha256: Buffer }>(
    'SELECT at, bytes, sha256 FROM batch_part WHERE batch = $1 AND at = $2',
    [batch, at],
  );
  const row = rows[0];
  return row === undefined ? undefined : { at: Number(row.at), bytes: row.bytes, sha256: row.sha256 };
}

/**
 * The opened raw bytes in order, one part at a time; the next part is fetched at the same time. @param from offset at which a part begins
 * @throws Problem sealed_bytes_damaged
 */
export async function* rawBytes(
  pool: Pool,
  sealer: Sealer,
  batch: string,
  from = 0,
): AsyncGenerator<Uint8Array> {
  for await (const part of openedParts(pool, sealer, batch, from)) yield Buffer.from(part);
}

/** Bytes that a reader receives at once. */
const pieceBytes = 1024 * 1024;

/**
 * The same in pieces, for reading once from start to end. Each piece is valid until the next is requested: a copy would live long enough
 * to reach the old generation, which only a full collection frees. A part is passed on only after all of it has been opened.
 */
export async function* rawPieces(pool: Pool, sealer: Sealer, batch: string): AsyncGenerator<Uint8Array> {
  for await (const part of openedParts(pool, sealer, batch, 0))
    for (let at = 0; at < part.length; at += pieceBytes) yield part.subarray(at, at + pieceBytes);
}

/** Each part is valid until the next is requested. */
async function* openedParts(
  pool: Pool,
  sealer: Sealer,
  batch: string,
  from: number,
): AsyncGenerator<Uint8Array> {
  let at = from;
  let fetched = sealedPart(pool, batch, at);
  /** memory of the previous part, reused for the next */
  let spare: Buffer | undefined;
  for (;;) {
    const part = await fetched;
    if (part === undefined) return;
    const context = contextOf(batch, at);
    at += part.bytes;
    fetched = sealedPart(pool, batch, at, spare);
    fetched.catch(() => undefined); // a failure is reported when the next part is requested
    const opened = sealer.openInPlace(part.sealed, context);
    // the column is not authenticated: with 0 the same part would be read without end
    if (opened.length !== part.bytes) throw new Problem('sealed_bytes_damaged');
    yield opened;
    spare = part.sealed;
  }
}

interface SealedPart {
  readonly bytes: number;
  readonly sealed: Buffer;
}

/** Bytes of one query: the driver reuses one buffer for messages of this size, and allocates ever larger ones for longer messages. */
const sliceBytes = 32 * 1024;

/** @param room memory to use if the part fits @throws Problem malformed_identifier where the id is not a uuid */
async function sealedPart(
  pool: Pool,
  batch: string,
  at: number,
  room: Buffer = Buffer.alloc(0),
): Promise<SealedPart | undefined> {
  let bytes: number | undefined;
  let sealed: Buffer = Buffer.alloc(0);
  let come = 0;
  await binaryRows(
    pool,
    `SELECT bytes, octet_length(sealed), slice, substr(sealed, slice + 1, ${sliceBytes})
       FROM batch_part, generate_series(0, greatest(octet_length(sealed) - 1, 0), ${sliceBytes}) AS slice
      WHERE batch = '${batchId(batch)}' AND at = ${at}`,
    ([length, size, slice, piece]) => {
      if (!length || !size || !slice || !piece) throw new TypeError('a part has its length and its bytes');
      if (bytes === undefined) {
        bytes = length.readInt32BE(0);
        const needed = size.readInt32BE(0);
        sealed = needed > room.length ? Buffer.allocUnsafe(needed) : room.subarray(0, needed);
      }
      come += piece.copy(sealed, slice.readInt32BE(0));
    },
  );
  if (bytes === undefined) return undefined;
  if (come !== sealed.length) throw new RangeError('a part did not come as a whole');
  return { bytes, sealed };
}
