/** Divides bytes into the byte ranges of records: lines, several lines joined, or runs of a fixed length. */
import { Problem } from '../../terms/problem.ts';
import type { Bytes } from '../reading/reader.ts';
import { BlockCutter } from '../reading/text/blockCutter.ts';
import { withoutEndMark } from '../reading/text/textBlocks.ts';
import type { LineEnd } from '../reading/ranges.ts';
import { LineEnds, type LineEndDoubt } from './lineEndDoubt.ts';
import type { FixedOptions } from './options.ts';

export interface ByteRecords {
  readonly bytes: Buffer;
  /** start, end, start, end … of the records within `bytes` */
  readonly ranges: number[];
  /** physical line (or record number) of each record */
  readonly lines: number[];
  /** by index of the record */
  readonly lineEndDoubts?: ReadonlyMap<number, LineEndDoubt>;
}

/**
 * @param offset of the bytes in the file
 * @throws Problem file_record_too_long, file_truncated
 */
export async function* fixedRecords(
  bytes: Bytes,
  options: FixedOptions,
  offset = 0,
): AsyncGenerator<ByteRecords> {
  if (!options.lineEnds) {
    yield* runs(bytes, options.recordLength ?? 1, offset);
    return;
  }
  const cutter = new BlockCutter(options.maxRecordBytes, offset);
  const lines = options.recordLines > 1 ? new LineGroups(options, offset) : new Lines(options);
  for await (const chunk of bytes) {
    const block = cutter.take(chunk);
    if (block === undefined) continue;
    cutter.check(block);
    yield lines.records(asBuffer(block), false);
  }
  const rest = withoutEndMark(cutter.rest());
  cutter.check(rest);
  yield lines.records(asBuffer(rest), true);
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

/** One record a line. */
class Lines {
  private line = 0;
  private readonly ends: LineEnds;
  private readonly skip: number;

  constructor(options: FixedOptions) {
    this.skip = options.skipLines;
    this.ends = new LineEnds(options);
  }

  records(bytes: Buffer): ByteRecords {
    const ranges: number[] = [];
    const lines: number[] = [];
    const lineEndDoubts = new Map<number, LineEndDoubt>();
    eachLine(bytes, (start, end, ended) => {
      this.line += 1;
      const doubt = this.ends.take(ended);
      if (this.line <= this.skip) return;
      if (doubt !== undefined) lineEndDoubts.set(lines.length, doubt);
      ranges.push(start, end);
      lines.push(this.line);
    });
    return lineEndDoubts.size === 0 ? { bytes, ranges, lines } : { bytes, ranges, lines, lineEndDoubts };
  }
}

/** Several lines joined to one record; the remainder at the end of the file is a record too (a short one). */
class LineGroups {
  private readonly options: FixedOptions;
  private line = 0;
  private held: Buffer[] = [];
  private size = 0;
  /** offset of the next block in the file, and of the record that is being collected */
  private offset: number;
  private begin = 0;
  private readonly ends: LineEnds;

  constructor(options: FixedOptions, offset: number) {
    this.options = options;
    this.ends = new LineEnds(options);
    this.offset = offset;
  }

  records(bytes: Buffer, last: boolean): ByteRecords {
    const parts: Buffer[] = [];
    const ranges: number[] = [];
    const lines: number[] = [];
    const lineEndDoubts = new Map<number, LineEndDoubt>();
    let doubt: LineEndDoubt | undefined;
    let at = 0;
    const { recordLines, skipLines, maxRecordBytes } = this.options;
    const finish = (): void => {
      if (doubt !== undefined) lineEndDoubts.set(lines.length, doubt);
      lines.push(this.line - this.held.length + 1);
      ranges.push(at, at + this.size);
      parts.push(...this.held);
      at += this.size;
      this.held = [];
      this.size = 0;
    };
    eachLine(bytes, (start, end, ended) => {
      this.line += 1;
      doubt = this.ends.take(ended);
      if (this.line <= skipLines) return;
      if (this.held.length === 0) this.begin = this.offset + start;
      this.held.push(Buffer.from(bytes.subarray(start, end)));
      this.size += end - start;
      if (this.size > maxRecordBytes) {
        throw new Problem('file_record_too_long', {
          line: this.line - this.held.length + 1,
          byte: this.begin,
          limit: maxRecordBytes,
        });
      }
      if (this.held.length === recordLines) finish();
    });
    this.offset += bytes.length;
    if (last && this.held.length > 0) finish();
    return { bytes: Buffer.concat(parts), ranges, lines, lineEndDoubts };
  }
}

/** Records of a fixed length without line ends. */
async function* runs(bytes: Bytes, length: number, from: number): AsyncGenerator<ByteRecords> {
  let rest: Uint8Array = new Uint8Array(0);
  let record = 0;
  let offset = from;
  for await (const chunk of bytes) {
    const all = rest.length === 0 ? asBuffer(chunk) : Buffer.concat([rest, chunk]);
    const count = Math.floor(all.length / length);
    rest = all.subarray(count * length);
    if (count === 0) continue;
    const ranges: number[] = [];
    const lines: number[] = [];
    for (let i = 0; i < count; i += 1) {
      ranges.push(i * length, (i + 1) * length);
      lines.push((record += 1));
    }
    offset += count * length;
    yield { bytes: all, ranges, lines };
  }
  if (withoutEndMark(rest).length > 0) {
    throw new Problem('file_truncated', {
      record: record + 1,
      byte: offset,
      expected: length,
      received: rest.length,
    });
  }
}

/** Calls back with start and end of each line, excluding its line end (LF, CRLF, lone CR). */
function eachLine(bytes: Buffer, each: (start: number, end: number, ended: LineEnd | 'none') => void): void {
  let start = 0;
  let cr = bytes.indexOf(13);
  let lf = bytes.indexOf(10);
  while (start < bytes.length) {
    if (lf >= 0 && lf < start) lf = bytes.indexOf(10, start);
    let end = lf;
    if (cr >= 0 && cr < start) cr = bytes.indexOf(13, start);
    let next = end + 1;
    if (end < 0) {
      end = bytes.length;
      next = end;
    }
    let ended: LineEnd | 'none' = next === end ? 'none' : 'lf';
    if (cr >= 0 && cr < end) {
      ended = cr < end - 1 || next === end ? 'cr' : 'crlf';
      if (ended === 'cr') next = cr + 1;
      end = cr;
    }
    each(start, end, ended);
    start = next;
  }
}
