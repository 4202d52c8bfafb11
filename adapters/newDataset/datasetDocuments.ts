/** Schema, dataset and mapping from a draft and a person's decisions: the same documents on a terminal and in the console. */
import { stringify } from 'yaml';
import { compileSchema } from '../../schemas/compile.ts';
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import { propertiesOf, type Draft } from '../../schemas/draft/draftSchema.ts';
import type { EmptyMark } from '../../schemas/draft/valueTypes.ts';
import { lintSchema } from '../../schemas/lint/lintSchema.ts';
import type { Finding } from '../../schemas/messages.ts';
import { readSchema } from '../../schemas/parse.ts';
import type { Surroundings } from '../../schemas/surroundings.ts';
import { compileNewMapping } from '../mapping/compile.ts';
import type { Row } from '../mapping/bind.ts';
import { once } from '../reading/reader.ts';
import { suggestMapping, type Suggestion } from '../suggest/suggest.ts';
import { translate } from '../translate.ts';
import { defined } from '../../terms/defined.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import type { Decisions, ValueType } from './decisions.ts';

/** `title`, which other tools read, is the Chinese one. */
const titled = (property: Readonly<Record<string, unknown>>, zh: string | undefined): typeof property =>
  zh === undefined
    ? property
    : { ...property, title: zh, 'x-title': { ...(property['x-title'] as Bilingual), zh } };

/** A field that is never null. */
function withoutNull({ type, enum: listed, ...rest }: Members): Members {
  const types: readonly unknown[] = Array.isArray(type) ? type.filter((one) => one !== 'null') : [type];
  const values = Array.isArray(listed) ? listed.filter((one) => one !== null) : undefined;
  return { ...defined({ type: types.length === 1 ? types[0] : types, enum: values }), ...rest };
}

/** The schema as decided. A field of the key is required; a level is the person's, the mark of personal data stays as drafted. */
function decidedSchema(draft: Draft, decisions: Decisions): Readonly<Record<string, unknown>> {
  const { name, title, key, levels, titles, types: decided, subject } = decisions;
  const properties = Object.fromEntries(
    Object.entries(propertiesOf(draft)).map(([field, property]) => {
      const chosen = decided?.get(field);
      const typed = chosen === undefined ? property : withType(property, chosen);
      const named = titled(typed, titles?.get(field));
      const {
        'x-subject-key': _proposed,
        type,
        ...schema
      } = key.includes(field) ? withoutNull(named) : named;
      return [
        field,
        {
          ...defined({ type }),
          ...schema,
          'x-sensitivity': levels.get(field) ?? schema['x-sensitivity'],
          ...(field === subject?.field ? { 'x-subject-key': subject.kind } : {}),
        },
      ];
    }),
  );
  const required = (draft.schema['required'] as readonly string[] | undefined) ?? [];
  const { $id: _id, title: _title, 'x-primary-key': _key, ...rest } = draft.schema;
  return {
    ...rest,
    $id: `urn:datong:${name}:1.0`,
    'x-title': title,
    ...(key.length === 0 ? {} : { 'x-primary-key': key.map((field) => `/${field}`) }),
    properties,
    required: [...new Set([...key, ...required])],
  };
}

/**
 * The mapping of a file, guessed. No memo of a DBF file is read: a draft has none.
 * @param given options of the reader that are known, such as the sheet
 * @throws Problem when the sample cannot be read
 */
export async function sampleMapping(
  bytes: Uint8Array,
  schema: DatasetSchema,
  surroundings: Surroundings,
  given: Readonly<Record<string, unknown>> = {},
): Promise<Suggestion> {
  const options = { isWhole: true, ...(Object.keys(given).length === 0 ? {} : { options: given }) };
  const suggestion = await suggestMapping(bytes, schema, surroundings.codeLists, options);
  if (suggestion.format.value !== 'dbf') return suggestion;
  const { source } = suggestion.mapping;
  const withoutMemos = { ...source, options: { ...source.options, memo: 'ignore' } };
  return { ...suggestion, mapping: { ...suggestion.mapping, source: withoutMemos } };
}

/** One document of a file for `datong catalogue apply`. */
type Document = Readonly<Record<string, unknown>> & { readonly kind: 'Schema' | 'Dataset' | 'Mapping' };

export interface DecidedDocuments {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly dataset: Readonly<Record<string, unknown>>;
  /** absent where only a list of columns is known */
  readonly mapping?: Readonly<Record<string, unknown>>;
}

function decidedDocuments(
  schema: DecidedDocuments['schema'],
  decisions: Decisions,
  suggestion: Suggestion | undefined,
): DecidedDocuments {
  const { department, name, title, sharing, conditions, mode, every } = decisions;
  const dataset = {
    id: `${department}.${name}`,
    title,
    schema: `urn:datong:${name}:1.0`,
    mode,
    sharing: { type: sharing, ...(sharing === 'conditional' ? { conditions } : {}) },
    ...(every === undefined ? {} : { intake: { expect: { every } } }),
  };
  if (suggestion === undefined) return { schema, dataset };
  const { mapping } = suggestion;
  const fields = Object.fromEntries(
    Object.entries(mapping.fields).map(([field, { nullIf, ...spec }]) => [
      field,
      { ...spec, ...defined({ nullIf: decisions.markedTexts.has(field) ? undefined : nullIf }) },
    ]),
  );
  const named = { mapping: `${department}/${name}@1`, target: `${name}@1` };
  return { schema, dataset, mapping: { ...mapping, ...named, fields } };
}

/** Text for `datong catalogue apply`. */
export function documentsText({ schema, dataset, mapping }: DecidedDocuments): string {
  const documents: Document[] = [
    { kind: 'Schema', document: schema },
    { kind: 'Dataset', ...dataset },
    ...(mapping === undefined
      ? []
      : [{ kind: 'Mapping' as const, dataset: dataset['id'], document: mapping }]),
  ];
  return documents.map((one) => stringify(one, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n');
}

/** The mapping with its limit: as many bad records as the sample has, a tenth at least. They wait in quarantine, the good ones are published. */
function withLimit(documents: DecidedDocuments, { records, bad }: SampleRead): DecidedDocuments {
  const maxBadRatio = Math.max(0.1, Math.ceil((bad / Math.max(1, records)) * 100) / 100);
  return { ...documents, mapping: { ...documents.mapping, limits: { maxBadRatio } } };
}

/** Outcome of reading the sample by its mapping. */
export interface SampleRead {
  /** texts that the mapping reads as empty, by field */
  readonly emptied: ReadonlyMap<string, readonly EmptyMark[]>;
  /** the first ones that are valid */
  readonly rows: readonly Row[];
  /** without those that the mapping skips */
  readonly records: number;
  readonly bad: number;
}

const emptiedBy = ({ fields }: Suggestion, { markedTexts }: Decisions): SampleRead['emptied'] =>
  new Map(
    Object.entries(fields).flatMap(([field, { marks }]) =>
      marks.length === 0 || markedTexts.has(field) ? [] : [[field, marks] as const],
    ),
  );

/** Records that a trial of the mapping reads. */
const maxTried = 5_000;

/**
 * Reads the sample as the hub would read the file that is sent.
 * @param maxRows rows that are returned
 * @throws Problem mapping_invalid, and those of the reader
 */
async function readSample(
  bytes: Uint8Array,
  mapping: DecidedDocuments['mapping'],
  schema: DatasetSchema,
  surroundings: Surroundings,
  maxRows: number,
): Promise<Omit<SampleRead, 'emptied'>> {
  const compiled = compileNewMapping(mapping, schema, surroundings.codeLists);
  const rows: Row[] = [];
  let records = 0;
  let bad = 0;
  for await (const batch of translate(once(bytes), compiled, compileSchema(schema, surroundings))) {
    rows.push(...batch.rows.slice(0, maxRows - rows.length));
    records += batch.records - batch.skipped;
    bad += batch.bad.length;
    if (records >= maxTried) break;
  }
  return { rows, records, bad };
}

/** A file of rows. */
export interface RowsFile {
  readonly bytes: Uint8Array;
  /** options of the reader that are known, such as the sheet */
  readonly options: Readonly<Record<string, unknown>>;
}

/** The documents of a draft, and its sample as their mapping reads it. */
export interface Documented {
  readonly documents: DecidedDocuments;
  readonly schema: DatasetSchema;
  /** absent where only a list of columns is known */
  readonly sample?: SampleRead;
}

export type DatasetDrafted = { readonly findings: readonly Finding[] } | Documented;

/**
 * @param rows the sample, or a file of rows where the draft comes from a list of columns
 * @param maxRows rows of the sample that are returned
 * @returns the documents and the sample as the mapping reads it, or why the schema cannot be registered
 * @throws Problem mapping_invalid, and those of the reader
 */
export async function datasetDrafted(
  draft: Draft,
  decisions: Decisions,
  rows: RowsFile | undefined,
  surroundings: Surroundings,
  maxRows: number,
): Promise<DatasetDrafted> {
  const document = decidedSchema(draft, decisions);
  const findings = lintSchema(document, surroundings);
  if (findings.length > 0) return { findings };
  const schema = readSchema(document, surroundings.resolve);
  if (rows === undefined) return { documents: decidedDocuments(document, decisions, undefined), schema };
  const suggestion = await sampleMapping(rows.bytes, schema, surroundings, rows.options);
  const documents = decidedDocuments(document, decisions, suggestion);
  const read = await readSample(rows.bytes, documents.mapping, schema, surroundings, maxRows);
  const sample = { ...read, emptied: emptiedBy(suggestion, decisions) };
  return { documents: withLimit(documents, sample), schema, sample };
}

type Members = Readonly<Record<string, unknown>>;

/** Characters of a text whose guess had no bound. */
const textLength = 200;
/** As many digits as a database holds, with sign and point. */
const decimalLength = 40;

const shapes: Readonly<Record<ValueType, (length: unknown) => Members>> = {
  text: (length) => ({ type: 'string', maxLength: length ?? textLength }),
  integer: () => ({ type: 'integer' }),
  number: () => ({ type: 'number' }),
  decimal: () => ({ type: 'string', format: 'decimal', maxLength: decimalLength }),
  boolean: () => ({ type: 'boolean' }),
  date: () => ({ type: 'string', format: 'date' }),
  'date-time': () => ({ type: 'string', format: 'date-time' }),
};

/** What a person decides separately, or what no type brings with it. */
const lasting = ['title', 'x-title', 'x-sensitivity', 'x-personal', 'x-subject-key'] as const;

/**
 * A field of a draft with the type that a person decided, in the place of the guessed one. Code list, format and meaning belong to the
 * guessed type and go with it. The value may be null where it might be before.
 */
function withType(property: Members, type: ValueType): Members {
  const { type: types, enum: choices, maxLength } = property;
  const isNullable = [types, choices].some(
    (one) => Array.isArray(one) && (one.includes('null') || one.includes(null)),
  );
  const { type: plain, ...shape } = shapes[type](maxLength);
  return {
    ...Object.fromEntries(lasting.flatMap((word) => (word in property ? [[word, property[word]]] : []))),
    type: isNullable ? [plain, 'null'] : plain,
    ...shape,
  };
}
