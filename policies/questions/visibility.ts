/** Answers «who can see this field?» and «what can this department see?» from the table of plans. */
import type { RowCondition } from '../decision.ts';
import { documentName } from '../documents/storedDocument.ts';
import { factText } from '../factAnswer.ts';
import { maskText } from '../masks/maskText.ts';
import { aggregateText } from '../aggregates/bounds.ts';
import { fieldsOfAggregate } from '../plans/aggregates.ts';
import { fieldsOfFact } from '../plans/facts.ts';
import type { Plan } from '../plans/plan.ts';
import { rootOf } from '../masks/rows/fieldPath.ts';
import type { Plans } from '../plans.ts';
import { isInForce } from '../plansInForce.ts';
import { defined } from '../../terms/defined.ts';

/** One way in which a department learns something about a field. */
export interface VisibilityCell {
  readonly consumer: string;
  /** set for an entrusted party */
  readonly principal?: string;
  readonly provider: string;
  readonly dataset: string;
  /** path of the field */
  readonly field: string;
  /**
   * read: released under its mask. lookup: a caller with the full value learns whether such a row exists. serves: another field's mask is
   * computed from it. fact: a question about it is answered with yes, no or unknown. aggregate: rows are counted by it, or it is summed.
   */
  readonly access: 'read' | 'lookup' | 'serves' | 'fact' | 'aggregate';
  readonly mask: string;
  /** floors that tightened it */
  readonly floors: readonly string[];
  readonly filterable: boolean;
  readonly purpose: string;
  readonly basis: string;
  /** `agr-2026-0042@3` */
  readonly agreement: string;
  readonly rows: readonly RowCondition[];
  /** what each call must state; see `requirementsOf` */
  readonly requires: readonly string[];
  readonly consent: boolean;
  /** term of the agreement, RFC 3339, without `until` itself */
  readonly from: string;
  readonly until: string;
  /** whether the agreement is in force at `now` */
  readonly active: boolean;
}

export interface VisibilityQuestion {
  readonly dataset?: string;
  readonly field?: string;
  readonly consumer?: string;
}

/** @param now Unix milliseconds. @returns all cells of the question, also of agreements that are not in force */
export function visibility(
  plans: Plans,
  question: VisibilityQuestion,
  now: number,
): readonly VisibilityCell[] {
  return plans.all
    .filter(
      ({ ref }) =>
        (question.dataset === undefined || ref.dataset === question.dataset) &&
        (question.consumer === undefined || ref.consumer === question.consumer),
    )
    .flatMap((plan) => cellsOf(plan, plans, now))
    .filter(({ field }) => question.field === undefined || rootOf(field) === rootOf(question.field));
}

function cellsOf(plan: Plan, plans: Plans, now: number): readonly VisibilityCell[] {
  const { ref, agreement, whole } = plan;
  const common = {
    consumer: ref.consumer,
    ...defined({ principal: ref.principal }),
    provider: ref.provider,
    dataset: ref.dataset,
    purpose: ref.purpose,
    basis: agreement.basis.type,
    agreement: documentName(agreement),
    rows: whole.rowFilter,
    requires: requirementsOf(plan),
    consent: whole.consent !== undefined,
    ...agreement.valid,
    active: isInForce(plans.agreements.get(ref.agreement), now),
  };
  const read = whole.fields.map(({ field, mask, floors }) => ({
    ...common,
    field,
    access: 'read' as const,
    mask: maskText(mask),
    floors,
    filterable: plan.filterable.has(field),
  }));
  const other = (field: string, access: 'lookup' | 'serves' | 'fact' | 'aggregate'): VisibilityCell => ({
    ...common,
    field,
    access,
    mask: access === 'lookup' ? 'full value' : 'not shown',
    floors: [],
    filterable: false,
  });
  const serving = whole.storedFields.filter((field) => !plan.granted.has(field));
  return [
    ...read,
    ...[...plan.lookups].map((field) => other(field, 'lookup')),
    ...serving.map((field) => other(field, 'serves')),
    ...[...plan.facts.values()].flatMap((fact) =>
      fieldsOfFact(fact).map((field) => ({ ...other(field, 'fact'), mask: factText(fact) })),
    ),
    ...[...plan.aggregates.values()].flatMap((one) =>
      fieldsOfAggregate(one).map((field) => ({ ...other(field, 'aggregate'), mask: aggregateText(one) })),
    ),
  ];
}

/** What each call under a plan must state: the official, the case number, one subject. */
export function requirementsOf({ needs }: Plan): readonly string[] {
  return [
    ...(needs.onBehalfOf ? ['on-behalf-of'] : []),
    ...(needs.matter ? ['matter'] : []),
    ...(needs.lookup ? ['lookup'] : []),
  ];
}
