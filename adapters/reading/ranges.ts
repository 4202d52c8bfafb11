/** Divides files into ranges of whole lines, according to their division. */
import { BlockCutter } from './text/blockCutter.ts';
import { copied } from './text/copied.ts';
import { searched } from './text/searched.ts';
import type { Division } from './division.ts';
import type { Bytes } from './reader.ts';

/** A range of whole lines. */
export interface Range {
  readonly bytes: Uint8Array;
  /** bytes of the file before it */
  readonly byte: number;
}

/** Bytes passed to the cutter at once; a range has at least half as many. */
const pieceBytes = 128 * 1024;

/**
 * Divides a file into ranges; each is valid until the next is requested.
 * @param bytes a chunk need not be valid longer than until the next is requested
 * @throws Problem file_record_too_long
 */
export async function* ranges(bytes: Bytes, division: Division): AsyncGenerator<Range, undefined> {
  const cutter = new BlockCutter(division.maxRecordBytes);
  let held: Uint8Array[] = [];
  let unpaired = 0;
  let byte = 0;
  let { head } = division;
  let fileEnd: LineEnd | undefined;
  const maxUnpaired = division.maxRecordBytes * 2 + pieceBytes * 2;
  const taken = (): Range => {
    const [only] = held;
    const bytes = held.length === 1 && only !== undefined ? only : joined(held);
    const range = { bytes, byte };
    byte += bytes.length;
    held = [];
    unpaired = 0;
    head = 0;
    return range;
  };
  const add = (block: Uint8Array): void => {
    held.push(block);
    if (division.pairs !== undefined) unpaired ^= count(block, division.pairs) & 1;
    if (head > 0) head = Math.max(hasText(block) ? 0 : 1, head - lineCount(block));
  };
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length;) {
      const end = pieceEnd(chunk, at);
      const block = cutter.take(chunk.subarray(at, end));
      at = end;
      if (block === undefined) continue;
      fileEnd ??= firstLineEnd(block);
      add(block);
      if (head > 0) continue;
      if (unpaired === 0) {
        const tail = tailOf(block, division, fileEnd);
        const next = block.subarray(block.length - tail);
        held[held.length - 1] = block.subarray(0, block.length - tail);
        yield taken();
        held = tail === 0 ? [] : [next];
      } else if (sizeOf(held) > maxUnpaired) {
        // marks that remain unpaired after so much may be no pair: the reader reports it
        yield taken();
      }
    }
    held = held.map(copied);
    cutter.keep();
  }
  const rest = cutter.rest();
  if (rest.length > 0) add(rest);
  if (held.length > 0) yield taken();
  return undefined;
}

/** End of a piece: after a line, so that no remainder has to be joined with the next one. */
function pieceEnd(chunk: Uint8Array, at: number): number {
  const most = at + pieceBytes;
  if (most >= chunk.length) return chunk.length;
  const line = chunk.lastIndexOf(10, most - 1);
  return line < at ? most : line + 1;
}

/** How a line ends. */
export type LineEnd = 'lf' | 'crlf' | 'cr';

const LF = 10;
const CR = 13;

/** How the first line of bytes ends; undefined where none does. */
export function firstLineEnd(bytes: Uint8Array): LineEnd | undefined {
  const lf = bytes.indexOf(LF);
  const cr = bytes.indexOf(CR);
  if (cr < 0 || (lf >= 0 && lf < cr)) return lf < 0 ? undefined : 'lf';
  return lf === cr + 1 ? 'crlf' : 'cr';
}

/** Maximum size of the lines that are moved to the next range, in bytes; less than a block. */
const maxTail = 32 * 1024;

/**
 * Size of the last lines of a block that the next range begins with: blank ones, and those that end unlike the first line of the file. What
 * a reader reports about them depends on the lines before and after.
 */
function tailOf(bytes: Uint8Array, { pairs, blanks }: Division, fileEnd: LineEnd | undefined): number {
  const mark = bytes[bytes.length - 1] ?? LF;
  let tail = 0;
  let unpaired = 0;
  for (let end = bytes.length; end > 0 && bytes.length - end < maxTail;) {
    const start = end < 2 ? 0 : bytes.lastIndexOf(mark, end - 2) + 1;
    const isOdd = fileEnd === 'crlf' ? bytes[end - 2] !== CR : fileEnd === 'cr' && mark === LF;
    if (!isOdd && (blanks === undefined || !isMadeOf(blanks, bytes, start, end))) break;
    if (pairs !== undefined) unpaired ^= count(bytes.subarray(start, end), pairs) & 1;
    end = start;
    if (unpaired === 0 && bytes.length - end <= maxTail) tail = bytes.length - end;
  }
  return tail;
}

function isMadeOf(some: ReadonlySet<number>, bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (!some.has(bytes[at] ?? 0)) return false;
  return true;
}

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

/** Merges successive ranges into one. */
export const merged = (first: Range, ...others: readonly Range[]): Range => ({
  bytes: joined([first, ...others].map(({ bytes }) => bytes)),
  byte: first.byte,
});

/** Whether there are bytes other than line ends. */
export const hasText = (bytes: Uint8Array): boolean => bytes.some((byte) => byte !== 10 && byte !== 13);

/** Start of a physical line; the length of the bytes where there are fewer lines. @param line from 1 */
export function lineStart(bytes: Uint8Array, line: number): number {
  let at = 0;
  for (let before = 1; before < line && at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === 10 || (byte === 13 && bytes[at + 1] !== 10)) before += 1;
  }
  return at;
}

/** Number of occurrences of a byte in a block. */
function count(block: Uint8Array, byte: number): number {
  const bytes = searched(block);
  let found = 0;
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) found += 1;
  return found;
}

/** Number of physical lines of a range: LF, CRLF and lone CR end one. */
export function lineCount(range: Uint8Array): number {
  const bytes = searched(range);
  let lines = 0;
  let cr = bytes.indexOf(13);
  for (let lf = bytes.indexOf(10); lf >= 0; lf = bytes.indexOf(10, lf + 1)) {
    for (; cr >= 0 && cr < lf; cr = bytes.indexOf(13, cr + 1)) if (cr < lf - 1) lines += 1;
    lines += 1;
  }
  for (; cr >= 0; cr = bytes.indexOf(13, cr + 1)) lines += 1;
  return lines;
}
