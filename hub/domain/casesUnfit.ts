/** Whether a dataset can have rules for cases (`intake.cases`), and why not. Pure. */
import type { DatasetSchema, SchemaField } from '../../schemas/datasetSchema.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { hoursOf, startsOf, type CaseRules, type CaseTime, type Contributor } from './cases.ts';

/** Why a dataset of this version cannot have the rules; undefined where it can. @param provider its department */
export function casesUnfit(
  rules: CaseRules,
  schema: DatasetSchema,
  provider: string,
  isDepartment: (code: string) => boolean,
): Bilingual | undefined {
  return (
    stateUnfit(rules, schema) ??
    startUnfit(rules, schema) ??
    titlesUnfit(rules, schema) ??
    transitionsUnfit(rules, schema, provider) ??
    contributorsUnfit(rules, schema, provider, isDepartment) ??
    subjectFieldsUnfit(rules, schema)
  );
}

const fieldOf = ({ fields }: DatasetSchema, name: string): SchemaField | undefined =>
  fields.find((one) => one.name === name);

function stateUnfit({ state }: CaseRules, schema: DatasetSchema): Bilingual | undefined {
  const field = fieldOf(schema, state);
  const listed = field?.type === 'string' && Array.isArray(field.schema['enum']);
  if (listed && !field.nullable && field.required && !schema.primaryKey.includes(state)) return undefined;
  return {
    zh: `state：${state} 应为必填、有取值列表（enum）的文本数据项，且不在主键中`,
    en: `state: ${state} must be a required text field with a list of values (enum), outside the key`,
  };
}

function startUnfit({ state, starts = [] }: CaseRules, schema: DatasetSchema): Bilingual | undefined {
  const states = fieldOf(schema, state)?.schema['enum'] as readonly unknown[];
  const unknown = starts.find((one) => !states.includes(one));
  return unknown === undefined
    ? undefined
    : { zh: `starts：${state} 没有取值 ${unknown}`, en: `starts: ${state} has no value ${unknown}` };
}

/** A title for a value that the state cannot have would never be shown. */
function titlesUnfit({ state, states = {} }: CaseRules, schema: DatasetSchema): Bilingual | undefined {
  const values = fieldOf(schema, state)?.schema['enum'] as readonly unknown[];
  const unknown = Object.keys(states).find((one) => !values.includes(one));
  return unknown === undefined
    ? undefined
    : { zh: `states：${state} 没有取值 ${unknown}`, en: `states: ${state} has no value ${unknown}` };
}

function transitionsUnfit(rules: CaseRules, schema: DatasetSchema, provider: string): Bilingual | undefined {
  const { state, transitions, contributors = [] } = rules;
  const states = fieldOf(schema, state)?.schema['enum'] as readonly unknown[];
  const parties = new Set([provider, ...contributors.map(({ department }) => department)]);
  const reached = reachedFrom(rules);
  for (const [nth, { id, from, to, by, within, warn }] of transitions.entries()) {
    const earlier = transitions.slice(0, nth);
    const unknown = [from, to].find((one) => !states.includes(one));
    const stranger = by.find((one) => !parties.has(one));
    if (unknown !== undefined)
      return { zh: `${id}：${state} 没有取值 ${unknown}`, en: `${id}: ${state} has no value ${unknown}` };
    if (earlier.some((one) => one.id === id || (one.from === from && one.to === to)))
      return { zh: `${id}：流转重复`, en: `${id}: the transition is there twice` };
    if (warn !== undefined && !isBefore(warn, within))
      return {
        zh: `${id}：warn 应短于 within，within 以小时计时 warn 也以小时计`,
        en: `${id}: warn must be shorter than within, in hours where within is in hours`,
      };
    if (from === to) return { zh: `${id}：from 与 to 相同`, en: `${id}: from and to are the same` };
    if (stranger !== undefined)
      return {
        zh: `${id}：${stranger} 既不是提供部门，也不在 contributors 中`,
        en: `${id}: ${stranger} is neither the provider nor one of the contributors`,
      };
    if (!reached.has(from))
      return {
        zh: `${id}：从起始状态到不了 ${from}`,
        en: `${id}: no transition leads from a start to ${from}`,
      };
  }
  return undefined;
}

const isBefore = (warn: CaseTime, within: CaseTime | undefined): boolean =>
  within !== undefined && ('hours' in warn || 'workdays' in within) && hoursOf(warn) < hoursOf(within);

/** States that a row reaches from its starts. */
function reachedFrom(rules: CaseRules): ReadonlySet<string> {
  const { transitions } = rules;
  const reached = new Set(startsOf(rules));
  // a set that grows while it is iterated also yields its new members
  for (const state of reached) for (const { from, to } of transitions) if (from === state) reached.add(to);
  return reached;
}

function contributorsUnfit(
  { state, transitions, contributors = [] }: CaseRules,
  schema: DatasetSchema,
  provider: string,
  isDepartment: (code: string) => boolean,
): Bilingual | undefined {
  for (const [nth, one] of contributors.entries()) {
    const { department, sets = [] } = one;
    const fixed = sets.find(
      (name) => name === state || schema.primaryKey.includes(name) || fieldOf(schema, name) === undefined,
    );
    if (!isDepartment(department) || department === provider)
      return {
        zh: `${department} 应为提供部门以外的已登记部门`,
        en: `${department} must be a registered department other than the provider`,
      };
    if (contributors.slice(0, nth).some((other) => other.department === department))
      return { zh: `${department} 出现两次`, en: `${department} is there twice` };
    if (fixed !== undefined)
      return {
        zh: `${department}：sets 中的 ${fixed} 应为主键与状态以外的已有数据项`,
        en: `${department}: ${fixed} in sets must be a field outside the key and other than the state`,
      };
    if (sets.length === 0 && !transitions.some(({ by }) => by.includes(department)))
      return {
        zh: `${department} 既没有可填的数据项，也没有可作的流转`,
        en: `${department} may set no field and make no transition`,
      };
    const row = conditionsUnfit(one, schema);
    if (row !== undefined) return row;
  }
  return undefined;
}

/** Fields for the subject are single values: there is no way to the bytes of an attachment for them. */
function subjectFieldsUnfit({ subjectFields }: CaseRules, schema: DatasetSchema): Bilingual | undefined {
  if (subjectFields === undefined) return undefined;
  if (schema.subject?.kind !== 'person')
    return {
      zh: 'subjectFields：数据集标准没有以自然人为主体',
      en: 'subjectFields: the schema has no person as its subject',
    };
  const unfit = subjectFields.find((name) => {
    const { type = 'object', format } = fieldOf(schema, name) ?? {};
    return type === 'object' || type === 'array' || format === 'attachment';
  });
  return unfit === undefined
    ? undefined
    : {
        zh: `subjectFields：${unfit} 应为已有的数据项，且是单个文本、数字或是否值，不是附件`,
        en: `subjectFields: ${unfit} must be a field with a single text, number or boolean, and no attachment`,
      };
}

function conditionsUnfit({ department, rows }: Contributor, schema: DatasetSchema): Bilingual | undefined {
  const unfit = rows?.all.find(({ field }) => {
    const { type, format } = fieldOf(schema, field) ?? {};
    // a decimal is text, but compares as a number
    return type !== 'string' || format === 'decimal';
  });
  return unfit === undefined
    ? undefined
    : {
        zh: `${department}：rows 中的 ${unfit.field} 应为已有的文本数据项，且不是 decimal`,
        en: `${department}: ${unfit.field} in rows must be a text field without the format decimal`,
      };
}
