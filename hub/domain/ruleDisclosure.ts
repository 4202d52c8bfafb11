/**
 * What the events of a rule disclose of its readings: an event protects each value at least as its reading does. Otherwise a rule would
 * release data of persons under the terms of a public type. Pure.
 */
import type { DatasetSchema, SchemaField } from '../../schemas/datasetSchema.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import type { SharingType } from './dataset.ts';
import { parseCondition } from './eventCondition.ts';
import type { EventRule } from './eventRule.ts';
import { isOfPersons } from './rollup.ts';

/** A dataset as far as a rule is concerned. */
export interface Disclosed {
  readonly schema: DatasetSchema;
  readonly sharing: SharingType;
}

/** Each from the least to the most protected. */
const sharings: readonly SharingType[] = ['unconditional', 'conditional', 'none'];
const levels = ['L1', 'L2', 'L3', 'L4'];
const kinds = ['none', 'personal', 'sensitive'];
const classes = ['general', 'important', 'core'];

/** Fields of an event that disclose the field of the condition: the value, and that it is beyond the threshold. */
const ofCondition = ['rule', 'severity', 'value'] as const;

/** Why the events of a rule would protect less than its readings; undefined where they protect as much. */
export function disclosureUnfit(
  { id, when }: Pick<EventRule, 'id' | 'when'>,
  source: Disclosed,
  type: Disclosed,
): Bilingual | undefined {
  if (sharings.indexOf(type.sharing) < sharings.indexOf(source.sharing))
    return {
      zh: `${id}：事件类型的共享类型（${type.sharing}）宽于读数（${source.sharing}）；请改用共享类型相同或更严的事件类型`,
      en: `${id}: the type of event is shared more widely (${type.sharing}) than the readings (${source.sharing}); use a type that is shared alike or less`,
    };
  const condition = parseCondition(when);
  const named = condition === undefined || condition.kind === 'silence' ? [] : [condition.field];
  const pairs = [
    ...source.schema.primaryKey.map((name) => [name, name] as const),
    ...named.flatMap((name) => ofCondition.map((to) => [name, to] as const)),
  ];
  return subjectUnfit(id, source.schema, type.schema) ?? firstOpener(id, pairs, source.schema, type.schema);
}

/** The events of readings about persons name the same subject: consent and deletion find them by it. */
function subjectUnfit(id: string, source: DatasetSchema, type: DatasetSchema): Bilingual | undefined {
  const { subject } = source;
  if (subject === undefined || !isOfPersons(source)) return undefined;
  const { field, kind } = subject;
  if (!source.primaryKey.includes(field))
    return {
      zh: `${id}：读数的主体 ${field} 不在主键中，事件无从写明主体；涉及个人或组织的读数须以主体为主键之一`,
      en: `${id}: ${field}, the subject of the readings, is not in their key, so events could not name it; put it in the key`,
    };
  if (type.subject?.field === field && type.subject.kind === kind) return undefined;
  return {
    zh: `${id}：读数以 ${field} 为主体，事件类型的 ${field} 也须标明 x-subject-key: ${kind}`,
    en: `${id}: ${field} is the subject of the readings; mark ${field} of the type of event with x-subject-key: ${kind}`,
  };
}

function firstOpener(
  id: string,
  pairs: readonly (readonly [from: string, to: string])[],
  source: DatasetSchema,
  type: DatasetSchema,
): Bilingual | undefined {
  for (const [from, to] of pairs) {
    const given = fieldOf(source, from);
    const taken = fieldOf(type, to);
    if (given === undefined || taken === undefined) continue;
    const less = protections.find(({ of, ranks }) => ranks.indexOf(of(taken)) < ranks.indexOf(of(given)));
    if (less === undefined) continue;
    const { keyword, of } = less;
    return {
      zh: `${id}：事件类型的 ${to}（${keyword}: ${of(taken)}）对读数的 ${from}（${of(given)}）保护不足；请在事件类型的标准中为 ${to} 标明 ${keyword}: ${of(given)} 或更严`,
      en: `${id}: ${to} of the type of event (${keyword}: ${of(taken)}) protects ${from} of the readings (${of(given)}) too little; give ${to} ${keyword}: ${of(given)} or stricter in the schema of the type`,
    };
  }
  return undefined;
}

const fieldOf = ({ fields }: DatasetSchema, name: string): SchemaField | undefined =>
  fields.find((one) => one.name === name);

const protections: readonly {
  readonly keyword: string;
  readonly ranks: readonly string[];
  readonly of: (field: SchemaField) => string;
}[] = [
  { keyword: 'x-sensitivity', ranks: levels, of: ({ sensitivity }) => sensitivity },
  { keyword: 'x-personal', ranks: kinds, of: ({ personal }) => personal },
  { keyword: 'x-class', ranks: classes, of: ({ classification = 'general' }) => classification },
];
