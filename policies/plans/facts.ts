/** Compiles the facts of a grant into the questions that a call may ask about one subject. */
import type { DatasetSchema, SchemaField } from '../../schemas/datasetSchema.ts';
import { asksDay } from '../documents/documentChecks.ts';
import type { Fact, FactCondition, Grant, Limits } from '../documents/agreement.ts';
import { fitsField } from './rowRules.ts';
import type { Report } from './report.ts';

export interface PlanFact extends Fact {
  /** the schema's subject field, by whose full value the subject is named */
  readonly subject: SchemaField;
  /** columns that the answer is made from, in the schema's order */
  readonly storedFields: readonly string[];
  readonly asks: {
    readonly day: boolean;
    /** the field that the caller's value is compared with */
    readonly value: SchemaField | undefined;
  };
}

export const fieldsOfFact = ({ all }: Pick<Fact, 'all'>): readonly string[] => [
  ...new Set(all.map(({ field }) => field)),
];

/** Fields that the grant's facts reveal something about, although none of them is released. */
export const fieldsOfFacts = ({ facts = [] }: Pick<Grant, 'facts'>): readonly string[] => [
  ...new Set(facts.flatMap(fieldsOfFact)),
];

/** Findings of facts that the schema cannot answer. */
export function checkFactsOf(grant: Grant, schema: DatasetSchema, path: string, report: Report): void {
  const { facts = [] } = grant;
  if (
    facts.length > 0 &&
    schema.fields.find(({ name }) => name === schema.subject?.field)?.type !== 'string'
  ) {
    report.error(
      'fact_without_subject',
      `${path}/facts`,
      '数据集标准没有标明主体，无法对某个主体核验',
      'the schema says no subject, so that nothing can be asked of one',
    );
  }
  for (const [i, { all }] of facts.entries()) {
    for (const [j, condition] of all.entries()) {
      const field = schema.fields.find(({ name }) => name === condition.field);
      const at = `${path}/facts/${i}/all/${j}`;
      if (field === undefined) {
        report.error('unknown_field', at, '数据集标准没有这个数据项', 'the schema has no such field');
      } else if (!answers(field, condition)) {
        report.error(
          'fact_type',
          at,
          '这一条件不适用于该数据项的类型',
          'this condition cannot be asked of a field of its type',
        );
      }
    }
  }
}

/** Ages and days are derived from dates; values are compared with those of the field's own type. */
function answers(field: SchemaField, condition: FactCondition): boolean {
  if ('in' in condition) return condition.in.every((value) => fitsField(field, 'eq', value));
  if ('equals' in condition)
    return field.format !== 'decimal' && ['string', 'integer', 'boolean'].includes(field.type);
  return field.type === 'string' && field.format === 'date';
}

/**
 * The facts that a party may ask.
 * @param fields those that the party may have, undefined for all
 * @param closed field → the floor that hides it completely
 */
export function factsOf(
  { facts = [] }: Grant,
  schema: DatasetSchema,
  fields: readonly string[] | undefined,
  closed: ReadonlyMap<string, string>,
  narrowing: readonly (Limits | undefined)[],
): ReadonlyMap<string, PlanFact> {
  const byName = new Map(schema.fields.map((field) => [field.name, field]));
  const subject = byName.get(schema.subject?.field ?? '');
  if (subject === undefined) return new Map();
  const open = facts.filter((fact) =>
    fieldsOfFact(fact).every((field) => !closed.has(field) && (fields?.includes(field) ?? true)),
  );
  return new Map(
    open.map((fact): [string, PlanFact] => {
      const reported = new Set(fieldsOfFact(fact));
      const compared = fact.all.find((one) => 'equals' in one);
      const callsPerDay = Math.min(
        fact.limits.callsPerDay,
        ...narrowing.flatMap((limits) => limits?.callsPerDay ?? []),
      );
      return [
        fact.id,
        Object.freeze({
          ...fact,
          limits: { ...fact.limits, callsPerDay },
          subject,
          storedFields: schema.fields.map(({ name }) => name).filter((name) => reported.has(name)),
          asks: { day: fact.all.some(asksDay), value: byName.get(compared?.field ?? '') },
        }),
      ];
    }),
  );
}
