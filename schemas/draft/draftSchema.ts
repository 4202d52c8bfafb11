import type { Bilingual } from '../../terms/bilingual.ts';
import type { Finding } from '../messages.ts';
import { pointerTo } from '../jsonSchema.ts';
import { lintSchema } from '../lint/lintSchema.ts';
import { isReservedName } from '../lint/shape.ts';
import { limits } from '../lint/profile.ts';
import { guessField } from './guessField.ts';
import { parseSchemaUrn } from '../schemaUrn.ts';
import { latinFieldName, latinSchemaName } from './latinName.ts';
import type { Surroundings } from '../surroundings.ts';
import { proposeSubject } from './columnList.ts';
import type { Column, Table } from './table.ts';
import type { EmptyMark } from './valueTypes.ts';

export interface DraftedField {
  readonly field: string;
  /** name in the source, where the field had to be renamed */
  readonly column: string;
  /** 0 to 1 */
  readonly confidence: number;
  readonly reasons: readonly Bilingual[];
  /** its sensitivity is a placeholder that a person has to decide */
  readonly placeholder: boolean;
  /** records of the sample, counted from 1, whose value does not have the type of the others */
  readonly bad: readonly number[];
  /** texts of the sample that are read as empty */
  readonly marks: readonly EmptyMark[];
}

export interface Draft {
  readonly table: string;
  readonly source: Table['source'];
  readonly schema: Readonly<Record<string, unknown>>;
  readonly fields: readonly DraftedField[];
  /** remaining lint findings of the draft */
  readonly findings: readonly Finding[];
  /** parts of the source that could not be read, and assumptions */
  readonly doubts: readonly Bilingual[];
}

type Properties = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export const propertiesOf = ({ schema }: Pick<Draft, 'schema'>): Properties =>
  schema['properties'] as Properties;

/**
 * Drafts a schema for a table: every field with its guess, its confidence and the reason. A person decides.
 * @param taken names already used by other drafts of the same run
 */
export function draftSchema(
  table: Table,
  surroundings: Surroundings,
  taken: ReadonlySet<string> = new Set(),
): Draft {
  const columns = named(table.columns).map((one) => ({
    ...one,
    guess: guessField(one.column, surroundings.codeLists),
  }));
  const subject = proposeSubject(columns);
  const properties: Record<string, unknown> = {};
  const fields: DraftedField[] = [];
  for (const { field, column, guess } of columns) {
    const title = visible(column.title ?? column.name);
    const proposed = field === subject?.field ? { 'x-subject-key': subject.kind } : {};
    properties[field] = { title, 'x-title': { zh: title, en: field }, ...guess.schema, ...proposed };
    const reasons = field === subject?.field ? [...guess.reasons, subjectReason] : guess.reasons;
    const confidence = Math.round(guess.confidence * 100) / 100;
    const { placeholder, bad, marks } = guess;
    fields.push({ field, column: column.name, confidence, reasons, placeholder, bad, marks });
  }
  const name = schemaName(table, taken);
  const title = visible(table.title ?? table.name);
  const keys = columns.filter(({ column }) => column.key === true).map(({ field }) => pointerTo('', field));
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:datong:${name}:1.0`,
    title,
    'x-title': { zh: title, en: name },
    ...(keys.length > 0 ? { 'x-primary-key': keys } : {}),
    type: 'object',
    properties,
    required: columns.filter(({ column }) => isRequired(column)).map(({ field }) => field),
    additionalProperties: false,
  };
  const { doubts = [], source } = table;
  return { table: table.name, source, schema, fields, findings: lintSchema(schema, surroundings), doubts };
}

const subjectReason: Bilingual = {
  zh: '提议作为主体标识（记录是关于谁的）',
  en: 'proposed as the subject key: whom a row is about',
};

function isRequired({ required, samples }: Column): boolean {
  return required === true || (samples.length > 0 && samples.every((text) => text !== ''));
}

/** Every column under a distinct name that the profile accepts. */
function named(columns: readonly Column[]): { readonly field: string; readonly column: Column }[] {
  const taken = new Set<string>();
  return columns.map((column, place) => {
    const field = fieldName(column.name, place, taken);
    taken.add(field);
    return { field, column };
  });
}

/** A title that the profile accepts: on one line, within its length. */
function visible(text: string): string {
  const clean = text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
  return Array.from(clean === '' ? '-' : clean)
    .slice(0, 200)
    .join('');
}

/** A Latin name: the heading itself where it is one. */
function fieldName(column: string, place: number, taken: ReadonlySet<string>): string {
  const latin = latinFieldName(column, maxNameLength);
  const usable = latin === undefined || isReservedName(latin) ? `field_${place + 1}` : latin;
  let name = usable;
  for (let number = place + 1; taken.has(name); number += 1) name = `${usable}_${number}`;
  return name;
}

/** Leaves space for a number after the name. */
const maxNameLength = limits.nameBytes - 4;

/** Leaves space for a department's code and a number in the ids derived from it. */
const maxSchemaNameLength = 44;

/** From the name of the table, otherwise from its title; always distinct. */
function schemaName({ name: table, title = '' }: Table, taken: ReadonlySet<string>): string {
  const [own, titled] = [table.replace(/^t_/i, ''), title].map((text) =>
    latinSchemaName(text, maxSchemaNameLength),
  );
  const usable = [own, titled].find(
    (one) => one !== undefined && /[a-z]{2}/.test(one) && !meaningless.test(one),
  );
  const known = usable ?? own ?? titled ?? 'draft';
  const name =
    known.length < 2 || parseSchemaUrn(`urn:datong:${known}:1.0`) === undefined || known === 'draft'
      ? `${known}-table`
      : known;
  let number = 2;
  while (taken.has(`${name}-${number}`)) number += 1;
  return taken.has(name) ? `${name}-${number}` : name;
}

/** Names of files that do not describe their content. */
const meaningless = /^(?:data|export|sheet-?\d*|sheet|table|new|daochu|xinjian|book-?\d*|gongzuobu-?\d*)$/;
