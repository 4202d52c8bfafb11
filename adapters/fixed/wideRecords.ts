/** Reads UTF-16 into records: lines, several lines joined, or runs of a fixed length. Line ends are characters of two bytes. */
import { Problem } from '../../terms/problem.ts';
import { withoutEndMarks } from '../reading/text/endMarks.ts';
import { utf16Units } from '../reading/text/utf16Units.ts';
import type { LineEnd } from '../reading/ranges.ts';
import type { MarkedFile } from '../reading/text/fileMark.ts';
import { LineEnds, type LineEndDoubt } from './lineEndDoubt.ts';
import type { FixedOptions } from './options.ts';

export interface WideRecord {
  /** physical line, or number of the record, from 1 */
  readonly line: number;
  /** as written, lone surrogates included; half a character at the end is omitted */
  readonly text: string;
  readonly bytes: number;
  readonly lineEndDoubt?: LineEndDoubt | undefined;
}

/** @throws Problem file_record_too_long, file_truncated */
export async function* wideRecords(file: MarkedFile, options: FixedOptions): AsyncGenerator<WideRecord[]> {
  const bigEndian = file.encoding === 'utf-16be';
  if (!options.lineEnds) {
    yield* runs(file, options.recordLength ?? 2, bigEndian);
    return;
  }
  const groups = new LineGroups(options);
  for await (const lines of wideLines(file, options.maxRecordBytes, bigEndian)) yield groups.add(lines);
  yield groups.finish();
}

interface WideLine {
  readonly text: string;
  readonly bytes: number;
  /** byte of the file at which it begins */
  readonly at: number;
  readonly ended: LineEnd | 'none';
}

/** Lines without their ends (LF, CRLF, lone CR). An odd byte at the end of the file belongs to the last line. */
async function* wideLines(
  { bytes, length }: MarkedFile,
  limit: number,
  bigEndian: boolean,
): AsyncGenerator<WideLine[]> {
  let odd: Uint8Array = new Uint8Array(0);
  const cutter = new LineCutter(limit, length);
  for await (const chunk of bytes) {
    const all = odd.length === 0 ? chunk : Buffer.concat([odd, chunk]);
    odd = all.subarray(all.length & ~1);
    const lines = cutter.take(utf16Units(all, bigEndian));
    if (lines.length > 0) yield lines;
  }
  yield cutter.rest(odd.length);
}

/** Collects text until it contains a line end. */
class LineCutter {
  private parts: string[] = [];
  private held = 0;
  /** a CR at the end of a chunk: an LF may follow */
  private cr = false;
  private lines = 0;
  private offset: number;
  private readonly limit: number;

  constructor(limit: number, offset: number) {
    this.limit = limit;
    this.offset = offset;
  }

  take(units: string): WideLine[] {
    const text = this.cr ? `\r${units}` : units;
    this.cr = text.endsWith('\r');
    const fresh = this.cr ? text.slice(0, -1) : text;
    const end = Math.max(fresh.lastIndexOf('\n'), fresh.lastIndexOf('\r')) + 1;
    if (end === 0) {
      this.hold(fresh);
      return [];
    }
    const whole = this.parts.join('') + fresh.slice(0, end);
    this.parts = [];
    this.held = 0;
    const found = linesOf(whole, this.offset);
    this.offset += whole.length * 2;
    this.lines += found.length;
    this.hold(fresh.slice(end));
    return found;
  }

  /** The last line, which has no end. @param odd half a character after it */
  rest(odd: number): WideLine[] {
    const text = withoutEndMarks(this.parts.join(''));
    const ended = this.cr ? 'cr' : 'none';
    const line: WideLine = { text, bytes: text.length * 2, at: this.offset, ended };
    if (!this.cr) return line.bytes + odd === 0 ? [] : [{ ...line, bytes: line.bytes + odd }];
    const half: WideLine = { text: '', bytes: odd, at: line.at + line.bytes + 2, ended: 'none' };
    return odd === 0 ? [line] : [line, half];
  }

  private hold(text: string): void {
    if (text !== '') this.parts.push(text);
    this.held += text.length * 2;
    if (this.held > this.limit) throw tooLong(this.lines + 1, this.offset, this.limit);
  }
}

const tooLong = (line: number, byte: number, limit: number): Problem =>
  new Problem('file_record_too_long', { line, byte, limit });

/** Lines of a text that ends at a line end. @param offset of the text in the file */
function linesOf(text: string, offset: number): WideLine[] {
  const lines: WideLine[] = [];
  let start = 0;
  let cr = text.indexOf('\r');
  let lf = text.indexOf('\n');
  while (start < text.length) {
    if (lf >= 0 && lf < start) lf = text.indexOf('\n', start);
    if (cr >= 0 && cr < start) cr = text.indexOf('\r', start);
    const end = cr >= 0 && (lf < 0 || cr < lf) ? cr : lf;
    const ended = end === lf ? 'lf' : lf === cr + 1 ? 'crlf' : 'cr';
    lines.push({ text: text.slice(start, end), bytes: (end - start) * 2, at: offset + start * 2, ended });
    start = ended === 'crlf' ? end + 2 : end + 1;
  }
  return lines;
}

/** Joins lines into records of the configured number of lines; the remainder at the end of the file is a record too (a short one). */
class LineGroups {
  private readonly options: FixedOptions;
  private line = 0;
  private held: WideLine[] = [];
  private bytes = 0;
  private readonly ends: LineEnds;
  /** about the record in which the last line is */
  private doubt: LineEndDoubt | undefined;

  constructor(options: FixedOptions) {
    this.options = options;
    this.ends = new LineEnds(options);
  }

  add(lines: readonly WideLine[]): WideRecord[] {
    const { skipLines, recordLines, maxRecordBytes } = this.options;
    const records: WideRecord[] = [];
    for (const line of lines) {
      this.line += 1;
      this.doubt = this.ends.take(line.ended);
      if (line.bytes > maxRecordBytes) throw tooLong(this.line, line.at, maxRecordBytes);
      if (this.line <= skipLines) continue;
      this.held.push(line);
      this.bytes += line.bytes;
      if (this.bytes > maxRecordBytes) throw tooLong(this.first, this.held[0]?.at ?? 0, maxRecordBytes);
      if (this.held.length === recordLines) records.push(...this.finish());
    }
    return records;
  }

  finish(): WideRecord[] {
    if (this.held.length === 0) return [];
    const text = this.held.map((line) => line.text).join('');
    const record = { line: this.first, text, bytes: this.bytes, lineEndDoubt: this.doubt };
    this.held = [];
    this.bytes = 0;
    return [record];
  }

  private get first(): number {
    return this.line - this.held.length + 1;
  }
}

/** Records of a fixed length without line ends. */
async function* runs(
  { bytes, length: mark }: MarkedFile,
  length: number,
  bigEndian: boolean,
): AsyncGenerator<WideRecord[]> {
  let rest: Uint8Array = new Uint8Array(0);
  let record = 0;
  for await (const chunk of bytes) {
    const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const records: WideRecord[] = [];
    let at = 0;
    for (; at + length <= all.length; at += length)
      records.push({
        line: (record += 1),
        text: utf16Units(all.subarray(at, at + length), bigEndian),
        bytes: length,
      });
    rest = all.subarray(at);
    if (records.length > 0) yield records;
  }
  const isEndMark = rest.length % 2 === 0 && withoutEndMarks(utf16Units(rest, bigEndian)) === '';
  if (!isEndMark)
    throw new Problem('file_truncated', {
      record: record + 1,
      byte: mark + record * length,
      expected: length,
      received: rest.length,
    });
}
