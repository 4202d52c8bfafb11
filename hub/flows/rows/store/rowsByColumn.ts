/**
 * Rows of a page as PostgreSQL can hand them over for the least: each column in one JSON array, the persons' hashes in one stretch of bytes.
 * A cell of its own costs the driver a quarter of a microsecond, an element of an array a tenth of that; the values are the same.
 */
import { subjectLength } from '../../../domain/subjectHash.ts';
import type { FetchedRow, Position } from './fetchedRow.ts';
import type { Column } from '../../../domain/rowTable/layout.ts';

/** Rows from which on a page comes by column: for few, a row each is less work for the database. */
export const minByColumn = 200;

/** Where nobody is: no keyed hash is made of zeros. */
const nobody = `'\\x${'00'.repeat(subjectLength)}'::bytea`;

/**
 * One row: the columns, the values that it is sorted by, the row numbers, the hashes and how many there are.
 * @param rows a SELECT of `width` columns x0, x1, … with `_row` and `_subject` behind them, in the order of the page
 */
export const byColumn = (rows: string, width: number): string => {
  const columns = Array.from({ length: width + 1 }, (_, i) => `json_agg(x${i}) AS c${i}`);
  const subject = `x${width + 1}`;
  return `SELECT ${columns.join(', ')}, string_agg(coalesce(${subject}, ${nobody}), '') AS subjects, count(${subject}) AS persons FROM (${rows}) AS page`;
};

/** A page as it came: columns are read when somebody wants its rows here. */
export class ColumnPage {
  readonly columns: readonly Column[];
  /** JSON arrays of the columns; they may be longer than the page */
  readonly texts: readonly string[];
  /** rows of the page */
  readonly length: number;
  /** rows of the arrays */
  readonly held: number;
  private readonly numbers: readonly number[];
  private readonly sorted: readonly string[];
  private readonly packed: Uint8Array;
  private readonly about: Behind['about'];
  private read: readonly FetchedRow[] | undefined;
  private sortValues: readonly (readonly unknown[])[] | undefined;

  private constructor(
    columns: readonly Column[],
    texts: readonly string[],
    { numbers, sorted, packed, about }: Behind,
    length: number,
  ) {
    this.about = about;
    this.columns = columns;
    this.texts = texts;
    this.numbers = numbers;
    this.sorted = sorted;
    this.packed = packed.subarray(0, length * subjectLength);
    this.length = length;
    this.held = numbers.length;
  }

  /** @param cells what `byColumn` gives, JSON as its text; none where nothing was found @param sorted columns that the page is sorted by */
  static of(columns: readonly Column[], sorted: number, cells: readonly unknown[]): ColumnPage {
    const width = columns.length + sorted;
    const texts = cells.slice(0, width + 1).map((text) => (typeof text === 'string' ? text : '[]'));
    const numbers = JSON.parse(texts[width] ?? '[]') as number[];
    const packed =
      cells[width + 1] instanceof Uint8Array ? (cells[width + 1] as Uint8Array) : new Uint8Array(0);
    if (packed.length !== numbers.length * subjectLength)
      throw new TypeError('the hash of a person has another length');
    const persons = Number(cells[width + 2] ?? 0);
    const about = persons === numbers.length ? 'persons' : persons === 0 ? 'nobody' : 'some';
    const behind = { numbers, sorted: texts.slice(columns.length, width), packed, about } as const;
    return new ColumnPage(columns, texts.slice(0, columns.length), behind, numbers.length);
  }

  /** The first rows of it. */
  first(most: number): ColumnPage {
    const { columns, texts, numbers, sorted, packed, about } = this;
    return most >= this.length
      ? this
      : new ColumnPage(columns, texts, { numbers, sorted, packed, about }, most);
  }

  get rows(): readonly FetchedRow[] {
    if (this.read === undefined) {
      const cells = this.texts.map((text, at) => cellsIn(text, this.columns[at], this.held));
      const records = recordsOf(this.columns, cells, this.length);
      this.read = records.map((record, at) => new PageRow(record, this, at));
    }
    return this.read;
  }

  /** The person of a row. */
  subjectAt(at: number): Uint8Array | undefined {
    const subject = this.packed.subarray(at * subjectLength, (at + 1) * subjectLength);
    if (this.about === 'some') return subject.some((byte) => byte !== 0) ? subject : undefined;
    return this.about === 'persons' ? subject : undefined;
  }

  /** The persons row by row, one behind the other, where each row is about one; undefined where some are about nobody. */
  get personOfEach(): Uint8Array | undefined {
    return this.about === 'persons' ? this.packed : undefined;
  }

  /** The persons of the rows, one behind the other; rows that are about nobody are left out. */
  get subjects(): Uint8Array {
    const { packed, length, about } = this;
    if (about === 'persons') return packed;
    return Buffer.concat(
      Array.from({ length }, (_, at) => this.subjectAt(at)).filter((one) => one !== undefined),
    );
  }

  positionAt(at: number): Position {
    this.sortValues ??= this.sorted.map((text) => JSON.parse(text) as unknown[]);
    return { values: this.sortValues.map((column) => column[at]), row: this.numbers[at] ?? 0 };
  }

  /** The person of each row; holds the persons, and not the rows they were read with. */
  get persons(): () => readonly (Uint8Array | undefined)[] {
    const { packed, length, about } = this;
    const only = new ColumnPage([], [], { numbers: [], sorted: [], packed, about }, length);
    return () => Array.from({ length }, (_, at) => only.subjectAt(at));
  }
}

interface Behind {
  readonly numbers: readonly number[];
  readonly sorted: readonly string[];
  readonly packed: Uint8Array;
  /** whom the rows are about: all of them somebody, all nobody, or some of them somebody */
  readonly about: 'persons' | 'nobody' | 'some';
}

/**
 * The cells of a column. One of texts of which none is escaped is cut where one ends and the next begins, for half of what reading JSON costs.
 * @param text as PostgreSQL writes a JSON array @param held how many there are
 */
export function cellsIn(text: string, column: Pick<Column, 'kind'> | undefined, held: number): unknown[] {
  if (column?.kind === 'text' && text.startsWith('["') && text.endsWith('"]') && !text.includes('\\')) {
    const cells = text.slice(2, -2).split('", "');
    // each null makes them fewer: two quotes stand around a text, and every cut takes two
    if (cells.length === held) return cells;
  }
  return JSON.parse(text) as unknown[];
}

/**
 * Each with its fields in the order of the columns; a column that is empty and may not be null is a field that was not there.
 * @param cells by column, of at least so many rows
 */
export function recordsOf(
  columns: readonly Pick<Column, 'field' | 'nullable'>[],
  cells: readonly (readonly unknown[])[],
  length: number,
): Record<string, unknown>[] {
  const optional = columns.some(({ nullable }, i) => !nullable && cells[i]?.includes(null) === true);
  // an object that is copied has room for all its members
  const blank = Object.fromEntries(columns.map(({ field }) => [field, null]));
  const records: Record<string, unknown>[] = [];
  for (let at = 0; at < length; at += 1) {
    const record: Record<string, unknown> = optional ? {} : { ...blank };
    for (let i = 0; i < columns.length; i += 1) {
      const column = columns[i];
      const value = cells[i]?.[at];
      if (column !== undefined && (value !== null || column.nullable)) record[column.field] = value;
    }
    records.push(record);
  }
  return records;
}

/** What few ask for is made when it is asked for. */
class PageRow implements FetchedRow {
  readonly record: Record<string, unknown>;
  private readonly page: ColumnPage;
  private readonly at: number;

  constructor(record: Record<string, unknown>, page: ColumnPage, at: number) {
    this.record = record;
    this.page = page;
    this.at = at;
  }

  get subject(): Uint8Array | undefined {
    return this.page.subjectAt(this.at);
  }

  get position(): Position {
    return this.page.positionAt(this.at);
  }
}
