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

/** Position of the next record: `body` is its fields, `next` the byte after it; `need` is the number of bytes required to determine it. */
export type Frame =
  { readonly start: number; readonly end: number; readonly next: number } | { readonly need: number };
export interface NextFrame {
  (
    bytes: Buffer,
    at: number,
    place: { readonly record: number; readonly byte: number; readonly last: boolean },
  ): Frame;
  /** bytes missing from the open block: a file that ends before them was truncated, even between two records */
  readonly unfinished?: () => number;
}

/** @throws Problem file_truncated, file_framing_wrong, file_record_too_long */
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
    const end = last && isText ? withoutEndMark(block).length : block.length;
    while (at < end) {
      const found = nextFrame(end < block.length ? block.subarray(0, end) : block, at, {
        record,
        byte: offset + at,
        last,
      });
      if ('need' in found) {
        need = found.need;
        break;
      }
      ranges.push(found.start, found.end);
      at = found.next;
      record += 1;
    }
    if (need > options.maxRecordBytes) {
      throw new Problem('file_record_too_long', {
        line: record,
        byte: offset + at,
        limit: options.maxRecordBytes,
      });
    }
    if (last && at < end && !isEndMark(block.subarray(at))) {
      throw new Problem('file_truncated', {
        record,
        byte: offset + at,
        expected: need,
        received: end - at,
      });
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
  return (bytes, at, place) => {
    let length: number = fixed;
    if (declared !== undefined) {
      const head = Math.min(fixed, bytes.length - at);
      // a length that depends on the whole record cannot be read from a part of it
      const isPartial = head < fixed && !place.last;
      if (!declared.isInField && isPartial) return { need: fixed };
      const found = declared.lengthAt(bytes.subarray(at, at + head), before);
      if (found === undefined && isPartial) return { need: fixed };
      length = (found ?? 0) + (declared.isInField ? 0 : before + after);
      if (found === undefined || found <= 0 || length < before + after || length > maxRecordBytes)
        throw wrong(place, declared.source, found ?? '?');
    }
    if (bytes.length - at < length) return { need: length };
    return { start: at + before, end: at + length - after, next: at + length };
  };
}

/** Frames records after a descriptor word, in blocks after another descriptor word where there are blocks. */
function wordFrames(options: CopybookOptions, blocked: boolean): NextFrame {
  const { rdw, bdw, recordStartOffset: before, recordEndOffset: after } = options;
  let blockEnd = 0; // bytes of the open block that are left
  const next: NextFrame = (bytes, at, place) => {
    let position = at;
    let left = blockEnd;
    if (blocked && left === 0) {
      if (bytes.length - position < 4) return { need: 4 };
      left = wordLength(bytes, position, bdw, 'BDW', place);
      position += 4;
    }
    if (bytes.length - position < 4) return { need: position - at + 4 };
    const length = wordLength(bytes, position, rdw, 'RDW', place);
    if (length > options.maxRecordBytes || length < before + after) throw wrong(place, 'RDW', length);
    const behind = position + 4 + length;
    if (blocked && 4 + length > left) throw wrong(place, 'RDW', length);
    if (bytes.length < behind) return { need: behind - at };
    blockEnd = blocked ? left - 4 - length : 0;
    return { start: position + 4 + before, end: behind - after, next: behind };
  };
  return Object.assign(next, { unfinished: () => blockEnd });
}

/** The second half of a record descriptor word is zero, except for records that span several blocks. A large block has one long word. */
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
  return (bytes, at, place) => {
    const found = ends.map((end) => bytes.indexOf(end, at)).filter((index) => index >= 0);
    const lineEnd = found.length > 0 ? Math.min(...found) : -1;
    if (lineEnd < 0 && !place.last) return { need: bytes.length - at + 1 };
    const stop = lineEnd < 0 ? bytes.length : lineEnd;
    const end = bytes[stop - 1] === 0x0d && stop > at ? stop - 1 : stop;
    return {
      start: Math.min(at + before, end),
      end: Math.max(end - after, at + before),
      next: lineEnd < 0 ? bytes.length : lineEnd + 1,
    };
  };
}

/** Frames records after a header that some program wrote: the header contains the length at its own position. */
function headerFrames(options: CopybookOptions, header: RecordHeader): NextFrame {
  const { recordStartOffset: before, recordEndOffset: after, maxRecordBytes } = options;
  const { bytes: size, lengthAt, lengthBytes, form, includesHeader, adjustment, mark } = header;
  const expected = mark === undefined ? undefined : Buffer.from(mark.hex, 'hex');
  return (bytes, at, place) => {
    if (bytes.length - at < size) return { need: size };
    const head = bytes.subarray(at, at + size);
    if (expected !== undefined && !head.subarray(mark?.at).subarray(0, expected.length).equals(expected))
      throw wrong(place, 'recordHeader.mark', head.toString('hex'));
    const reported = headerLength(head.subarray(lengthAt, lengthAt + lengthBytes), form);
    const length = (reported ?? Number.NaN) - (includesHeader ? size : 0) + adjustment;
    if (!(length > 0 && length <= maxRecordBytes && length >= before + after))
      throw wrong(place, 'recordHeader', head.toString('hex'));
    const next = at + size + length;
    if (bytes.length < next) return { need: next - at };
    return { start: at + size + before, end: next - after, next };
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
