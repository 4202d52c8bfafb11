/** What a person decides about a new dataset: at most ten answers, each with a proposal and the reasons why it may be refused. */
import { parseSchemaUrn } from '../../schemas/schemaUrn.ts';
import { propertiesOf, type Draft } from '../../schemas/draft/draftSchema.ts';
import type { Table } from '../../schemas/draft/table.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { isDepartmentCode, isSlug } from '../../terms/ids.ts';
import { proposedKey, type KeyReason } from './proposedKey.ts';

export interface Decisions {
  readonly department: string;
  /** of schema and dataset: Latin, without the department */
  readonly name: string;
  readonly title: Bilingual;
  /** fields that identify a row; empty: it has no primary key */
  readonly key: readonly string[];
  readonly levels: ReadonlyMap<string, string>;
  /** Chinese titles other than the drafted ones, by field */
  readonly titles?: ReadonlyMap<string, string>;
  /** types other than the guessed ones, by field */
  readonly types?: ReadonlyMap<string, ValueType>;
  /** fields whose marks, such as 无, remain texts; those of the others are read as empty */
  readonly markedTexts: ReadonlySet<string>;
  /** the field that identifies the subject of a row */
  readonly subject: Subject | undefined;
  readonly sharing: 'conditional' | 'unconditional' | 'none';
  readonly conditions: string;
  readonly mode: 'snapshot' | 'upsert';
  readonly every: 'day' | 'workday' | undefined;
}

export const valueTypes = ['text', 'integer', 'number', 'decimal', 'boolean', 'date', 'date-time'] as const;
export type ValueType = (typeof valueTypes)[number];

export interface Subject {
  readonly field: string;
  readonly kind: 'person' | 'organization';
}

/** Proposed answers; a person confirms or replaces each. */
export interface Proposals {
  readonly title: string;
  readonly name: string;
  readonly key: readonly string[];
  /** why this key was proposed, and why others were not */
  readonly keyReasons: readonly KeyReason[];
  readonly subject: Subject | undefined;
}

export function proposalsOf(draft: Draft, table: Table): Proposals {
  const title = draft.schema['x-title'] as Bilingual;
  const { key, reasons: keyReasons } = proposedKey(draft, table);
  return { title: title.zh, name: title.en, key, keyReasons, subject: proposedSubject(draft, key) };
}

/** As drafted; else the key, where rows contain personal data. */
function proposedSubject(draft: Draft, [key]: readonly string[]): Subject | undefined {
  const drafted = Object.entries(propertiesOf(draft)).find(
    ([, schema]) => schema['x-subject-key'] !== undefined,
  );
  if (drafted !== undefined)
    return {
      field: drafted[0],
      kind: drafted[1]['x-subject-key'] === 'organization' ? 'organization' : 'person',
    };
  return isPersonal(draft) && key !== undefined ? { field: key, kind: 'person' } : undefined;
}

/** Whether rows contain personal data. */
const isPersonal = (draft: Draft): boolean =>
  Object.values(propertiesOf(draft)).some((schema) => schema['x-personal'] !== 'none');

/** Why an answer cannot be taken; undefined where it can. */
export type Objection = Bilingual | undefined;

const noSlug: Bilingual = { zh: '小写拉丁字母、数字和连字符', en: 'lower-case letters, digits and hyphens' };

export const departmentObjection = (text: string): Objection => (isDepartmentCode(text) ? undefined : noSlug);

export const nameObjection = (text: string): Objection =>
  (isSlug(text) ? undefined : noSlug) ??
  (parseSchemaUrn(`urn:datong:${text}:1.0`) === undefined
    ? { zh: '这个名称不能用作标准名称', en: 'a schema cannot have this name' }
    : undefined);

export function fieldsObjection(draft: Draft, names: readonly string[]): Objection {
  const fields = draft.fields.map(({ field }) => field);
  const unknown = names.find((name) => !fields.includes(name));
  return unknown === undefined
    ? undefined
    : {
        zh: `没有数据项 ${unknown}；有 ${fields.join('、')}`,
        en: `no field ${unknown}; there are ${fields.join(', ')}`,
      };
}

export const subjectObjection = (draft: Draft, field: string | undefined): Objection =>
  field !== undefined
    ? fieldsObjection(draft, [field])
    : isPersonal(draft)
      ? { zh: '各行含个人数据，须指明一个数据项', en: 'rows hold personal data: name a field' }
      : undefined;

/** An answer that is refused, by the name of its question. */
export interface Objected {
  readonly question:
    'department' | 'name' | 'key' | 'subject' | 'levels' | 'titles' | 'types' | 'keep' | 'conditions';
  readonly message: Bilingual;
}

/** Everything that is wrong with answers that were given together. */
export function objectionsTo(draft: Draft, decisions: Decisions): Objected[] {
  const { department, name, key, subject, levels, titles, types, markedTexts, sharing, conditions } =
    decisions;
  const all: readonly (readonly [Objected['question'], Objection])[] = [
    ['department', departmentObjection(department)],
    ['name', nameObjection(name)],
    ['key', fieldsObjection(draft, key)],
    ['subject', subjectObjection(draft, subject?.field)],
    ['levels', fieldsObjection(draft, [...levels.keys()])],
    ['titles', fieldsObjection(draft, [...(titles?.keys() ?? [])])],
    ['types', fieldsObjection(draft, [...(types?.keys() ?? [])])],
    ['keep', fieldsObjection(draft, [...markedTexts])],
    [
      'conditions',
      sharing === 'conditional' && conditions.trim() === ''
        ? { zh: '有条件共享须写明条件', en: 'conditional sharing needs its conditions' }
        : undefined,
    ],
  ];
  return all.flatMap(([question, message]) => (message === undefined ? [] : [{ question, message }]));
}
