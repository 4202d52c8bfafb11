/** References (引用规则): values of a dataset's rows that must occur in another dataset of its department, or among its own rows. Pure. */
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { providerOf, datasetId } from '../../terms/ids.ts';
import type { Finding } from './guards.ts';
import type { IntakeRules, Reference } from './intakeRules.ts';
import { layoutOf, type Column, type ColumnKind } from './rowTable/layout.ts';

/** The rows of a loaded batch without a match. */
export interface Missed {
  readonly reference: Reference;
  /** rows whose fields have values */
  readonly compared: number;
  readonly missing: number;
  /** physical lines of the first of these rows */
  readonly lines: readonly number[];
}

/** The columns on both sides. */
interface ReferenceColumns {
  readonly here: readonly Column[];
  readonly there: readonly Column[];
}

/** The columns of a reference. Undefined where either schema lacks one of its fields, or values of both sides cannot be compared. */
export function columnsOf(
  reference: Reference,
  from: DatasetSchema,
  to: DatasetSchema,
): ReferenceColumns | undefined {
  const columns = namedColumns(reference, from, to);
  return columns?.here.every((one, nth) => isComparable(one, columns.there[nth])) === true
    ? columns
    : undefined;
}

/** The columns of a reference. Undefined where either schema lacks one of its fields. */
function namedColumns(
  { fields, keys }: Reference,
  from: DatasetSchema,
  to: DatasetSchema,
): ReferenceColumns | undefined {
  const here = fields.flatMap((field) => layoutOf(from).byField.get(field) ?? []);
  const named = keys ?? to.primaryKey;
  const there = named.flatMap((field) => layoutOf(to).byField.get(field) ?? []);
  const whole = here.length === fields.length && there.length === named.length;
  return whole && here.length === there.length && here.length > 0 ? { here, there } : undefined;
}

/** Whether PostgreSQL has an operator of equality for the two columns. */
function isComparable({ kind }: Column, other: Column | undefined): boolean {
  const isNumber = (one: ColumnKind | undefined): boolean => one === 'integer' || one === 'number';
  return kind === other?.kind ? kind !== 'json' : isNumber(kind) && isNumber(other?.kind);
}

/**
 * Why a dataset may not be registered with the reference; undefined where it may.
 * @param target schema and mode of the dataset that is referred to; undefined where there is none of that name
 */
export function referenceUnfit(
  id: string,
  reference: Reference,
  schema: DatasetSchema,
  target: { readonly schema: DatasetSchema; readonly mode: string } | undefined,
): Bilingual | undefined {
  const { dataset } = reference;
  // whether a person occurs in another department's rows is for that department to disclose
  if (providerOf(datasetId(dataset)) !== providerOf(datasetId(id)))
    return {
      zh: `${dataset} 不是本部门的数据资源`,
      en: `${dataset} is not a dataset of the same department`,
    };
  if (target === undefined) return { zh: `没有登记 ${dataset}`, en: `there is no dataset ${dataset}` };
  if (target.mode === 'live' || target.mode === 'events')
    return { zh: `${dataset} 的行不在枢纽中`, en: `rows of ${dataset} are not stored in the hub` };
  const columns = namedColumns(reference, schema, target.schema);
  if (columns === undefined)
    return {
      zh: 'fields 与 keys 应为双方已有的数据项，且个数相同',
      en: 'fields and keys are fields of the two datasets, as many of each',
    };
  const { here, there } = columns;
  const other = here.find(
    (column, i) => column.kind !== there[i]?.kind || !names(column) || !names(there[i] ?? column),
  );
  return other === undefined
    ? undefined
    : {
        zh: `数据项 ${other.field} 与所引用的数据项类型不同，或为金额等不能用作代码的值`,
        en: `the field ${other.field} is of another type than the one it refers to, or an amount, which identifies no row`,
      };
}

/** Whether its values can identify rows: equal values are equal texts. */
const names = (column: Column): boolean =>
  !column.decimal && (column.kind === 'text' || column.kind === 'integer');

/** The first field of a rule that a version of the schema lacks; undefined where it has them all. */
export function ruleWithoutField(
  { deleteWhere, references = [], crossRules = [], periods }: Partial<IntakeRules>,
  { fields }: DatasetSchema,
): { readonly rule: keyof IntakeRules; readonly field: string } | undefined {
  const named = [
    ...(deleteWhere === undefined ? [] : [{ rule: 'deleteWhere', field: deleteWhere.field } as const]),
    ...(periods === undefined ? [] : [{ rule: 'periods', field: periods.field } as const]),
    ...references.flatMap((one) => one.fields.map((field) => ({ rule: 'references', field }) as const)),
    ...crossRules.flatMap((one) =>
      [one.field, ...one.fields].map((field) => ({ rule: 'crossRules', field }) as const),
    ),
  ];
  return named.find(({ field }) => !fields.some(({ name }) => name === field));
}

/** Its form in the log. */
export const referenceText = ({ fields, dataset, keys }: Reference): string =>
  `${fields.join(', ')} → ${dataset}${keys === undefined ? '' : ` (${keys.join(', ')})`}`;

/** A finding for each reference with more unmatched rows than are allowed. */
export const referenceFindings = (missed: readonly Missed[]): readonly Finding[] =>
  missed
    .filter(({ missing, compared, reference }) => missing > compared * (reference.mayMiss ?? 0))
    .map(({ reference, missing, lines }) => ({
      code: 'batch_references_missing',
      severity: reference.onMissing,
      facts: {
        field: reference.fields.join(', '),
        dataset: reference.dataset,
        rows: missing,
        lines: lines.length === 0 ? '–' : lines.join(', '),
      },
    }));
