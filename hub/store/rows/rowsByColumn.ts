/**
 * Rows of a page as PostgreSQL can hand them over for the least: each column in one JSON array, the persons' hashes in one stretch of bytes.
 * A cell of its own costs the driver a quarter of a microsecond, an element of an array a tenth of that; the values are the same.
 */
import type { FetchedRow, Position } from './fetchedRow.ts';
import type { Column } from '../../domain/rowTable/layout.ts';

/** Rows from which on a page comes by column: for few, a row each is less work for the database. */
export const leastByColumn = 200;

/** Bytes of a row's `_subject`. */
export const subjectLength = 32;

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

export interface RowsByColumn {
  readonly rows: readonly FetchedRow[];
  /** the persons of all rows, one behind the other; undefined where a row is about nobody */
  readonly subjects: Uint8Array | undefined;
}

/** @param cells what `byColumn` gives @param sorted how many of the columns are those that the page is sorted by */
export function rowsIn(columns: readonly Column[], sorted: number, cells: readonly unknown[]): RowsByColumn {
  const width = columns.length + sorted;
  const numbers = cells[width];
  if (!Array.isArray(numbers)) return { rows: [], subjects: undefined };
  const packed = cells[width + 1];
  const persons = cells[width + 2];
  if (!(packed instanceof Uint8Array) || packed.length !== numbers.length * subjectLength)
    throw new TypeError('the hash of a person has another length');
  const page: PageCells = {
    numbers: numbers as readonly number[],
    sorted: cells.slice(columns.length, width) as readonly (readonly unknown[])[],
    packed: persons === 0 ? undefined : packed,
    whole: persons === numbers.length,
  };
  const records = recordsOf(columns, cells as readonly (readonly unknown[])[], numbers.length);
  return {
    rows: records.map((record, at) => new PageRow(record, page, at)),
    subjects: page.whole ? packed : undefined,
  };
}

/** Each with its fields in the order of the columns; a column that is empty and may not be null is a field that was not there. */
function recordsOf(
  columns: readonly Column[],
  cells: readonly (readonly unknown[])[],
  length: number,
): readonly Record<string, unknown>[] {
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

interface PageCells {
  readonly numbers: readonly number[];
  readonly sorted: readonly (readonly unknown[])[];
  /** undefined where no row is about anybody */
  readonly packed: Uint8Array | undefined;
  /** every row is about somebody */
  readonly whole: boolean;
}

/** What few ask for is made when it is asked for. */
class PageRow implements FetchedRow {
  readonly record: Record<string, unknown>;
  private readonly page: PageCells;
  private readonly at: number;

  constructor(record: Record<string, unknown>, page: PageCells, at: number) {
    this.record = record;
    this.page = page;
    this.at = at;
  }

  get subject(): Uint8Array | undefined {
    const { packed, whole } = this.page;
    const from = this.at * subjectLength;
    const subject = packed?.subarray(from, from + subjectLength);
    return whole || subject?.some((byte) => byte !== 0) === true ? subject : undefined;
  }

  get position(): Position {
    const { numbers, sorted } = this.page;
    return { values: sorted.map((column) => column[this.at]), row: numbers[this.at] ?? 0 };
  }
}
