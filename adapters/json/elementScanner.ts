/** Finds where the records of a JSON document begin and end, without parsing them: it examines only strings, brackets and commas. */
import { closingQuote } from '../../terms/jsonText.ts';
import { Problem } from '../../terms/problem.ts';
import { textBytes } from '../reading/text/textBytes.ts';

export interface Element {
  readonly text: string;
  readonly line: number;
}

/** Where a text begins in its file, and how many bytes its characters have there. */
export interface TextPlace {
  readonly firstByte: number;
  readonly bytesOf: (text: string) => number;
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const NEWLINE = 10;

/** An open list or object, and in an object the last name read. */
interface Level {
  readonly list: boolean;
  name: string;
}

export class ElementScanner {
  private readonly path: readonly string[];
  private readonly maxChars: number;
  private readonly maxDepth: number;
  private buffer = '';
  private position = 0;
  private line = 1;
  /** place of the first character of the buffer in the file */
  private bytes: number;
  private readonly bytesOf: TextPlace['bytesOf'];
  private readonly levels: Level[] = [];
  /** depth of the list (or 0: the top) whose elements are records; −1 outside of it */
  private recordsAt: number;
  private start = -1;
  private startLine = 1;
  private lastString = '';
  found = false;
  /** whether this document has named the list of records */
  private isNamed = false;
  /** whether the list at the top has ended, where the document is one list only */
  private isOver = false;
  /** whether an element of that list must follow: after its comma */
  private isDue = false;
  /** whether the element of that list has ended: a comma, or the end of the list, must follow */
  private isElementOver = false;
  private readonly isOneList: boolean;
  private readonly countPath: readonly string[];
  /** the text at `countPath`, as far as it was read; undefined elsewhere */
  private counting: string | undefined;
  /** the number there */
  declared: number | undefined;

  /**
   * @param rows names from the top to the list of records
   * @param limits `isOneList`: the document is one list; an empty element, two without a comma, and anything after the list, make it malformed
   * @param count as `rows`, for the number that declares how many there are
   */
  constructor(
    rows: readonly string[],
    limits: {
      readonly maxChars: number;
      readonly maxDepth: number;
      readonly isOneList?: boolean;
    } & Partial<TextPlace>,
    count: readonly string[] = [],
  ) {
    this.path = rows;
    this.countPath = count;
    this.maxChars = limits.maxChars;
    this.maxDepth = limits.maxDepth;
    this.isOneList = limits.isOneList ?? false;
    this.bytes = limits.firstByte ?? 0;
    this.bytesOf = limits.bytesOf ?? textBytes('utf-8');
    this.recordsAt = rows.length === 0 ? 0 : -1;
  }

  /** @throws Problem json_malformed, json_rows_repeated, file_record_too_long, file_line_over_limit */
  feed(text: string, last: boolean): Element[] {
    this.buffer += text;
    const elements: Element[] = [];
    const { buffer } = this;
    let at = this.position;
    let newline = -1; // the next one, as far as it is known
    for (; at < buffer.length; at += 1) {
      const code = buffer.charCodeAt(at);
      if (code === QUOTE) {
        const end = closingQuote(buffer, at + 1);
        if (end < 0) break;
        this.string(at, end);
        if (newline < at) newline = lineEndFrom(buffer, at);
        if (newline < end) newline = this.countLines(newline, end);
        at = end;
      } else if (code <= 32 || code === 0xfeff) {
        this.elementEnds();
        if (code === NEWLINE) this.endLine(at, elements);
      } else if (code === 0x7b || code === 0x5b) this.open(at, code === 0x5b);
      else if (code === 0x7d || code === 0x5d) this.shut(at, code === 0x5d, elements);
      else if (code === COMMA) this.comma(at, elements);
      else if (code === COLON) this.colon(at);
      else this.bare(at);
    }
    this.keep(Math.min(at, buffer.length), last, elements);
    return elements;
  }

  /** @param end place of its closing quotation mark */
  private string(at: number, end: number): void {
    if (end - at > this.maxChars) throw this.tooLong(at, this.line);
    this.begin(at);
    if (this.counting !== undefined) this.counting += this.buffer.slice(at + 1, end);
    this.lastString = this.recordsAt < 0 ? this.buffer.slice(at + 1, end) : '';
    this.elementEnds();
  }

  /**
   * A text with raw line ends is no JSON, but the records after it have their own lines.
   * @param from place of the first line end before `end` @returns place of the first one after it
   */
  private countLines(from: number, end: number): number {
    let newline = from;
    for (; newline < end; newline = lineEndFrom(this.buffer, newline + 1)) this.line += 1;
    return newline;
  }

  /** A character of a number, or of true, false or null. */
  private bare(at: number): void {
    this.begin(at);
    if (this.counting !== undefined && this.counting.length < 20) this.counting += this.buffer.charAt(at);
  }

  /** A bare value ends with its line. */
  private endLine(at: number, elements: Element[]): void {
    if (this.levels.length === 0 && this.start >= 0) this.finish(at, elements);
    this.line += 1;
  }

  /** After a name; outside a record it begins a broken one. */
  private colon(at: number): void {
    this.begin(at);
    const level = this.levels.at(-1);
    if (level === undefined || this.recordsAt >= 0) return;
    level.name = unescaped(this.lastString);
    this.refuseSecond();
    if (this.countPath.length > 0 && this.standsAt(this.countPath)) this.counting = '';
  }

  private comma(at: number, elements: Element[]): void {
    if (this.levels.length === this.recordsAt) {
      // after an element of the list of records
      if (this.isOneList && this.start < 0) throw this.malformed(at);
      this.finish(at, elements);
      this.isDue = this.isOneList;
    }
    this.counted();
  }

  /** After a string, a space, or the end of a list or object: where it belongs to the element itself, the element has ended. */
  private elementEnds(): void {
    if (this.start >= 0 && this.levels.length === this.recordsAt) this.isElementOver = true;
  }

  private begin(at: number): void {
    if (this.isOver) throw this.malformed(at);
    if (this.levels.length !== this.recordsAt) return;
    if (this.isOneList && this.isElementOver) throw this.malformed(at);
    if (this.start >= 0) return;
    this.start = at;
    this.startLine = this.line;
  }

  private standsAt(path: readonly string[]): boolean {
    return (
      this.levels.length === path.length &&
      this.levels.every((level, i) => !level.list && level.name === path[i])
    );
  }

  /** A name that leads to the list once more: of the two lists, other readers take one. Further documents of the file have their own. */
  private refuseSecond(): void {
    if (this.path.length === 0 || !this.standsAt(this.path)) return;
    if (this.isNamed)
      throw new Problem('json_rows_repeated', { rows: `/${this.path.join('/')}`, line: this.line });
    this.isNamed = true;
  }

  private counted(): void {
    if (this.counting === undefined) return;
    if (/^\d{1,15}$/.test(this.counting)) this.declared = (this.declared ?? 0) + Number(this.counting);
    this.counting = undefined;
  }

  private open(at: number, list: boolean): void {
    if (this.isOver) throw this.malformed(at);
    const depth = this.levels.length;
    if (this.recordsAt === 0 && this.path.length === 0 && depth === 0 && list) this.recordsAt = 1;
    else if (this.recordsAt >= 0) this.begin(at);
    else if (list && this.standsAt(this.path)) this.recordsAt = depth + 1;
    this.counting = undefined;
    if (this.recordsAt >= 0) this.found = true;
    this.levels.push({ list, name: '' });
    if (this.levels.length > this.maxDepth) {
      throw new Problem('file_line_over_limit', {
        line: this.line,
        option: 'maxDepth',
        limit: this.maxDepth,
      });
    }
  }

  private shut(at: number, list: boolean, elements: Element[]): void {
    const level = this.levels.at(-1);
    if (level === undefined || level.list !== list) throw this.malformed(at);
    this.counted();
    if (this.levels.length === this.recordsAt) {
      if (this.isDue && this.start < 0) throw this.malformed(at);
      this.finish(at, elements);
      this.isOver = this.isOneList;
      this.recordsAt = this.path.length === 0 ? 0 : -1;
    }
    this.levels.pop();
    if (this.levels.length === 0) this.isNamed = false;
    this.elementEnds();
    if (this.recordsAt === 0 && this.levels.length === 0 && this.start >= 0) this.finish(at + 1, elements);
  }

  private finish(end: number, elements: Element[]): void {
    if (this.start < 0) return;
    if (end - this.start > this.maxChars) throw this.tooLong(this.start, this.startLine);
    elements.push({ text: this.buffer.slice(this.start, end).trim(), line: this.startLine });
    this.start = -1;
    this.isElementOver = false;
  }

  private keep(at: number, last: boolean, elements: Element[]): void {
    if (last) {
      if (at < this.buffer.length || this.levels.length > 0) throw this.malformed(at);
      this.finish(at, elements);
      return;
    }
    const from = this.start >= 0 ? this.start : at;
    if (this.buffer.length - from > this.maxChars)
      throw this.tooLong(from, this.start >= 0 ? this.startLine : this.line);
    this.bytes = this.byteAt(from);
    this.buffer = this.buffer.slice(from);
    this.position = at - from;
    if (this.start >= 0) this.start = 0;
  }

  private tooLong(from: number, line: number): Problem {
    return new Problem('file_record_too_long', { line, byte: this.byteAt(from), limit: this.maxChars });
  }

  private malformed(at: number): Problem {
    return new Problem('json_malformed', { line: this.line, byte: this.byteAt(at) });
  }

  private byteAt(at: number): number {
    return this.bytes + this.bytesOf(this.buffer.slice(0, at));
  }
}

/** Infinity where there is none. */
function lineEndFrom(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? Infinity : at;
}

/** A name as it is meant: its characters may be written as escapes. */
function unescaped(name: string): string {
  if (!name.includes('\\')) return name;
  try {
    return JSON.parse(`"${name}"`) as string;
  } catch {
    return name;
  }
}
