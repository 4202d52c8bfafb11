/**
 * Common interface of all formats: a stream of bytes in, batches of records out. Readers are pure: no clock, no files. A record that cannot
 * be read is a bad record and the next one is tried. Only a file whose reading cannot continue throws a Problem.
 */
import type { Division } from './division.ts';
import type { DocumentFault } from './documentFault.ts';
import type { Doubt } from './doubt.ts';
import type { UnusedOption } from './unusedOption.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import type { RowProblem } from '../../terms/rowProblem.ts';
import type { JsonSchema } from '../../schemas/datasetSchema.ts';

/** Value of a cell: text as written in the file; typed formats also give numbers, booleans, null, groups and lists. */
export type Cell = string | number | boolean | null | undefined | readonly Cell[] | CellGroup;
export interface CellGroup {
  readonly [name: string]: Cell;
}

/** A cell as text; empty where it has no value, or several. */
export const cellText = (cell: Cell): string =>
  cell === null || cell === undefined || typeof cell === 'object' ? '' : String(cell);

/** The value at a path: none, the only one, or a list of all where there are several. An empty text counts as none. */
export function oneOf(met: readonly Cell[]): Cell {
  const values = met.flat().filter((value) => value !== undefined && value !== '');
  return values.length < 2 ? values[0] : values;
}

/** The record as it was read, for the quarantine: cells in the order of the columns, or a tree for nested formats. */
export type RawRecord = readonly Cell[] | CellGroup;

/** A record that was read but is not delivered, with every reason. It contains values: seal or drop `raw`, show `problems`. */
export interface BadRecord {
  /** physical line (text formats) or number of the record (binary formats), from 1 */
  readonly line: number;
  readonly problems: readonly RowProblem[];
  readonly raw: RawRecord;
  /** the bytes end inside it: further bytes could change it */
  readonly open?: boolean;
}

/** Records of a batch in their order. An array is one; a reader may also extract a record from its text only on request. */
export interface Records<Record> extends Iterable<Record> {
  readonly length: number;
  readonly at: (index: number) => Record | undefined;
}

interface BatchBase {
  /** physical line or record number of each record, from 1 */
  readonly lines: number[];
  readonly bad: BadRecord[];
  /** correct but worth a review, such as a private-use character in a name */
  readonly warnings: RowProblem[];
  /** where this reader guessed or was lenient: doubt.ts defines when a reader adds a doubt and how it is handled */
  readonly doubts: Doubt[];
  /** records left out by a rule: blank lines, deleted rows */
  skipped: number;
}

/** Records as rows of cells under the columns of a header. */
export interface TableBatch extends BatchBase {
  readonly kind: 'table';
  /** column names as written in the file; the same array for the whole file */
  readonly columns: readonly string[];
  readonly records: Records<readonly Cell[]>;
}

/** Records as trees: XML, HL7, copybooks, JSON. */
export interface TreeBatch extends BatchBase {
  readonly kind: 'tree';
  readonly records: Records<CellGroup>;
}

/** A batch while its reader fills it. */
export interface TableBuilder extends TableBatch {
  readonly records: (readonly Cell[])[];
}
export interface TreeBuilder extends TreeBatch {
  readonly records: CellGroup[];
}

export type RecordBatch = TableBatch | TreeBatch;

/** Bytes of one file in order, in chunks of any size. */
export type Bytes = AsyncIterable<Uint8Array>;

/** The bytes of a file in one chunk. */
export async function* once(bytes: Uint8Array): Bytes {
  yield await Promise.resolve(bytes);
}

/** Further files in addition to the first, each read whole: for a DBF its memo file, and the .cpg file that names its code page. */
export interface CompanionFiles {
  readonly memo?: Uint8Array;
  readonly codePage?: Uint8Array;
}

/** One readable format. Its options are described, and checked, by a JSON Schema. */
export interface Format {
  readonly name: string;
  readonly title: Bilingual;
  readonly optionsSchema: JsonSchema;
  /** Options that the schema accepts one by one, and that exclude each other. @param options validated, defaults filled in */
  readonly contradiction?: (options: unknown) => DocumentFault | undefined;
  /** Options that the others leave without effect. @param options validated, defaults filled in */
  readonly unused?: (options: unknown) => readonly UnusedOption[];
  /**
   * @param options validated against `optionsSchema`, defaults filled in
   * @throws Problem when the file as a whole cannot be read (wrong format, truncated, over a limit), with its place
   */
  readonly read: (bytes: Bytes, options: unknown, companions?: CompanionFiles) => AsyncIterable<RecordBatch>;
  /**
   * How the file may be divided into ranges that are read independently; undefined where it may not.
   * @param start the beginning of the file, whole lines
   */
  readonly divide?: (options: unknown, start: Uint8Array) => Division | undefined;
}

/** Approximate number of records that a reader delivers at once. */
export const batchRecords = 2_000;

export const tableBatch = (columns: readonly string[]): TableBuilder => ({
  kind: 'table',
  columns,
  records: [],
  lines: [],
  bad: [],
  warnings: [],
  doubts: [],
  skipped: 0,
});

export const treeBatch = (): TreeBuilder => ({
  kind: 'tree',
  records: [],
  lines: [],
  bad: [],
  warnings: [],
  doubts: [],
  skipped: 0,
});

/** Number of all records of a batch: delivered, bad and skipped. */
export const batchSize = (batch: RecordBatch): number =>
  batch.records.length + batch.bad.length + batch.skipped;
