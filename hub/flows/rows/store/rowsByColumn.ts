/**
 * Rows of a page in the form that PostgreSQL transfers most cheaply: each column as one JSON array, and the subjects' hashes as one range
 * of bytes. A separate cell costs the driver a quarter of a microsecond, an array element a tenth of that; the values are the same.
 */
import { subjectLength } from '../../../domain/subjectHash.ts';
import type { FetchedRow, Position } from './fetchedRow.ts';
import type { Column } from '../../../domain/rowTable/layout.ts';

/** From this number of rows on a page is fetched by column: for fewer, one result row each is less work for the database. */
export const minByColumn = 200;

/** The hash for rows without a subject: no keyed hash consists of zeros. */
const noSubject = `'\\x${'00'.repeat(subjectLength)}'::bytea`;

/**
 * One row: the columns, the values that it is sorted by, the row numbers, the hashes and the number of rows.
 * @param rows a SELECT of `width` columns x0, x1, … followed by `_row` and `_subject`, in the order of the page
 */
export const byColumn = (rows: string, width: number): string => {
  const columns = Array.from({ length: width + 1 }, (_, i) => `json_agg(x${i}) AS c${i}`);
  const subject = `x${width + 1}`;
  return `SELECT ${columns.join(', ')}, string_agg(coalesce(${subject}, ${noSubject}), '') AS subjects, count(${subject}) AS persons FROM (${rows}) AS page`;
};

/** A page as received: columns are decoded on demand. */
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

  /**
   * @param cells the result of `byColumn`, JSON as its text; empty where no row was found @param sorted columns that the page is sorted by
   */
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

  /** Its first rows. */
  first(count: number): ColumnPage {
    const { columns, texts, numbers, sorted, packed, about } = this;
    return count >= this.length
      ? this
      : new ColumnPage(columns, texts, { numbers, sorted, packed, about }, count);
  }

  get rows(): readonly FetchedRow[] {
    if (this.read === undefined) {
      const cells = this.texts.map((text, at) => cellsIn(text, this.columns[at], this.held));
      const records = recordsOf(this.columns, cells, this.length);
      this.read = records.map((record, at) => new PageRow(record, this, at));
    }
    return this.read;
  }

  /** The subject of a row. */
  subjectAt(at: number): Uint8Array | undefined {
    const subject = this.packed.subarray(at * subjectLength, (at + 1) * subjectLength);
    if (this.about === 'some') return subject.some((byte) => byte !== 0) ? subject : undefined;
    return this.about === 'persons' ? subject : undefined;
  }

  /** The subjects row by row, concatenated, where each row has one; undefined where some have none. */
  get personOfEach(): Uint8Array | undefined {
    return this.about === 'persons' ? this.packed : undefined;
  }

  /** The subjects of the rows, concatenated; rows without a subject are omitted. */
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

  /** The subject of each row; references the subjects, and not the rows they were read with. */
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
  /** whether all rows have a subject, none has, or some have */
  readonly about: 'persons' | 'nobody' | 'some';
}

/**
 * The cells of a column. An array of texts without escapes is split at the separators, for half the cost of parsing JSON.
 * @param text as PostgreSQL writes a JSON array @param held number of elements
 */
export function cellsIn(text: string, column: Pick<Column, 'kind'> | undefined, held: number): unknown[] {
  if (column?.kind === 'text' && text.startsWith('["') && text.endsWith('"]') && !text.includes('\\')) {
    const cells = text.slice(2, -2).split('", "');
    // each null reduces their number: a text has two quotes, and every split consumes two
    if (cells.length === held) return cells;
  }
  return JSON.parse(text) as unknown[];
}

/**
 * Each record has its fields in the order of the columns. An empty value of a column that must not be null is a field that was missing.
 * @param cells by column, of at least so many rows
 */
export function recordsOf(
  columns: readonly Pick<Column, 'field' | 'nullable'>[],
  cells: readonly (readonly unknown[])[],
  length: number,
): Record<string, unknown>[] {
  const optional = columns.some(({ nullable }, i) => !nullable && cells[i]?.includes(null) === true);
  // a copied object has capacity for all its members
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

/** Rarely used values are created on demand. */
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
