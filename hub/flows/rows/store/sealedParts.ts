/** Raw bytes of submissions as they came, sealed before they reach the database. The sealer is handed in. */
import { collectingNew } from '../../../../machine/collectingNew.ts';
import { batchId } from '../../../../terms/ids.ts';
import { binaryRows } from '../../../platform/database/binaryRows.ts';
import type { Pool } from '../../../platform/database/database.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** Seals and opens bytes; `context` names what they are, so that sealed bytes moved elsewhere do not open. */
export interface Sealer {
  seal(plain: Uint8Array, context: string): Uint8Array;
  /** @returns bytes of their own @throws Problem sealed_bytes_damaged */
  open(sealed: Uint8Array, context: string): Uint8Array;
  /**
   * Opens them where they lie. @param passed told of bytes that were made on the way @returns a part of that memory
   * @throws Problem sealed_bytes_damaged: what lies there then is neither the one nor the other
   */
  openInPlace(sealed: Uint8Array, context: string, passed: (bytes: number) => void): Uint8Array;
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

/** The same bytes, as the driver wants them. */
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
 * The raw bytes in order, one part at a time, opened; the next is fetched meanwhile. @param from offset at which a part begins
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

/** What a reader gets at once. */
const pieceBytes = 1024 * 1024;

/**
 * The same for whoever reads them through, in pieces: each holds until the next is asked for, because a copy of it would be in use long
 * enough to become old, and only a look at all objects lets go of what is old. No part is given before all of it has been opened.
 */
export async function* rawPieces(pool: Pool, sealer: Sealer, batch: string): AsyncGenerator<Uint8Array> {
  const passed = collectingNew();
  for await (const part of openedParts(pool, sealer, batch, 0, passed))
    for (let at = 0; at < part.length; at += pieceBytes) yield part.subarray(at, at + pieceBytes);
}

/** Each part holds until the next is asked for. */
async function* openedParts(
  pool: Pool,
  sealer: Sealer,
  batch: string,
  from: number,
  passed: (bytes: number) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  let at = from;
  let fetched = sealedPart(pool, batch, at, passed);
  /** memory of the part before, which takes the next */
  let spare: Buffer | undefined;
  for (;;) {
    const part = await fetched;
    if (part === undefined) return;
    const context = contextOf(batch, at);
    at += part.bytes;
    fetched = sealedPart(pool, batch, at, passed, spare);
    fetched.catch(() => undefined); // told to whoever asks for the next part
    yield sealer.openInPlace(part.sealed, context, passed);
    spare = part.sealed;
  }
}

interface SealedPart {
  readonly bytes: number;
  readonly sealed: Buffer;
}

/** Bytes that are asked for at once: the driver keeps one buffer for messages this short, and makes larger and larger ones for longer. */
const sliceBytes = 32 * 1024;

/** @param passed told of bytes that came and were copied @param room that it may be put in, where it finds room @throws Problem malformed_identifier for what is no uuid */
async function sealedPart(
  pool: Pool,
  batch: string,
  at: number,
  passed: (bytes: number) => void,
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
      passed(piece.length);
    },
  );
  if (bytes === undefined) return undefined;
  if (come !== sealed.length) throw new RangeError('a part did not come as a whole');
  return { bytes, sealed };
}
