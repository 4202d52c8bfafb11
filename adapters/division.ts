/** How a file can be cut into stretches that are read on their own, so that several threads can work on it. */
import { BlockCutter } from './text/blockCutter.ts';
import type { Bytes } from './reader.ts';

export interface Division {
  /** the longest stretch without a line end, in bytes */
  readonly maxRecordBytes: number;
  /** a byte that stands an even number of times where no record is cut in two; undefined where each line end is one of a record */
  readonly pairs: number | undefined;
  /** rule of a bad record that says its stretch may have been cut inside a record after all */
  readonly unfinished: string | undefined;
  /** Options for reading every stretch but the first. @param columns of the first */
  readonly later: (columns: readonly string[]) => unknown;
}

/** A stretch of whole lines. */
export interface Stretch {
  /** a buffer of its own, or nearly */
  readonly bytes: Uint8Array;
  /** bytes of the file before it */
  readonly byte: number;
}

/** Bytes that the cutter is given at once; a stretch is at least half of it. */
const pieceBytes = 128 * 1024;

/** Cuts a file into stretches. @throws Problem file_record_too_long */
export async function* stretches(bytes: Bytes, division: Division): AsyncGenerator<Stretch, undefined> {
  const cutter = new BlockCutter(division.maxRecordBytes);
  let held: Uint8Array[] = [];
  let unpaired = 0;
  let byte = 0;
  const taken = (): Stretch => {
    const [only] = held;
    const bytes = held.length === 1 && only !== undefined && isOwn(only) ? only : joined(held);
    const stretch = { bytes, byte };
    byte += bytes.length;
    held = [];
    unpaired = 0;
    return stretch;
  };
  const add = (block: Uint8Array): void => {
    held.push(block);
    if (division.pairs !== undefined) unpaired ^= count(block, division.pairs) & 1;
  };
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length; at += pieceBytes) {
      const block = cutter.take(chunk.subarray(at, at + pieceBytes));
      if (block === undefined) continue;
      add(block);
      // what is still unpaired after so much is no pair: the reader will say so
      if (unpaired === 0 || sizeOf(held) > division.maxRecordBytes * 2) yield taken();
    }
  }
  const rest = cutter.rest();
  if (rest.length > 0) add(rest);
  if (held.length > 0) yield taken();
  return undefined;
}

/** Whether a block has its buffer to itself, a line more or less: the whole buffer travels to another thread. */
const isOwn = ({ buffer, length }: Uint8Array): boolean => buffer.byteLength <= length + 4096;

const sizeOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, { length }) => sum + length, 0);

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(sizeOf(parts));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Two stretches as one. */
export const merged = (a: Stretch, b: Stretch): Stretch => ({
  bytes: joined([a.bytes, b.bytes]),
  byte: a.byte,
});

/** How often a byte stands in a block. */
function count(block: Uint8Array, byte: number): number {
  let found = 0;
  for (let at = block.indexOf(byte); at >= 0; at = block.indexOf(byte, at + 1)) found += 1;
  return found;
}

/** Physical lines of a stretch: LF, CRLF and lone CR end one. */
export function lineCount(bytes: Uint8Array): number {
  let lines = 0;
  let cr = bytes.indexOf(13);
  for (let lf = bytes.indexOf(10); lf >= 0; lf = bytes.indexOf(10, lf + 1)) {
    for (; cr >= 0 && cr < lf; cr = bytes.indexOf(13, cr + 1)) if (cr < lf - 1) lines += 1;
    lines += 1;
  }
  for (; cr >= 0; cr = bytes.indexOf(13, cr + 1)) lines += 1;
  return lines;
}
