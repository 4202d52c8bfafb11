/**
 * Divides the bytes of a file into the byte ranges of its records, by record format. An impossible length is rejected with its position.
 */
import { asIs } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import type { Bytes } from '../reading/reader.ts';
import { withoutEndMark } from '../reading/text/textBlocks.ts';
import type { CopybookOptions, DescriptorWord, RecordHeader } from './options.ts';
import type { DeclaredLength } from './record/declaredLength.ts';

export interface FramedRecords {
  readonly bytes: Buffer;
  /** start, end, start, end … of the fields of each record within `bytes` */
  readonly ranges: number[];
  /** number of the first of them, from 1 */
  readonly first: number;
  /** offset of `bytes` in the file */
  readonly offset: number;
}

/**
 * Position of the next record: its fields are at `start` to `end`, `next` is the byte after it. `need`: number of bytes required to
 * determine it. `length`: bytes of the record without its header or line end, as far as they are known; the limit applies to them.
 */
export type Frame =
  | { readonly start: number; readonly end: number; readonly next: number; readonly length: number }
  | { readonly need: number; readonly length: number };
export interface NextFrame {
  (
    bytes: Buffer,
    at: number,
    place: { readonly record: number; readonly byte: number; readonly last: boolean },
  ): Frame;
  /** bytes missing from the open block: a file that ends before them was truncated, even between two records */
  readonly unfinished?: () => number;
}

/**
 * The records before an error are returned before it is thrown, wherever a chunk ends.
 * @throws Problem file_truncated, file_framing_wrong, file_record_too_long
 */
export async function* framedRecords(
  bytes: Bytes,
  options: CopybookOptions,
  nextFrame: NextFrame,
): AsyncGenerator<FramedRecords> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = options.fileHeaderBytes;
  let record = 1;
  const isHost = options.encoding === 'ebcdic';
  const isText = options.recordFormat === 'D' && !isHost;
  /** Whether an end mark follows records that are not lines; in a host file it would be text. */
  const isEndMark = (left: Buffer): boolean => !isHost && withoutEndMark(left).length === 0;
  const frame = function* (block: Buffer, last: boolean): Generator<FramedRecords> {
    const ranges: number[] = [];
    const first = record;
    let at = 0;
    let need = 0;
    const bytes = last && isText ? asBuffer(withoutEndMark(block)) : block;
    const end = bytes.length;
    try {
      while (at < end) {
        const found = nextFrame(bytes, at, { record, byte: offset + at, last });
        // the same limit wherever a chunk ends
        if (found.length > options.maxRecordBytes) {
          throw new Problem('file_record_too_long', {
            line: record,
            byte: offset + at,
            limit: options.maxRecordBytes,
          });
        }
        if ('need' in found) {
          need = found.need;
          break;
        }
        ranges.push(found.start, found.end);
        at = found.next;
        record += 1;
      }
      if (last && at < end && !isEndMark(block.subarray(at))) {
        throw new Problem('file_truncated', {
          record,
          byte: offset + at,
          expected: need,
          received: end - at,
        });
      }
    } catch (error) {
      if (ranges.length > 0) yield { bytes: block, ranges, first, offset };
      throw error;
    }
    rest = block.subarray(at);
    const blockOffset = offset;
    offset += at;
    if (ranges.length > 0) yield { bytes: block, ranges, first, offset: blockOffset };
  };
  for await (const chunk of withoutEnds(bytes, options.fileHeaderBytes, options.fileTrailerBytes)) {
    yield* frame(rest.length === 0 ? asBuffer(chunk) : Buffer.concat([rest, chunk]), false);
  }
  yield* frame(rest, true);
  const expected = nextFrame.unfinished?.() ?? 0;
  if (expected > 0) throw new Problem('file_truncated', { record, byte: offset, expected, received: 0 });
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

/** Removes the first and last bytes of a file. */
async function* withoutEnds(bytes: Bytes, header: number, trailer: number): Bytes {
  let skip = header;
  let held: Uint8Array = new Uint8Array(0);
  for await (const chunk of bytes) {
    const part = chunk.subarray(Math.min(skip, chunk.length));
    skip -= chunk.length - part.length;
    if (trailer === 0) {
      if (part.length > 0) yield part;
      continue;
    }
    const all = Buffer.concat([held, part]);
    const cut = Math.max(0, all.length - trailer);
    held = all.subarray(cut);
    if (cut > 0) yield all.subarray(0, cut);
  }
}

/** @param declared how records of format F declare their length @param layout bytes that the copybook describes */
export function framesOf(
  options: CopybookOptions,
  declared: DeclaredLength | undefined,
  layout: number,
): NextFrame {
  const { recordFormat, recordHeader } = options;
  if (recordHeader !== undefined) return headerFrames(options, recordHeader);
  if (recordFormat === 'D') return lineFrames(options);
  if (recordFormat === 'F') return lengthFrames(options, declared, layout);
  return wordFrames(options, recordFormat === 'VB');
}

/** Frames records of one length, or of a length that each record declares. */
function lengthFrames(
  options: CopybookOptions,
  declared: DeclaredLength | undefined,
  layout: number,
): NextFrame {
  const { recordStartOffset: before, recordEndOffset: after, maxRecordBytes } = options;
  const fixed = options.recordLength ?? before + layout + after;
  if (fixed <= before + after) throw wrong(firstRecord, 'recordLength', fixed);
  const most = Math.min(fixed, maxRecordBytes);
  return (bytes, at, place) => {
    let length: number = fixed;
    if (declared !== undefined) {
      const head = Math.min(most, bytes.length - at);
      // a length that depends on the whole record cannot be read from a part of it
      const isPartial = head < most && !place.last;
      if (!declared.isInField && isPartial) return { need: most, length: 0 };
      const found = declared.lengthAt(bytes.subarray(at, at + head), before);
      if (found === undefined && isPartial) return { need: most, length: 0 };
      length = (found ?? 0) + (declared.isInField ? 0 : before + after);
      if (found === undefined || found <= 0 || length < before + after)
        throw wrong(place, declared.source, found ?? '?');
    }
    if (bytes.length - at < length) return { need: length, length };
    return { start: at + before, end: at + length - after, next: at + length, length };
  };
}

/** Frames records after a descriptor word, in blocks after another descriptor word where there are blocks. */
function wordFrames(options: CopybookOptions, blocked: boolean): NextFrame {
  const { rdw, bdw, recordStartOffset: before, recordEndOffset: after } = options;
  let blockLeft = 0; // bytes of the open block that are not read yet
  const next: NextFrame = (bytes, at, place) => {
    let position = at;
    let left = blockLeft;
    if (blocked && left === 0) {
      if (bytes.length - position < 4) return { need: 4, length: 0 };
      left = wordLength(bytes, position, bdw, 'BDW', place);
      position += 4;
    }
    if (bytes.length - position < 4) return { need: position - at + 4, length: 0 };
    const length = wordLength(bytes, position, rdw, 'RDW', place);
    if (length < before + after) throw wrong(place, 'RDW', length);
    const behind = position + 4 + length;
    if (blocked && 4 + length > left) throw wrong(place, 'RDW', length);
    if (bytes.length < behind) return { need: behind - at, length };
    blockLeft = blocked ? left - 4 - length : 0;
    return { start: position + 4 + before, end: behind - after, next: behind, length };
  };
  return Object.assign(next, { unfinished: () => blockLeft });
}

/**
 * The second half of a descriptor word must be zero: records that span blocks are rejected. A block descriptor word whose first bit is set
 * is one length of 31 bits.
 */
function wordLength(
  bytes: Buffer,
  at: number,
  word: DescriptorWord,
  what: 'RDW' | 'BDW',
  place: { readonly record: number; readonly byte: number },
): number {
  const [half, other] = word.bigEndian
    ? [bytes.readUInt16BE(at), bytes.readUInt16BE(at + 2)]
    : [bytes.readUInt16LE(at + 2), bytes.readUInt16LE(at)];
  const large = what === 'BDW' && word.bigEndian && half >= 0x8000;
  if (!large && other !== 0) throw wrong(place, what, bytes.subarray(at, at + 4).toString('hex'));
  const raw = large ? (half & 0x7fff) * 0x10000 + other : half;
  const length = raw - (word.includesHeader ? 4 : 0) + word.adjustment;
  if (length <= 0) throw wrong(place, what, bytes.subarray(at, at + 4).toString('hex'));
  return length;
}

const firstRecord = { record: 1, byte: 0 };

const wrong = (
  place: { readonly record: number; readonly byte: number },
  what: string,
  found: number | string,
): Problem =>
  new Problem('file_framing_wrong', { record: place.record, byte: place.byte, what: asIs(what), found });

/** Lines: LF or CRLF in ASCII, NEL or LF in EBCDIC. */
function lineFrames(options: CopybookOptions): NextFrame {
  const ends = options.encoding === 'ebcdic' ? [0x15, 0x25] : [0x0a];
  const { recordStartOffset: before, recordEndOffset: after } = options;
  let searched: Buffer | undefined;
  /** position of the next end of each kind: a kind that a block lacks is searched for once, and not at every line */
  let nexts: number[] = [];
  return (bytes, at, place) => {
    if (bytes !== searched) nexts = ends.map(() => -1);
    searched = bytes;
    for (const [i, end] of ends.entries()) if ((nexts[i] ?? -1) < at) nexts[i] = indexOf(bytes, end, at);
    const lineEnd = Math.min(...nexts);
    const isEnded = lineEnd < bytes.length;
    const end = bytes[lineEnd - 1] === 0x0d && lineEnd > at ? lineEnd - 1 : lineEnd;
    const length = end - at;
    if (!isEnded && !place.last) return { need: lineEnd - at + 1, length };
    // a line that is shorter than the bytes before its fields has no fields: they must not be those of the next line
    const start = Math.min(at + before, end);
    return { start, end: Math.max(end - after, start), next: isEnded ? lineEnd + 1 : lineEnd, length };
  };
}

/** Position of a byte; the length of the bytes where there is none. */
function indexOf(bytes: Buffer, byte: number, from: number): number {
  const found = bytes.indexOf(byte, from);
  return found < 0 ? bytes.length : found;
}

/** Frames records after a header that the writing program put before each, in place of a descriptor word. */
function headerFrames(options: CopybookOptions, header: RecordHeader): NextFrame {
  const { recordStartOffset: before, recordEndOffset: after } = options;
  const { bytes: size, lengthAt, lengthBytes, form, includesHeader, adjustment, mark } = header;
  const expected = mark === undefined ? undefined : Buffer.from(mark.hex, 'hex');
  if (lengthAt + lengthBytes > size) throw wrong(firstRecord, 'recordHeader.lengthAt', lengthAt);
  if (mark !== undefined && mark.at + mark.hex.length / 2 > size)
    throw wrong(firstRecord, 'recordHeader.mark.at', mark.at);
  return (bytes, at, place) => {
    if (bytes.length - at < size) return { need: size, length: 0 };
    const head = bytes.subarray(at, at + size);
    if (expected !== undefined && !head.subarray(mark?.at).subarray(0, expected.length).equals(expected))
      throw wrong(place, 'recordHeader.mark', head.toString('hex'));
    const reported = headerLength(head.subarray(lengthAt, lengthAt + lengthBytes), form);
    const length = (reported ?? Number.NaN) - (includesHeader ? size : 0) + adjustment;
    if (!(length > 0 && length >= before + after)) throw wrong(place, 'recordHeader', head.toString('hex'));
    const next = at + size + length;
    if (bytes.length < next) return { need: next - at, length };
    return { start: at + size + before, end: next - after, next, length };
  };
}

/** The length in a header; undefined where its bytes are no number. */
function headerLength(bytes: Buffer, form: RecordHeader['form']): number | undefined {
  if (form === 'big') return bytes.readUIntBE(0, bytes.length);
  if (form === 'little') return bytes.readUIntLE(0, bytes.length);
  const zero = form === 'ebcdic' ? 0xf0 : 0x30;
  let length = 0;
  for (const byte of bytes) {
    if (byte < zero || byte > zero + 9) return undefined;
    length = length * 10 + byte - zero;
  }
  return length;
}
