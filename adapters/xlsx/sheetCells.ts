/** The rows of a sheet in the order of its markup. ECMA-376 part 1, 18.3.1. */
import type { Bilingual } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import type { Cell } from '../reading/reader.ts';
import type { Listener } from '../reading/markup/listener.ts';
import type { Attributes } from '../reading/markup/scope.ts';
import type { CellFault } from './cellReader.ts';
import { cellOf, numberOf, type CellMeanings } from './cellReader.ts';
import type { FormatDoubt } from './numberFormats.ts';

/** Properties of a row and its cells in a sheet. */
export interface RowNotes {
  /** columns, from 0, whose values are results of formulas */
  readonly formulas: readonly number[];
  /** columns whose values may differ from the sheet's display */
  readonly doubts: readonly { readonly column: number; readonly rule: FormatDoubt }[];
  /** the row is not shown: hidden by hand, grouped away or filtered */
  readonly hidden: boolean;
}

export interface RowReceiver {
  /** @param cells by column; null where the row has none. The receiver owns the array. */
  readonly add: (row: number, cells: (Cell | CellFault)[], notes: RowNotes) => void;
  /** Called with columns, from 0, that the sheet does not show; before the first row. */
  readonly hideColumns: (first: number, last: number) => void;
}

/** Maximum number of columns of a sheet, XFD. */
export const maxColumns = 16_384;
/** A cell in the usual form: a number, or the number of a text. */
const usual =
  /<c r="([A-Z]{1,3})(\d{1,7})"(?: s="(\d{1,5})")?(?: t="([sn])")?>(?:<v>([0-9.eE+-]{1,32})<\/v>)?<\/c>/y;

export class SheetCells implements Listener {
  private readonly meanings: CellMeanings;
  private readonly receiver: RowReceiver;
  private readonly open: string[] = [];
  private columnsSeen = 0;
  private row = 0;
  private cells: (Cell | CellFault)[] | undefined;
  private formulas: number[] = [];
  private doubts: { column: number; rule: FormatDoubt }[] = [];
  private hidden = false;
  // the cell being read
  private column = -1;
  private type = '';
  private style = -1;
  private value: string | undefined;
  private inline: string | undefined;
  private formula = false;
  private phonetic = false;

  constructor(meanings: CellMeanings, receiver: RowReceiver) {
    this.meanings = meanings;
    this.receiver = receiver;
  }

  start(name: string, attributes: Attributes): void {
    this.open.push(name);
    if (name === 'row' && this.open.at(-2) === 'sheetData') this.beginRow(attributes);
    else if (this.cells === undefined) {
      if (name === 'col' && this.open.at(-2) === 'cols') this.lookAtColumns(attributes);
    } else if (name === 'c' && this.open.at(-2) === 'row') this.beginCell(attributes);
    else if (name === 'v') this.value ??= '';
    else if (name === 'f') this.formula = true;
    else if (name === 'rPh') this.phonetic = true;
  }

  text(text: string): void {
    if (this.cells !== undefined) this.append(this.open.at(-1), text);
  }

  leaf(name: string, text: string): void {
    if (this.cells === undefined) return;
    if (name === 'v') this.value ??= '';
    else if (name === 'f') this.formula = true;
    this.append(name, text);
  }

  end(): void {
    const name = this.open.pop();
    if (this.cells === undefined) return;
    if (name === 'row') this.endRow(this.cells);
    else if (name === 'c') this.endCell(this.cells);
    else if (name === 'rPh') this.phonetic = false;
  }

  /** Reads a run of usual cells directly. */
  readonly readAhead = (text: string, at: number): number => {
    const { cells } = this;
    if (cells === undefined || this.open[this.open.length - 1] !== 'row') return at;
    let next = at;
    for (;;) {
      usual.lastIndex = next;
      const found = usual.exec(text);
      if (found === null) return next;
      const [, letters = '', row, style, type, value] = found;
      this.place(letters, Number(row));
      if (value === undefined) cells[this.column] = null;
      else if (type === 's') {
        const cell = { type, style: -1, value, inline: undefined, formula: false };
        cells[this.column] = cellOf(cell, this.meanings);
      } else if (style === undefined) cells[this.column] = numberOf(value, -1, this.meanings);
      else this.put(cells, Number(style), numberOf(value, Number(style), this.meanings));
      next = usual.lastIndex;
    }
  };

  private append(name: string | undefined, text: string): void {
    if (name === 'v') this.value = (this.value ?? '') + text;
    else if (name === 't' && !this.phonetic) this.inline = (this.inline ?? '') + text;
  }

  private lookAtColumns(attributes: Attributes): void {
    const { min, max, hidden, width } = Object.fromEntries(attributes);
    const [first, last] = [Number(min) - 1, Number(max) - 1];
    // cells must be in ascending order
    if (!(first >= this.columnsSeen && first <= last && last < maxColumns)) return;
    this.columnsSeen = last + 1;
    if (isTrue(hidden) || width === '0') this.receiver.hideColumns(first, last);
  }

  private beginRow(attributes: Attributes): void {
    const number = attributes.find(([name]) => name === 'r')?.[1];
    const row = number === undefined ? this.row + 1 : Number(number);
    if (!Number.isInteger(row) || row <= this.row || row > 1_048_576)
      throw wrong({ zh: `第 ${this.row} 行之后的行`, en: `row after ${this.row}` });
    this.row = row;
    this.column = -1;
    this.cells = [];
    this.formulas = [];
    this.doubts = [];
    this.hidden = attributes.some(([name, value]) => name === 'hidden' && isTrue(value));
  }

  private endRow(cells: (Cell | CellFault)[]): void {
    for (let i = 0; i < cells.length; i += 1) cells[i] ??= null;
    const { formulas, doubts, hidden } = this;
    this.receiver.add(this.row, cells, { formulas, doubts, hidden });
    this.cells = undefined;
  }

  private beginCell(attributes: Attributes): void {
    this.type = '';
    this.style = -1;
    this.value = undefined;
    this.inline = undefined;
    this.formula = false;
    this.phonetic = false;
    let place: string | undefined;
    for (const [name, value] of attributes) {
      if (name === 'r') place = value;
      else if (name === 's') this.style = Number(value);
      else if (name === 't') this.type = value;
    }
    if (place === undefined) this.at(this.column + 1);
    else {
      const [, letters, row] = /^([A-Z]{1,3})(\d{1,7})$/.exec(place) ?? [];
      if (letters === undefined)
        throw wrong({ zh: `第 ${this.row} 行的单元格`, en: `cell of row ${this.row}` });
      this.place(letters, Number(row));
    }
  }

  private endCell(cells: (Cell | CellFault)[]): void {
    const { type, style, value, inline, formula } = this;
    if (formula) this.formulas.push(this.column);
    const cell = cellOf({ type, style, value, inline, formula }, this.meanings);
    if (type === '' || type === 'n') this.put(cells, style, cell);
    else cells[this.column] = cell;
  }

  /** Adds a number, interpreted by its format. */
  private put(cells: (Cell | CellFault)[], style: number, cell: Cell | CellFault): void {
    cells[this.column] = cell;
    const rule = this.meanings.formats[style]?.doubt;
    if (rule !== undefined && cell !== null && cell !== 0) this.doubts.push({ column: this.column, rule });
  }

  private place(letters: string, row: number): void {
    if (row !== this.row) throw wrong({ zh: `第 ${this.row} 行的单元格`, en: `cell of row ${this.row}` });
    let column = 0;
    for (let i = 0; i < letters.length; i += 1) column = column * 26 + letters.charCodeAt(i) - 64;
    this.at(column - 1);
  }

  /** Cells must be in ascending order, each column once. */
  private at(column: number): void {
    if (column <= this.column || column >= maxColumns)
      throw wrong({ zh: `第 ${this.row} 行单元格的次序`, en: `cell order of row ${this.row}` });
    this.column = column;
  }
}

const isTrue = (value: string | undefined): boolean => value === '1' || value === 'true';

const wrong = (what: Bilingual): Problem => new Problem('xlsx_damaged', { what });
