/** Divides bytes into the byte ranges of records: lines, several lines joined, or runs of a fixed length. */
import { Problem } from '../../terms/problem.ts';
import type { Bytes } from '../reading/reader.ts';
import { BlockCutter } from '../reading/text/blockCutter.ts';
import { withoutEndMark } from '../reading/text/textBlocks.ts';
import type { LineEnd } from '../reading/ranges.ts';
import type { FixedOptions } from './options.ts';

export interface ByteRecords {
  readonly bytes: Buffer;
  /** start, end, start, end … of the records within `bytes` */
  readonly ranges: number[];
  /** physical line (or record number) of each record */
  readonly lines: number[];
  /** indexes of records at a line end unlike the first of the file (a lone LF in a CRLF file, a lone CR), which may split one */
  readonly cut?: ReadonlySet<number>;
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
  /** how the first line of the file ends */
  private fileEnd: LineEnd | 'none' | undefined;
  private oddEnd = false;
  private readonly skip: number;

  constructor({ skipLines, lineEnd }: FixedOptions) {
    this.skip = skipLines;
    this.fileEnd = lineEnd;
  }

  records(bytes: Buffer, _last: boolean): ByteRecords {
    const ranges: number[] = [];
    const lines: number[] = [];
    const cut = new Set<number>();
    eachLine(bytes, (start, end, ended) => {
      this.line += 1;
      this.fileEnd ??= ended;
      const isOdd = ended !== this.fileEnd && ended !== 'none' && ended !== 'crlf';
      if (this.line > this.skip) {
        if (isOdd || this.oddEnd) cut.add(lines.length);
        ranges.push(start, end);
        lines.push(this.line);
      }
      this.oddEnd = isOdd;
    });
    return cut.size === 0 ? { bytes, ranges, lines } : { bytes, ranges, lines, cut };
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

  constructor(options: FixedOptions, offset: number) {
    this.options = options;
    this.offset = offset;
  }

  records(bytes: Buffer, last: boolean): ByteRecords {
    const parts: Buffer[] = [];
    const ranges: number[] = [];
    const lines: number[] = [];
    let at = 0;
    const { recordLines, skipLines, maxRecordBytes } = this.options;
    const finish = (): void => {
      lines.push(this.line - this.held.length + 1);
      ranges.push(at, at + this.size);
      parts.push(...this.held);
      at += this.size;
      this.held = [];
      this.size = 0;
    };
    eachLine(bytes, (start, end) => {
      this.line += 1;
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
    return { bytes: Buffer.concat(parts), ranges, lines };
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
