/** Schema, dataset and mapping from a draft and a person's decisions. */
import { suggestMapping, type Suggestion } from '../../../adapters/suggest/suggest.ts';
import { shippedSurroundings } from '../../../machine/surroundings.ts';
import { lintSchema } from '../../../schemas/lint/lintSchema.ts';
import { readSchema } from '../../../schemas/parse.ts';
import type { Draft } from '../../../schemas/draft/draftSchema.ts';
import type { Finding } from '../../../schemas/messages.ts';
import { stringify } from 'yaml';

export interface Decisions {
  readonly department: string;
  /** of schema and dataset: Latin, without the department */
  readonly name: string;
  readonly title: { readonly zh: string; readonly en: string };
  /** fields that identify a row; empty: it has no primary key */
  readonly key: readonly string[];
  readonly levels: ReadonlyMap<string, string>;
  /** the field that identifies the subject of a row */
  readonly subject: { readonly field: string; readonly kind: 'person' | 'organization' } | undefined;
  readonly sharing: 'conditional' | 'unconditional' | 'none';
  readonly conditions: string;
  readonly mode: 'snapshot' | 'upsert';
  readonly every: 'day' | 'workday' | undefined;
}

type Properties = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export const propertiesOf = ({ schema }: Draft): Properties => schema['properties'] as Properties;

/** The schema as decided. A field of the key is required; a level is the person's, the mark of personal data stays with the higher of both. */
export function decidedSchema(draft: Draft, decisions: Decisions): Readonly<Record<string, unknown>> {
  const { name, title, key, levels, subject } = decisions;
  const properties = Object.fromEntries(
    Object.entries(propertiesOf(draft)).map(([field, { 'x-subject-key': _proposed, type, ...schema }]) => {
      const isKey = key.includes(field);
      const types = isKey && Array.isArray(type) ? type.filter((one) => one !== 'null') : type;
      return [
        field,
        {
          ...(type === undefined
            ? {}
            : { type: Array.isArray(types) && types.length === 1 ? (types[0] as unknown) : types }),
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

/** Lint findings about the schema as decided. */
export const findingsOf = (schema: Readonly<Record<string, unknown>>): readonly Finding[] =>
  lintSchema(schema, shippedSurroundings);

/** @param bytes the file itself @param given options of the reader that are known, such as the sheet */
export const mappingFor = (
  bytes: Uint8Array,
  schema: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
): Promise<Suggestion> =>
  suggestMapping(
    bytes,
    readSchema(schema, shippedSurroundings.resolve),
    shippedSurroundings.codeLists,
    Object.keys(given).length === 0 ? {} : { options: given },
  );

/** As many bad records as the sample has, a tenth at least: they wait in quarantine, and the good ones are published. */
export function badRatioOf({ fields }: Draft, records: number): number {
  const bad = new Set(fields.flatMap((one) => one.bad)).size;
  return Math.max(0.1, Math.ceil((bad / Math.max(1, records)) * 100) / 100);
}

/** The draft read no memo file either. */
const withoutMemos = ({ mapping: { source } }: Suggestion): object => ({
  ...source,
  options: { ...source.options, memo: 'ignore' },
});

/** Text for `datong catalogue apply`. */
export function documentsText(
  schema: Readonly<Record<string, unknown>>,
  suggestion: Suggestion,
  maxBadRatio: number,
  { department, name, title, sharing, conditions, mode, every }: Decisions,
): string {
  const dataset = `${department}.${name}`;
  const documents = [
    { kind: 'Schema', document: schema },
    {
      kind: 'Dataset',
      ...{ id: dataset, title, schema: `urn:datong:${name}:1.0`, mode },
      sharing: { type: sharing, ...(sharing === 'conditional' ? { conditions } : {}) },
      ...(every === undefined ? {} : { intake: { expect: { every } } }),
    },
    {
      kind: 'Mapping',
      dataset,
      document: {
        ...suggestion.mapping,
        ...(suggestion.format.value === 'dbf' ? { source: withoutMemos(suggestion) } : {}),
        ...{ mapping: `${department}/${name}@1`, target: `${name}@1`, limits: { maxBadRatio } },
      },
    },
  ];
  return documents.map((one) => stringify(one, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n');
}
