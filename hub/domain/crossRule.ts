/** Rules across the fields of one row (跨字段规则), such as a day not before another, or a total that is the sum of its parts. Pure. */
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import type { Finding } from './guards.ts';
import type { CrossRule } from './intakeRules.ts';
import { layoutOf, type Column } from './rowTable/layout.ts';

/** Rows of a loaded batch that break a rule. */
export interface Broken {
  readonly rule: CrossRule;
  /** rows in which every field that the rule names has a value */
  readonly compared: number;
  readonly broken: number;
  /** physical lines of the first of these rows */
  readonly lines: readonly number[];
}

/** The type that the values of a field are compared as; undefined where they have no order that the hub knows. */
export function comparedAs(schema: DatasetSchema, name: string): 'number' | 'date' | undefined {
  const field = schema.fields.find((one) => one.name === name);
  if (field?.format === 'date') return 'date';
  const numeric = field?.type === 'integer' || field?.type === 'number' || field?.format === 'decimal';
  return numeric ? 'number' : undefined;
}

/** Columns of a rule, its `field` first; undefined where the schema lacks one of them */
export function crossColumns(rule: CrossRule, schema: DatasetSchema): readonly Column[] | undefined {
  const named = [rule.field, ...rule.fields];
  const columns = named.flatMap((name) => layoutOf(schema).byField.get(name) ?? []);
  return columns.length === named.length ? columns : undefined;
}

/** Why a dataset may not be registered with the rule; undefined where it may. */
export function crossRuleUnfit(rule: CrossRule, schema: DatasetSchema): Bilingual | undefined {
  const { field, is, fields } = rule;
  if (crossColumns(rule, schema) === undefined)
    return { zh: 'field 与 fields 应为已有的数据项', en: 'field and fields are fields of the schema' };
  if (fields.includes(field))
    return { zh: `${field} 不能与自己比较`, en: `${field} is not compared with itself` };
  if (is !== 'sumOf' && fields.length !== 1)
    return { zh: `${is} 只与一个数据项比较`, en: `${is} holds one field against one other` };
  const kinds = [field, ...fields].map((name) => comparedAs(schema, name));
  const [kind] = kinds;
  if (kind === undefined || kinds.some((one) => one !== kind) || (is === 'sumOf' && kind !== 'number'))
    return {
      zh: '应均为数值，或均为日期（format: date）；求和只用于数值',
      en: 'all are numbers, or all are days (format: date); only numbers make a sum',
    };
  return undefined;
}

/** Its form in the log and in a finding. */
export const crossRuleText = ({ field, is, fields }: CrossRule): string =>
  `${field} ${{ atLeast: '≥', atMost: '≤', sumOf: '=' }[is]} ${fields.join(' + ')}`;

/** 0.29 of 100 rows are 29, not slightly less. */
const roundedUp = 1 + 1e-12;

/** A finding for each rule that more rows break than are allowed. */
export const crossFindings = (all: readonly Broken[]): readonly Finding[] =>
  all
    .filter(({ broken, compared, rule }) => broken > compared * (rule.mayBreak ?? 0) * roundedUp)
    .map(({ rule, broken, lines }) => ({
      code: 'batch_rule_broken',
      severity: rule.onBroken,
      facts: {
        rule: crossRuleText(rule),
        rows: broken,
        lines: lines.length === 0 ? '–' : lines.join(', '),
      },
    }));
