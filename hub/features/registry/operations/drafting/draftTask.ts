/** Drafts a dataset from a file that a person has chosen; runs in a thread. The bytes are in memory only. */
import {
  datasetDrafted,
  documentsText,
  type Documented,
} from '../../../../../adapters/newDataset/datasetDocuments.ts';
import { objectionsTo, proposalsOf, type Decisions } from '../../../../../adapters/newDataset/decisions.ts';
import { readTables } from '../../../../../adapters/newDataset/readTables.ts';
import type { components } from '../../../../../api/openapi.ts';
import { shippedSurroundings } from '../../../../../machine/surroundings.ts';
import { maskedSample } from '../../../../../policies/masks/maskedSample.ts';
import { draftSchema, propertiesOf, type Draft } from '../../../../../schemas/draft/draftSchema.ts';
import type { Table } from '../../../../../schemas/draft/table.ts';
import type { Bilingual } from '../../../../../terms/bilingual.ts';
import { defined } from '../../../../../terms/defined.ts';
import { Problem, type ProblemExtras, type ProblemFacts } from '../../../../../terms/problem.ts';
import type { ProblemCode } from '../../../../../terms/problemCatalogue.ts';

type Tried = components['schemas']['DatasetTried'];

/** The input of the thread. */
export interface DraftTask {
  readonly body: components['schemas']['DatasetTrial'];
  /** Unix milliseconds */
  readonly now: number;
}

/** Its result; a Problem cannot cross the border of a thread. */
export type DraftAnswer =
  | { readonly tried: Tried }
  | { readonly code: ProblemCode; readonly facts: ProblemFacts; readonly extras: ProblemExtras };

/** Of all parts of a workbook together. */
const maxInflatedBytes = 64 * 1024 * 1024;
/** Rows of the sample that are returned, masked. */
const maxShown = 3;

export async function draftedDataset({ body, now }: DraftTask): Promise<DraftAnswer> {
  try {
    return { tried: await tried(body, now) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { code, facts, extras } = error;
    return { code, facts, extras };
  }
}

async function tried({ file, sample, sheet, answers }: DraftTask['body'], now: number): Promise<Tried> {
  const bytes = bytesOf(file);
  const { tables } = await readTables(withoutEnding(file.name), bytes, maxInflatedBytes);
  const names = tables.map(({ name }) => name);
  const [table, ...others] = tables.filter(({ name }) => sheet === undefined || name === sheet);
  if (table === undefined || others.length > 0) return { tables: names };
  const draft = draftSchema(table, shippedSurroundings);
  const shown = { tables: names, draft: shownDraft(draft, table) };
  if (answers === undefined) return shown;
  const decisions = decisionsOf(answers);
  const objections = objectionsTo(draft, decisions);
  if (objections.length > 0) return { ...shown, objections };
  const rows = sample ?? (table.source === 'sample' ? file : undefined);
  const drafted = await datasetDrafted(
    draft,
    decisions,
    rows === undefined
      ? undefined
      : {
          bytes: sample === undefined ? bytes : bytesOf(sample),
          options: sample === undefined ? defined({ sheet }) : {},
        },
    shippedSurroundings,
    maxShown,
  );
  if ('findings' in drafted)
    return {
      ...shown,
      findings: drafted.findings.map(({ path, message, mend }) => ({ path, message, mend })),
    };
  const { documents } = drafted;
  return {
    ...shown,
    documents: {
      ...(documents as Omit<NonNullable<Tried['documents']>, 'text'>),
      text: documentsText(documents),
    },
    ...defined({ sample: shownSample(drafted, now) }),
  };
}

const bytesOf = ({ bytes }: { readonly bytes: string }): Buffer => Buffer.from(bytes, 'base64');

const withoutEnding = (name: string): string => name.replace(/\.[^.]*$/, '');

function decisionsOf({
  title,
  titleEn,
  levels,
  titles = {},
  types = {},
  keep = [],
  subject,
  conditions,
  every,
  ...answers
}: Answers): Decisions {
  return {
    ...answers,
    title: { zh: title, en: titleEn ?? answers.name.replaceAll('-', ' ') },
    levels: new Map(Object.entries(levels)),
    titles: new Map(Object.entries(titles)),
    types: new Map(Object.entries(types)),
    markedTexts: new Set(keep),
    subject,
    conditions: conditions ?? '',
    every,
  };
}

type Answers = components['schemas']['DatasetAnswers'];

/** Fields with their guesses and the reasons of each; values of the sample are not among them. */
function shownDraft(draft: Draft, table: Table): NonNullable<Tried['draft']> {
  const properties = propertiesOf(draft);
  const { subject, keyReasons, ...proposed } = proposalsOf(draft, table);
  return {
    table: draft.table,
    source: table.source === 'sample' ? 'sample' : 'columns',
    doubts: [...draft.doubts],
    keyReasons: [...keyReasons],
    proposed: { ...proposed, key: [...proposed.key], ...(subject && { subject }) },
    fields: draft.fields.map(({ field, column, confidence, reasons, placeholder, bad, marks }) => {
      const schema = properties[field] ?? {};
      const type = [schema['type'] ?? 'enum', schema['format']]
        .flat()
        .filter((one) => one !== undefined && one !== 'null');
      return {
        field,
        column,
        confidence,
        reasons: [...reasons],
        placeholder,
        bad: bad.slice(0, 20),
        marks: [...marks],
        title: schema['x-title'] as Bilingual,
        type: type.join(' '),
        sensitivity: schema['x-sensitivity'] as 'L1',
        personal: schema['x-personal'] as 'none',
      };
    }),
  };
}

function shownSample({ sample, schema }: Documented, now: number): Tried['sample'] | undefined {
  if (sample === undefined) return undefined;
  const { rows, records, bad, emptied } = sample;
  return {
    records,
    bad,
    fields: schema.fields.map(({ name }) => name),
    emptied: [...emptied].map(([field, marks]) => ({ field, marks: [...marks] })),
    rows: maskedSample(rows, schema, shippedSurroundings, now).map((row) => row.map((text) => text ?? '')),
  };
}
