/**
 * Locates the cells of a text by strict RFC 4180: a quotation mark occurs at the start of a field, or doubled inside a quoted one. Lines
 * end with LF, CRLF or a lone CR, also mixed. After a misplaced quotation mark only the physical line on which the record began is bad.
 * Reading continues with the next line, so that one open quote cannot consume the file.
 */
import { littleEndian } from '../reading/text/littleEndian.ts';
import { CellPlaces, undoubled } from './cutRows.ts';
import { lazily } from '../../terms/lazily.ts';
import { misreadStarts } from '../reading/text/misreadText.ts';
import { mojibakeStarts } from '../reading/text/textSigns.ts';
import { suspectText } from '../reading/text/textBlock.ts';

/** Meaning of a character to a CSV scanner. Up to `suspect` it belongs to its cell. */
const mark = { plain: 0, suspect: 1, separator: 2, quote: 3, lineEnd: 4 } as const;

/** The mark of each UTF-16 unit: each character costs one table access. */
type Marks = Uint8Array;

/** Tables of common separators, made once: a file is read in many ranges, and making a table takes longer than reading many lines. */
const usual: ReadonlyMap<string, () => Marks> = new Map(
  [',', ';', '\t', '|'].flatMap((separator) =>
    ['"', ''].map((quote) => [separator + quote, lazily(() => made(separator, quote))] as const),
  ),
);

/** @param separator one character @param quote one character, or '' for none @returns a table that must not be changed */
const marksOf = (separator: string, quote: string): Marks =>
  usual.get(separator + quote)?.() ?? made(separator, quote);

const others: ReadonlySet<string> = new Set(`\t\u001f='\`‘’＇${misreadStarts}`);
const begins = new RegExp(`[${mojibakeStarts}]`);

/** Units whose records are checked in detail: those of suspect texts, and those with which marks of spreadsheets begin or end. */
const suspects = lazily(() => {
  const units = new Uint8Array(65_536);
  for (let unit = 0; unit < units.length; unit += 1)
    units[unit] = isSuspect(String.fromCharCode(unit)) ? 1 : 0;
  return units;
});

const isSuspect = (character: string): boolean =>
  suspectText(character) || others.has(character) || begins.test(character);

function made(separator: string, quote: string): Marks {
  const marks = new Uint8Array(65_536);
  marks.set(suspects()); // 1 is mark.suspect
  marks[10] = mark.lineEnd;
  marks[13] = mark.lineEnd;
  if (quote !== '') marks[quote.charCodeAt(0)] = mark.quote;
  marks[separator.charCodeAt(0)] = mark.separator;
  return marks;
}

export interface ScannedSink {
  /**
   * A record that began on `line`; no cells = a blank line. `scanner.cells(first, cells)` returns its texts.
   * @param suspect whether it contains NUL, U+FFFD, a private-use character, or a possible sign or mark (textSigns, spreadsheetMarks)
   * @returns whether the record is retained: its positions stay in `scanner.places`
   */
  readonly record: (first: number, cells: number, line: number, suspect: boolean) => boolean;
  /** a physical line that is no record. @param open whether more text could complete it */
  readonly broken: (text: string, line: number, rule: BrokenRule, open: boolean) => void;
}

export type BrokenRule = 'csv.quote' | 'csv.quote-blank' | 'csv.quote-unclosed';

/** How a line ended; `none` at the end of the file. */
export const lineEnd = { none: 0, lf: 1, crlf: 2, cr: 3 } as const;
export type LineEnd = (typeof lineEnd)[keyof typeof lineEnd];

const LF = 10;
const CR = 13;
const equals = 0x3d;
const byteOrderMark = 0xfeff;
const blanks: ReadonlySet<number> = new Set([0x20, 9, 0xa0, 0x3000]);

/** Where a record ended, or why it is none; `more` = the next block is needed to decide; `open` = the text ends first. */
type Outcome = number | 'more' | 'open' | BrokenRule;

export class CsvScanner {
  /** positions, in `text`, of the cells of the records retained in the last `scan` */
  readonly places = new CellPlaces();
  text = '';
  /** whether a quoted cell of the last `scan` contains a doubled mark */
  doubled = false;
  /** how the last line ended */
  ended: LineEnd = lineEnd.none;
  /** whether the last record began with a byte order mark, which is skipped */
  marked = false;
  private readonly marks: Marks;
  private readonly quote: string;
  private readonly maxRecordLength: number;
  private readonly formulas: boolean;
  /** the units of `text` followed by a line end, with capacity for the next block: reading an array is faster than reading a string */
  private units = new Uint16Array(0);
  private rest = '';
  private line = 1;
  private last = false;
  private suspect = false;

  /** @param maxRecordLength maximum length of a record in characters @param formulas whether `="00123"` is read as a cell */
  constructor(separator: string, quote: string, maxRecordLength: number, formulas = quote === '"') {
    this.marks = marksOf(separator, quote);
    this.quote = quote;
    this.maxRecordLength = maxRecordLength;
    this.formulas = formulas;
  }

  /** Reads one block of whole lines. @param last whether the file ends with it */
  scan(block: string, last: boolean, sink: ScannedSink): void {
    const text = this.rest === '' ? block : this.rest + block;
    const { places } = this;
    this.text = text;
    this.last = last;
    this.doubled = false;
    this.takeUnits();
    places.begin(text.length);
    let position = 0;
    while (position < text.length) {
      const first = places.used;
      const line = this.line;
      this.marked = text.charCodeAt(position) === byteOrderMark;
      const outcome = this.record(this.marked ? position + 1 : position);
      const end = typeof outcome === 'number' ? outcome : lineEndFrom(text, position);
      const next = outcome === 'more' ? outcome : this.afterLineEnd(end);
      // the text after its line does not matter: the mark that was opened there is not closed
      const rule =
        typeof outcome === 'string' && this.line === line ? misplaced(outcome) : 'csv.quote-unclosed';
      if (next === 'more' || typeof outcome === 'string') {
        this.line = line;
        places.used = first;
      }
      if (next === 'more' || outcome === 'more') break;
      if (typeof outcome === 'string') sink.broken(text.slice(position, end), line, rule, outcome === 'open');
      else if (!sink.record(first, (places.used - first) / 2, line, this.suspect)) places.used = first;
      this.line += 1;
      position = next;
    }
    this.rest = position === 0 ? text : text.slice(position);
  }

  private takeUnits(): void {
    const { length } = this.text;
    if (this.units.length <= length) this.units = new Uint16Array(length + (length >> 3) + 1);
    const bytes = Buffer.from(this.units.buffer, 0, 2 * length);
    bytes.write(this.text, 'utf16le');
    if (!littleEndian) bytes.swap16();
    this.units[length] = LF;
  }

  /** Texts of the cells whose positions begin at `first`. */
  cells(first: number, cells: number): string[] {
    const { places, text, quote } = this;
    return Array.from({ length: cells }, (_, i) => {
      const at = first + i * 2;
      return undoubled(text.slice(places.numbers[at], places.numbers[at + 1]), quote);
    });
  }

  /** Place, in `text`, of a character in the cells whose positions begin at `first`; undefined where they have none. */
  placeOf(character: string, first: number, cells: number): number | undefined {
    const { text, places } = this;
    const [start = 0, end = 0] = [places.numbers[first], places.numbers[first + cells * 2 - 1]];
    const at = cells === 0 ? -1 : text.indexOf(character, start);
    return at >= 0 && at < end ? at : undefined;
  }

  /** Whether the blocks so far contain an unfinished record. */
  get pending(): boolean {
    return this.rest !== '';
  }

  /**
   * From 1, including lines within quotation marks. While the sink is called: the last line of its record. Between blocks: the first line that
   * is not read yet.
   */
  get lineReached(): number {
    return this.line;
  }

  /** The physical line on which the next block begins. */
  get nextLine(): number {
    let line = this.line;
    for (let end = lineEndFrom(this.rest, 0); end < this.rest.length; end = lineEndFrom(this.rest, end + 1)) {
      if (this.rest.charCodeAt(end) === CR && this.rest.charCodeAt(end + 1) === LF) continue;
      line += 1;
    }
    return line;
  }

  /**
   * Records the positions of the cells of the record at `start`; moves `line` over line ends inside quotes. The text is followed by a line
   * end, not a mark.
   */
  private record(start: number): Outcome {
    const { units, places, marks } = this;
    let { numbers, used } = places;
    let suspect = 0;
    let from = start;
    this.suspect = false;
    for (;;) {
      let end = from;
      let kind = kindAt(marks, units, end);
      if (used + 2 > numbers.length) numbers = places.grown();
      numbers[used] = from; // here and not after the loop: measured, it saves a twentieth of the reader's time
      if (kind === mark.quote) {
        const close = this.quotedCell(start, from + 1);
        if (typeof close !== 'number') return close;
        end = close;
        numbers[used] = from + 1;
        numbers[used + 1] = close - 1;
        used += 2;
        kind = kindAt(marks, units, end);
        if (kind < mark.separator || kind === mark.quote) return 'csv.quote';
      } else {
        while (kind <= mark.suspect) {
          suspect |= kind;
          end += 1;
          kind = kindAt(marks, units, end);
        }
        if (kind === mark.quote) {
          const close = this.formulaCell(start, from, end);
          if (typeof close !== 'number') return close;
          end = close;
          kind = kindAt(marks, units, end);
          suspect = mark.suspect;
        }
        if (end > start || kind === mark.separator) {
          numbers[used + 1] = end;
          used += 2;
        }
      }
      if (kind === mark.lineEnd) {
        this.suspect ||= suspect === 1;
        places.used = used;
        return end;
      }
      from = end + 1;
    }
  }

  /**
   * Continues at a quotation mark inside an unquoted cell: `="00123"`, as spreadsheets write it, is a separate cell.
   * @returns the position after its closing mark
   */
  private formulaCell(start: number, from: number, at: number): Outcome {
    const { units, marks } = this;
    if (!this.formulas || at !== from + 1 || units[from] !== equals) {
      for (let i = from; i < at; i += 1) if (!blanks.has(units[i] ?? 0)) return 'csv.quote';
      return 'csv.quote-blank';
    }
    const close = this.quotedCell(start, at + 1);
    if (typeof close !== 'number') return close;
    const next = kindAt(marks, units, close);
    return next === mark.separator || next === mark.lineEnd ? close : 'csv.quote';
  }

  /**
   * Reads the quoted cell whose text begins at `from`.
   * @returns the position after its closing mark
   */
  private quotedCell(start: number, from: number): Outcome {
    const { units, marks } = this;
    const { length } = this.text;
    let at = from;
    for (;;) {
      const kind = kindAt(marks, units, at);
      if (kind === mark.quote) {
        if (units[at + 1] !== units[at]) break;
        this.doubled = true;
        at += 1;
      } else if (kind === mark.suspect) this.suspect = true;
      else if (kind === mark.lineEnd) {
        if (at >= length)
          return at - start > this.maxRecordLength ? 'csv.quote-unclosed' : this.last ? 'open' : 'more';
        if (units[at] === LF || units[at + 1] !== LF) this.line += 1;
      }
      at += 1;
    }
    return at - start > this.maxRecordLength ? 'csv.quote-unclosed' : at + 1;
  }

  /** Start of the next line; `more` where the line continues, or a CR may be half of a CRLF, in the next block. */
  private afterLineEnd(end: number): number | 'more' {
    const { text, last } = this;
    this.ended = lineEnd.none;
    if (end >= text.length) return last ? end : 'more';
    this.ended = lineEnd.lf;
    if (text.charCodeAt(end) === LF) return end + 1;
    this.ended = lineEnd.cr;
    if (end + 1 === text.length) return last ? end + 1 : 'more';
    if (text.charCodeAt(end + 1) !== LF) return end + 1;
    this.ended = lineEnd.crlf;
    return end + 2;
  }
}

/** Kind of a character; the text is followed by a line end. */
const kindAt = (marks: Uint8Array, units: Uint16Array, at: number): number =>
  marks[units[at] ?? LF] ?? mark.lineEnd;

const misplaced = (outcome: string): BrokenRule =>
  outcome === 'csv.quote' || outcome === 'csv.quote-blank' ? outcome : 'csv.quote-unclosed';

/** The next line end, or the end of the text. */
function lineEndFrom(text: string, from: number): number {
  for (let i = from; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === LF || code === CR) return i;
  }
  return text.length;
}
