/**
 * Text → records of cells, RFC 4180 read strictly: a quotation mark stands at the start of a field or doubled inside a quoted one.
 * Lines end with LF, CRLF or a lone CR, also mixed. After a misplaced quotation mark only the physical line on which the record
 * began is bad; reading goes on with the next line, so that one open quote cannot swallow a file.
 */
export interface ScannedSink {
  /** a record of cells that began on `line`; no cells = a blank line */
  readonly record: (cells: string[], line: number) => void;
  /** a physical line that is no record */
  readonly broken: (text: string, line: number, rule: 'csv.quote' | 'csv.quote-unclosed') => void;
}

const LF = 10;
const CR = 13;
const none = Number.POSITIVE_INFINITY;

/** What a quoted record came to: where the next one begins, or why it is none. */
type Quoted = number | 'more' | 'csv.quote' | 'csv.quote-unclosed';

export class CsvScanner {
  private readonly separator: string;
  private readonly separatorCode: number;
  private readonly quote: string;
  private readonly quoteCode: number;
  private readonly longest: number;
  private rest = '';
  private line = 1;
  private text = '';
  private cells: string[] = [];

  /** @param longest the longest record in characters */
  constructor(separator: string, quote: string, longest: number) {
    this.separator = separator;
    this.separatorCode = separator.charCodeAt(0);
    this.quote = quote;
    this.quoteCode = quote === '' ? -1 : quote.charCodeAt(0);
    this.longest = longest;
  }

  /** Reads one block of whole lines. @param last whether the file ends with it */
  scan(block: string, last: boolean, sink: ScannedSink): void {
    const text = this.rest === '' ? block : this.rest + block;
    this.text = text;
    this.rest = '';
    let position = 0;
    let quote = this.nextQuote(0);
    let cr = nextCode(text, '\r', 0);
    while (position < text.length) {
      let end = text.indexOf('\n', position);
      if (cr < position) cr = nextCode(text, '\r', position);
      let next = end + 1;
      if (end < 0) {
        if (!last && cr >= text.length - 1) break;
        end = text.length;
        next = end;
      }
      if (cr < end) {
        if (cr < end - 1 || next === end) next = cr + 1; // a lone CR ends the line
        end = cr;
      }
      if (quote < position) quote = this.nextQuote(position);
      if (quote >= end) {
        sink.record(end === position ? [] : text.slice(position, end).split(this.separator), this.line);
        this.line += 1;
        position = next;
        continue;
      }
      const startLine = this.line;
      const after = this.quotedRecord(position, quote, end, last);
      if (after === 'more') break;
      if (typeof after === 'number') {
        sink.record(this.cells, startLine);
        this.line += 1;
        position = after;
      } else {
        this.line = startLine + 1;
        sink.broken(text.slice(position, end), startLine, after);
        position = next;
      }
    }
    this.rest = position === 0 ? text : text.slice(position);
    this.text = '';
  }

  /** Whether a record that began in the blocks so far is not finished. */
  get pending(): boolean {
    return this.rest !== '';
  }

  private nextQuote(from: number): number {
    return this.quoteCode < 0 ? none : nextCode(this.text, this.quote, from);
  }

  /**
   * Reads the record at `start`, whose first quotation mark stands at `firstQuote` before the line end `lineEnd`, into `this.cells`;
   * moves `this.line` over line ends inside quotes. What stands between quoted cells is cut at once.
   */
  private quotedRecord(start: number, firstQuote: number, lineEnd: number, last: boolean): Quoted {
    const { text, separator } = this;
    const startLine = this.line;
    let cells: string[] = [];
    let position = start;
    let quote = firstQuote;
    let end = lineEnd;
    for (;;) {
      if (quote > position) {
        if (text.charCodeAt(quote - 1) !== this.separatorCode) return 'csv.quote';
        const plain = text.slice(position, quote - 1).split(separator);
        cells = cells.length === 0 ? plain : cells.concat(plain);
      }
      const close = this.closingQuote(quote + 1);
      if (close < 0 || close - start > this.longest) {
        const tooLong = (close < 0 ? text.length : close) - start > this.longest;
        this.line = startLine;
        return tooLong || last ? 'csv.quote-unclosed' : 'more';
      }
      cells.push(this.quotedCell(quote + 1, close));
      position = close + 1;
      if (close > end) end = lineEndFrom(text, position);
      const code = position < end ? text.charCodeAt(position) : LF;
      if (code !== this.separatorCode && position !== end) return 'csv.quote';
      if (position === end) break;
      position += 1;
      quote = this.nextQuote(position);
      if (quote >= end) {
        const plain = text.slice(position, end).split(separator);
        cells = cells.concat(plain);
        position = end;
        break;
      }
    }
    this.cells = cells;
    return text.charCodeAt(end) === CR && text.charCodeAt(end + 1) === LF ? end + 2 : end + 1;
  }

  /** Position of the quotation mark that closes a field, −1 where there is none. */
  private closingQuote(from: number): number {
    let close = this.text.indexOf(this.quote, from);
    while (close >= 0 && this.text.charCodeAt(close + 1) === this.quoteCode) {
      close = this.text.indexOf(this.quote, close + 2);
    }
    return close;
  }

  private quotedCell(from: number, close: number): string {
    const raw = this.text.slice(from, close);
    if (raw.includes('\n') || raw.includes('\r')) this.line += raw.match(/\r\n|\n|\r/g)?.length ?? 0;
    return raw.includes(this.quote) ? raw.replaceAll(this.quote + this.quote, this.quote) : raw;
  }
}

/** The next line end, or the end of the text. */
function lineEndFrom(text: string, from: number): number {
  const lf = text.indexOf('\n', from);
  const end = lf < 0 ? text.length : lf;
  const cr = text.indexOf('\r', from);
  return cr >= 0 && cr < end ? cr : end;
}

function nextCode(text: string, what: string, from: number): number {
  const found = text.indexOf(what, from);
  return found < 0 ? none : found;
}
