/**
 * A first draft of a mapping from a sample of a file: format, encoding, separator, header, and a source for every field, each with
 * how sure it is and why. Nothing is saved; a person reads it, mends it and signs it off.
 */
import type { Bilingual } from '../../terms/bilingual.ts';
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import { formatNamed, readRecords } from '../formats.ts';
import type { FieldSpec, MappingDocument } from '../mapping/document.ts';
import type { Bytes, Cell, CellGroup, RecordBatch, Records } from '../reader.ts';
import { CsvScanner } from '../csv/csvScanner.ts';
import { sniffSeparator } from '../csv/sniffSeparator.ts';
import { textBlocks } from '../text/textBlocks.ts';
import { profileColumn, type ColumnProfile } from './columnProfile.ts';
import { detectFormat, type Guess } from './detectFormat.ts';
import { matchFields, type FieldGuess } from './matchFields.ts';

export interface Suggestion {
  readonly format: Guess<string>;
  /** reader options with a reason each */
  readonly options: Readonly<Record<string, Guess<unknown>>>;
  readonly fields: Readonly<Record<string, FieldGuess>>;
  /** fields of the schema for which nothing was found */
  readonly missing: readonly string[];
  /** columns of the file that no field takes */
  readonly unused: readonly string[];
  /** the draft, ready to be read and mended; required fields that were not found are left out of it */
  readonly mapping: MappingDocument;
}

const sampleRecords = 5_000;

/**
 * @param sample the first bytes of the file, a megabyte or so (an xlsx whole)
 * @param given format and options that are known already
 * @throws Problem when the sample cannot be read
 */
export async function suggestMapping(
  sample: Uint8Array,
  schema: DatasetSchema,
  given: { readonly format?: string; readonly options?: Readonly<Record<string, unknown>> } = {},
): Promise<Suggestion> {
  const format = given.format === undefined ? detectFormat(sample) : told(given.format);
  const options: Record<string, Guess<unknown>> = Object.fromEntries(
    Object.entries(given.options ?? {}).map(([name, value]) => [name, told(value)]),
  );
  if (format.value === 'csv') Object.assign(options, { ...(await csvGuesses(sample)), ...options });
  const chosen = Object.fromEntries(Object.entries(options).map(([name, { value }]) => [name, value]));
  const columns = await profiles(format.value, sample, chosen);
  const { fields, unused } = matchFields(columns, schema);
  const specs = Object.entries(fields).map(([name, { spec }]): [string, FieldSpec] => [name, spec]);
  const target = `${schema.name}@${schema.major}`;
  return {
    format,
    options,
    fields,
    missing: schema.fields.filter(({ name }) => fields[name] === undefined).map(({ name }) => name),
    unused,
    mapping: {
      mapping: `draft/${schema.name}@1`,
      target,
      source: { format: format.value, ...(Object.keys(chosen).length === 0 ? {} : { options: chosen }) },
      limits: { maxBadRatio: 0.001 },
      fields: Object.fromEntries(specs),
    },
  };
}

const told = <T>(value: T): Guess<T> => ({ value, confidence: 1, reason: { zh: '已指定', en: 'given' } });

async function csvGuesses(sample: Uint8Array): Promise<Record<string, Guess<unknown>>> {
  const guesses: Record<string, Guess<unknown>> = {};
  for await (const { text, encoding, undecodable } of textBlocks(once(sample), {
    encoding: 'auto',
    maxRecordBytes: 16_777_216,
  })) {
    const separator = sniffSeparator(text, '"');
    guesses['encoding'] = {
      value: encoding,
      confidence: undecodable ? 0.5 : 0.95,
      reason: { zh: `样本按 ${encoding} 可完整解读`, en: `the sample reads as ${encoding}` },
    };
    guesses['separator'] = {
      value: separator === '\t' ? 'tab' : separator,
      confidence: 0.9,
      reason: { zh: '各行分出的列数一致', en: 'it splits the lines alike' },
    };
    guesses['headerRows'] = headerGuess(text, separator);
    break;
  }
  return guesses;
}

/** The first record that is as wide as the others and holds no numbers. */
function headerGuess(text: string, separator: string): Guess<number[]> {
  const records: { readonly cells: readonly string[]; readonly line: number }[] = [];
  const scanner = new CsvScanner(separator, '"', text.length);
  scanner.scan(text.slice(0, 65_536), false, {
    record: (first, cells, line) => {
      records.push({ cells: scanner.cells(first, cells), line });
      return false;
    },
    broken: () => undefined,
  });
  const width = mode(records.slice(0, 200).map(({ cells }) => cells.length));
  const first = records.find(
    ({ cells }) => cells.length === width && cells.filter((cell) => cell.trim() !== '').length > width / 2,
  );
  const numeric = (first?.cells ?? []).some((cell) => /^-?\d+([.,]\d+)*$/.test(cell.trim()));
  const row = first?.line ?? 1;
  const reason: Bilingual = numeric
    ? { zh: '首行像数据，按没有表头处理', en: 'the first line looks like data: taken as having no header' }
    : { zh: `第 ${row} 行都是文字`, en: `line ${row} holds words only` };
  return { value: numeric ? [] : [row], confidence: numeric ? 0.6 : 0.9, reason };
}

function mode(numbers: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}

async function* once(bytes: Uint8Array): Bytes {
  yield await Promise.resolve(bytes);
}

/** Columns of a table, or the leaves of trees by their path. */
async function profiles(format: string, sample: Uint8Array, options: unknown): Promise<ColumnProfile[]> {
  const cells = new Map<string, Cell[]>();
  const headers: string[] = [];
  let records = 0;
  try {
    for await (const batch of readRecords(formatNamed(format), once(wholeLines(format, sample)), options)) {
      gather(batch, cells, headers);
      records += batch.records.length;
      if (records >= sampleRecords) break;
    }
  } catch (error) {
    if (records === 0) throw error; // a sample may end inside a record
  }
  return [...cells].map(([key, values], index) => {
    const header = headers[index] ?? key;
    const doubled = headers.indexOf(header) !== headers.lastIndexOf(header);
    return profileColumn(header, header === '' || doubled ? index + 1 : header, values);
  });
}

const wholeLines = (format: string, sample: Uint8Array): Uint8Array =>
  format === 'csv' && sample.lastIndexOf(10) > 0 ? sample.subarray(0, sample.lastIndexOf(10) + 1) : sample;

const firstOf = <Record>(records: Records<Record>): Record[] => [...records].slice(0, sampleRecords);

function gather(batch: RecordBatch, cells: Map<string, Cell[]>, headers: string[]): void {
  if (batch.kind === 'table') {
    for (const [index, column] of batch.columns.entries()) {
      const key = String(index);
      if (!cells.has(key)) headers.push(column);
      cells.set(key, [...(cells.get(key) ?? []), ...firstOf(batch.records).map((record) => record[index])]);
    }
    return;
  }
  for (const record of firstOf(batch.records)) leaves(record, '', cells);
}

function leaves(value: Cell, path: string, cells: Map<string, Cell[]>): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [name, inner] of Object.entries(value as CellGroup))
      leaves(inner, path === '' ? name : `${path}/${name}`, cells);
  } else if (!Array.isArray(value)) cells.set(path, [...(cells.get(path) ?? []), value]);
}
