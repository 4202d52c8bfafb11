/**
 * Drafts a mapping from a sample of a file: format, encoding, separator, header, and a source for every field, each with its confidence and
 * reason. Nothing is saved; a person reviews, corrects and approves it.
 */
import type { CodeLists } from '../../schemas/codelists/codeLists.ts';
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import { formatNamed, readRecords } from '../formats.ts';
import { footersOf } from '../../schemas/draft/footerRows.ts';
import type { FieldSpec, MappingDocument, SkipSpec } from '../mapping/document.ts';
import { cellText, once, type Cell, type RecordBatch, type Records } from '../reading/reader.ts';
import { profileColumn, type ColumnProfile } from './columnProfile.ts';
import { detectFormat } from './detectFormat.ts';
import { reported, type Guess } from './guess.ts';
import { matchFields, namesField, type FieldGuess } from './matchFields.ts';
import { optionGuesses } from './optionGuesses.ts';
import { addSigns, type Sign } from './sign.ts';
import { isObject } from '../../terms/isObject.ts';

export interface Suggestion {
  readonly format: Guess<string>;
  /** reader options, each with a reason */
  readonly options: Readonly<Record<string, Guess<unknown>>>;
  readonly fields: Readonly<Record<string, FieldGuess>>;
  /** fields of the schema without a source */
  readonly missing: readonly string[];
  /** columns of the file that no field uses */
  readonly unused: readonly string[];
  /** doubts and warnings of the reader about the sample, by rule */
  readonly signs: readonly Sign[];
  /** the draft, to be reviewed and corrected; required fields without a source are omitted */
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
  codeLists: CodeLists,
  given: {
    readonly format?: string;
    readonly options?: Readonly<Record<string, unknown>>;
    /** the sample is the whole file: its last line is complete without a line end */
    readonly isWhole?: boolean;
  } = {},
): Promise<Suggestion> {
  const format = given.format === undefined ? detectFormat(sample) : reported(given.format);
  const options: Record<string, Guess<unknown>> = Object.fromEntries(
    Object.entries(given.options ?? {}).map(([name, value]) => [name, reported(value)]),
  );
  const isName = (text: string): boolean => namesField(schema, text);
  Object.assign(options, { ...(await optionGuesses(format.value, sample, options, isName)), ...options });
  const chosen = Object.fromEntries(Object.entries(options).map(([name, { value }]) => [name, value]));
  // the layout of a host file must come from a person
  const blind = format.value === 'copybook' && chosen['copybook'] === undefined;
  const signs = new Map<string, Sign>();
  const read = given.isWhole === true ? sample : wholeLines(format.value, sample);
  const { columns, skips } = blind
    ? { columns: [], skips: [] }
    : await profiles(format.value, read, chosen, signs);
  const { fields, unused } = matchFields(columns, schema, codeLists);
  const specs = Object.entries(fields).map(([name, { spec }]): [string, FieldSpec] => [name, spec]);
  const target = `${schema.name}@${schema.major}`;
  return {
    format,
    options,
    fields,
    missing: schema.fields.filter(({ name }) => fields[name] === undefined).map(({ name }) => name),
    unused,
    signs: [...signs.values()],
    mapping: {
      mapping: `draft/${schema.name}@1`,
      target,
      source: { format: format.value, ...(Object.keys(chosen).length === 0 ? {} : { options: chosen }) },
      limits: { maxBadRatio: 0.001 },
      ...(skips.length === 0 ? {} : { skipIf: skips }),
      fields: Object.fromEntries(specs),
    },
  };
}

/** Columns of a table, or the leaves of trees by their path; and the records that are none: totals and signatures at the end. */
async function profiles(
  format: string,
  sample: Uint8Array,
  options: object,
  signs: Map<string, Sign>,
): Promise<{ readonly columns: ColumnProfile[]; readonly skips: readonly SkipSpec[] }> {
  const cells = new Map<string, Cell[]>();
  const headers: string[] = [];
  let records = 0;
  try {
    const chosen = format === 'dbf' ? { memo: 'ignore', ...options } : options;
    for await (const batch of readRecords(formatNamed(format), once(sample), chosen)) {
      gather(batch, cells, headers, records);
      addSigns(signs, batch);
      records += batch.records.length;
      if (records >= sampleRecords) break;
    }
  } catch (error) {
    if (records === 0) throw error; // a sample may end inside a record
  }
  const texts = [...cells.values()];
  const footers =
    headers.length === 0 || records >= sampleRecords
      ? []
      : footersOf(records, (row) => texts.map((column) => cellText(column[row])));
  const named = [...cells.keys()].map((key, index) => {
    const header = headers[index] ?? key;
    const doubled = headers.indexOf(header) !== headers.lastIndexOf(header);
    return { header, from: header === '' || doubled ? index + 1 : header };
  });
  return {
    columns: named.map(({ header, from }, index) =>
      profileColumn(header, from, (texts[index] ?? []).slice(0, records - footers.length)),
    ),
    skips: footers.flatMap(({ column, words, isWhole }): SkipSpec[] => {
      const from = named[column]?.from;
      return from === undefined ? [] : [{ from, ...(isWhole ? { is: words } : { begins: words }) }];
    }),
  };
}

const wholeLines = (format: string, sample: Uint8Array): Uint8Array =>
  (format === 'csv' || format === 'fixed') && sample.lastIndexOf(10) > 0
    ? sample.subarray(0, sample.lastIndexOf(10) + 1)
    : sample;

const firstOf = <Record>(records: Records<Record>): Record[] => [...records].slice(0, sampleRecords);

/** @param before records of earlier batches: a cell has the place of its record */
function gather(batch: RecordBatch, cells: Map<string, Cell[]>, headers: string[], before: number): void {
  if (batch.kind === 'tree') {
    for (const [place, record] of firstOf(batch.records).entries()) leaves(record, '', cells, before + place);
    return;
  }
  const records = firstOf(batch.records);
  for (const [index, column] of batch.columns.entries()) {
    const key = String(index);
    if (!cells.has(key)) headers.push(column);
    for (const record of records) append(cells, key, record[index]);
    if (records.length === 0 && !cells.has(key)) cells.set(key, []);
  }
}

function leaves(value: Cell, path: string, cells: Map<string, Cell[]>, at: number): void {
  if (isObject(value)) {
    for (const [name, inner] of Object.entries(value))
      leaves(inner, path === '' ? name : `${path}/${name}`, cells, at);
  } else if (!Array.isArray(value)) {
    const missing = Math.max(0, at - (cells.get(path)?.length ?? 0));
    for (let place = 0; place < missing; place += 1) append(cells, path, undefined);
    append(cells, path, value);
  }
}

function append(cells: Map<string, Cell[]>, key: string, cell: Cell): void {
  const known = cells.get(key);
  if (known === undefined) cells.set(key, [cell]);
  else known.push(cell);
}
