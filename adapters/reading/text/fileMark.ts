/** The byte order mark at the beginning of a file: it determines the encoding, and offsets do not include it. */
import type { Bytes } from '../reader.ts';
import { byteOrderMark } from './sniffEncoding.ts';

/** Encodings that have a mark; in a code page of single bytes the same bytes are letters. */
const markable = new Set(['utf-8', 'gb18030', 'utf-16le', 'utf-16be']);
const maxMarkLength = 4;

export interface MarkedFile {
  readonly encoding: string;
  /** bytes after the mark */
  readonly bytes: Bytes;
  /** bytes of the mark */
  readonly length: number;
}

/** @param declared the decoder's name of the declared encoding */
export async function markedFile(bytes: Bytes, declared: string): Promise<MarkedFile> {
  if (!markable.has(declared)) return { encoding: declared, bytes, length: 0 };
  const chunks = bytes[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < maxMarkLength) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  const { encoding, length } = byteOrderMark(head) ?? { encoding: declared, length: 0 };
  return { encoding, bytes: following(head.subarray(length), chunks), length };
}

async function* following(first: Uint8Array, chunks: AsyncIterator<Uint8Array>): Bytes {
  if (first.length > 0) yield first;
  yield* { [Symbol.asyncIterator]: () => chunks };
}
