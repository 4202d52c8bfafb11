/** The rows of a sheet as its markup tells them. ECMA-376 part 1, 18.3.1. */
import type { Bilingual } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import type { Cell } from '../reading/reader.ts';
import type { Listener } from '../reading/markup/listener.ts';
import type { Attributes } from '../reading/markup/scope.ts';
import type { CellFault } from './cellReader.ts';
import { cellOf, numberOf, type CellMeanings } from './cellReader.ts';

/**
 * @param cells by column; null where the row has none. The array is the receiver's.
 * @param formulas columns, from 0, whose values are results of formulas
 * @param hidden whoever looks at the sheet does not see the row: hidden by hand, grouped away or filtered
 */
export type TakeRow = (
  row: number,
  cells: (Cell | CellFault)[],
  formulas: readonly number[],
  hidden: boolean,
) => void;

/** Columns of a sheet, XFD. */
const mostColumns = 16_384;
/** A cell as nearly all are written: a number, or the number of a text. */
const usual =
  /<c r="([A-Z]{1,3})(\d{1,7})"(?: s="(\d{1,5})")?(?: t="([sn])")?>(?:<v>([0-9.eE+-]{1,32})<\/v>)?<\/c>/y;

export class SheetCells implements Listener {
  private readonly meanings: CellMeanings;
  private readonly take: TakeRow;
  private readonly open: string[] = [];
  private row = 0;
  private cells: (Cell | CellFault)[] | undefined;
  private formulas: number[] = [];
  private hidden = false;
  // the cell that is being read
  private column = -1;
  private type = '';
  private style = -1;
  private value: string | undefined;
  private inline = '';
  private formula = false;
  private phonetic = false;

  constructor(meanings: CellMeanings, take: TakeRow) {
    this.meanings = meanings;
    this.take = take;
  }

  start(name: string, attributes: Attributes): void {
    this.open.push(name);
    if (name === 'row' && this.open.at(-2) === 'sheetData') this.beginRow(attributes);
    else if (this.cells === undefined) return;
    else if (name === 'c' && this.open.at(-2) === 'row') this.beginCell(attributes);
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

  /** Reads usual cells by itself, as many as follow each other. */
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
        const cell = { type, style: -1, value, inline: '', formula: false };
        cells[this.column] = cellOf(cell, this.meanings);
      } else cells[this.column] = numberOf(value, style === undefined ? -1 : Number(style), this.meanings);
      next = usual.lastIndex;
    }
  };

  private append(name: string | undefined, text: string): void {
    if (name === 'v') this.value = (this.value ?? '') + text;
    else if (name === 't' && !this.phonetic) this.inline += text;
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
    this.hidden = attributes.some(
      ([name, value]) => name === 'hidden' && (value === '1' || value === 'true'),
    );
  }

  private endRow(cells: (Cell | CellFault)[]): void {
    for (let i = 0; i < cells.length; i += 1) cells[i] ??= null;
    this.take(this.row, cells, this.formulas, this.hidden);
    this.cells = undefined;
  }

  private beginCell(attributes: Attributes): void {
    this.type = '';
    this.style = -1;
    this.value = undefined;
    this.inline = '';
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
    cells[this.column] = cellOf({ type, style, value, inline, formula }, this.meanings);
  }

  private place(letters: string, row: number): void {
    if (row !== this.row) throw wrong({ zh: `第 ${this.row} 行的单元格`, en: `cell of row ${this.row}` });
    let column = 0;
    for (let i = 0; i < letters.length; i += 1) column = column * 26 + letters.charCodeAt(i) - 64;
    this.at(column - 1);
  }

  /** Cells follow each other, each column once. */
  private at(column: number): void {
    if (column <= this.column || column >= mostColumns)
      throw wrong({ zh: `第 ${this.row} 行单元格的次序`, en: `cell order of row ${this.row}` });
    this.column = column;
  }
}

const wrong = (what: Bilingual): Problem => new Problem('xlsx_damaged', { what });
