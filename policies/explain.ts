/**
 * Explains an answer to two audiences: the caller sees its own agreement's part, the auditor sees everything. The caller of this module
 * passes in what the documents alone cannot state (calls made today, whether consents can be checked). A person's consent is never stated,
 * nor that it is missing.
 */
import type { Bilingual } from '../terms/bilingual.ts';
import { fill } from '../terms/bilingual.ts';
import { isProblemCode, problemCatalogue, type ProblemCode } from '../terms/problemCatalogue.ts';
import type { StoppingSide } from '../terms/stoppedBy.ts';
import { decide } from './decide.ts';
import type {
  Decision,
  DecisionRequest,
  Denial,
  FieldGrant,
  MaskUse,
  Permission,
  Reason,
  RowCondition,
} from './decision.ts';
import type { Aggregate, Agreement, Fact } from './documents/agreement.ts';
import { documentName } from './documents/storedDocument.ts';
import { pointer } from './finding.ts';
import { maskNamed } from './masks/catalogue.ts';
import { rootOf } from './masks/rows/fieldPath.ts';
import type { Plan } from './plans/plan.ts';
import type { Plans } from './plans.ts';
import { whatWouldPermit, type Audience, type Change } from './questions/whatWouldPermit.ts';
import { defined } from '../terms/defined.ts';

export type { Audience } from './questions/whatWouldPermit.ts';

export interface FieldExplanation {
  readonly field: string;
  readonly title: Bilingual;
  /** mask in the agreement; absent = it does not grant the field */
  readonly granted?: MaskUse;
  /** the floors that tightened it; the caller sees them only as a tighter effective mask, and their number */
  readonly floors?: readonly { readonly id: string; readonly title?: Bilingual; readonly mask: MaskUse }[];
  readonly effective?: MaskUse;
  /** what a released value still reveals */
  readonly reveals?: Bilingual;
  readonly code?: string;
  readonly ref?: string;
}

/** Facts that the documents do not contain. */
export interface CurrentFacts {
  /** calls already deducted from today's quota of a plan; undefined where they are not counted */
  readonly callsToday?: number;
  /** sides that have stopped the agreement; absent where this is not known */
  readonly stopped?: readonly StoppingSide[];
}

/** The agreement that answers, in the words of the document. */
export interface AgreementExplanation {
  /** `agr-2026-0042@3` */
  readonly document: string;
  readonly title?: Bilingual;
  readonly basis: Agreement['basis'];
  readonly valid: Agreement['valid'];
  /** digest of the impact assessment */
  readonly assessment?: string;
  /** of the case number in the request */
  readonly matter?: { readonly code: string; readonly title: Bilingual };
  /** papers that this exchange makes unnecessary */
  readonly materials: readonly Bilingual[];
  readonly obligations: Permission['obligations'];
  readonly limits: Permission['limits'] & { readonly callsToday?: number };
  /** permitted statistics, instead of rows */
  readonly aggregates?: readonly Aggregate[];
  /** permitted questions about one subject, instead of rows */
  readonly facts?: readonly Pick<Fact, 'id' | 'title' | 'all' | 'limits'>[];
  /** what each subject must have consented to; whether they have is not reported */
  readonly consent?: NonNullable<Permission['consent']>;
}

export interface Explanation {
  readonly effect: Decision['effect'];
  readonly code?: string;
  readonly at?: string;
  /** the denial's sentence */
  readonly text?: Bilingual;
  readonly steps: readonly Reason[];
  /** absent when no plan was reached */
  readonly agreement?: AgreementExplanation;
  /** every field of the schema, in its order; empty when no plan was reached */
  readonly fields: readonly FieldExplanation[];
  /** for the auditor: the conditions that every row must meet */
  readonly rowFilter?: readonly RowCondition[];
  readonly whatWouldPermit: readonly Change[];
  readonly policy: string;
}

/** @param now decision time, Unix milliseconds */
export function explain(
  request: DecisionRequest,
  plans: Plans,
  now: number,
  audience: Audience,
  current: CurrentFacts,
): Explanation {
  const decision = withQuota(decide(request, plans, now), current);
  const plan = planOf(request, plans);
  const { effect, reasons, policy } = decision;
  return {
    effect,
    policy,
    ...(decision.effect === 'deny'
      ? {
          code: decision.code,
          ...defined({ at: decision.at }),
          ...(isProblemCode(decision.code) ? { text: fill(problemCatalogue[decision.code].text) } : {}),
        }
      : {}),
    steps: reasons,
    ...(plan === undefined ? {} : { agreement: agreementOf(plan, decision, current) }),
    fields:
      plan === undefined
        ? []
        : plan.schema.fields.flatMap((field) => fieldsOf(field.name, plan, plans, audience)),
    ...(audience === 'auditor' && plan !== undefined ? { rowFilter: plan.whole.rowFilter } : {}),
    whatWouldPermit:
      decision.effect === 'allow' ? [] : whatWouldPermit(request, decision, plans, audience, current.stopped),
  };
}

/** Describes what follows the decision: the quota deducted by the entry. Consents for the rows are required but never reported. */
function withQuota(decision: Decision, { callsToday = 0 }: CurrentFacts): Decision {
  if (decision.effect === 'deny') return decision;
  const { limits, reasons, policy, plan } = decision;
  const ref = `${plan.agreement}@${plan.version}#`;
  const deny = (check: string, code: ProblemCode): Denial => ({
    effect: 'deny',
    code,
    policy,
    reasons: [...reasons, { check, outcome: 'fail', code, ref }],
  });
  if (limits.callsPerDay !== undefined && callsToday >= limits.callsPerDay)
    return deny('quota', 'quota_exhausted');
  return decision;
}

function agreementOf(
  { agreement, whole, facts, aggregates }: Plan,
  decision: Decision,
  current: CurrentFacts,
): AgreementExplanation {
  const { callsToday } = current;
  const served = decision.effect === 'allow' ? decision : whole;
  return {
    document: documentName(agreement),
    ...defined({ title: agreement.title }),
    basis: agreement.basis,
    valid: agreement.valid,
    ...defined({ assessment: agreement.assessment, matter: served.matter }),
    materials: served.materials,
    obligations: whole.obligations,
    limits: { ...whole.limits, ...defined({ callsToday }) },
    ...(facts.size === 0
      ? {}
      : { facts: [...facts.values()].map(({ id, title, all, limits }) => ({ id, title, all, limits })) }),
    ...(aggregates.size === 0 ? {} : { aggregates: [...aggregates.values()] }),
    ...defined({ consent: whole.consent }),
  };
}

/** The plan that a request names, regardless of other faults in it. */
export function planOf(request: DecisionRequest, plans: Plans): Plan | undefined {
  return plans.agreements
    .get(request.agreement ?? '')
    ?.plans.get(request.consumer)
    ?.get(request.dataset)
    ?.get(request.purpose ?? '');
}

function fieldsOf(name: string, plan: Plan, plans: Plans, audience: Audience): readonly FieldExplanation[] {
  const title = plan.fieldsOfSchema.get(name)?.title ?? { zh: name, en: name };
  const paths = Object.keys(plan.grant.fields).filter((path) => rootOf(path) === name);
  const grants = plan.granted.get(name) ?? [];
  if (paths.length === 0) return [{ field: name, title, code: 'not_granted' }];
  return paths.map((path) => {
    const effective = grants.find((one) => one.field === path);
    const ref = `${documentName(plan.agreement)}#/grants/${plan.grantIndex}${pointer('fields', path)}`;
    const rule = plan.grant.fields[path];
    const own: MaskUse = { name: rule?.mask ?? 'drop', params: paramsOf(rule) };
    if (effective === undefined) {
      const floor = plan.dropped.get(name);
      return {
        field: path,
        title,
        granted: own,
        ref,
        code: floor === undefined ? 'not_granted' : 'withheld_by_restriction',
        ...(audience === 'auditor' && floor !== undefined ? { floors: floorsOf([floor], plans) } : {}),
      };
    }
    return { field: path, title, granted: own, ref, ...effectOf(effective, plans, audience) };
  });
}

function paramsOf(rule: { readonly mask: string } | undefined): Readonly<Record<string, unknown>> {
  const { mask: _mask, ...params } = rule ?? { mask: 'drop' };
  return params;
}

function effectOf(grant: FieldGrant, plans: Plans, audience: Audience): Partial<FieldExplanation> {
  const reveals = maskNamed(grant.mask.name)?.reveals(grant.mask.params);
  return {
    effective: grant.mask,
    ...defined({ reveals }),
    ...(audience === 'auditor' ? { floors: floorsOf(grant.floors, plans) } : {}),
  };
}

function floorsOf(ids: readonly string[], plans: Plans): NonNullable<FieldExplanation['floors']> {
  return plans.restrictions.flatMap(({ id, version, title, floor }) =>
    floor !== undefined && ids.includes(id)
      ? [
          {
            id,
            version,
            ...defined({ title }),
            mask: { name: floor.mask, params: paramsOf(floor) },
          },
        ]
      : [],
  );
}
