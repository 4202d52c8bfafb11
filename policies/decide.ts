/**
 * The decision: one per exchange, for all fields at once. Pure: the time is an argument, the plans are a finite table. Everything that
 * is not granted is a denial, with the code of the first check that failed.
 */
import { cubeKey, cubeConsumer } from './aggregates/cube.ts';
import { isFieldName } from '../terms/fieldName.ts';
import { isDateText } from '../terms/civilDate.ts';
import type {
  Decision,
  DecisionRequest,
  Denial,
  FactQuestion,
  FieldGrant,
  FilterTerm,
  Permission,
} from './decision.ts';
import { checks, type Check, type DenialCode, type Plan } from './plans/plan.ts';
import { storedFieldsOf } from './plans/compileGrant.ts';
import { fitsField } from './plans/rowRules.ts';
import type { CompiledAgreement, Plans } from './plans.ts';

/** @param now decision time, Unix milliseconds, from the database's clock */
export function decide(request: DecisionRequest, plans: Plans, now: number): Decision {
  const { agreement: named, consumer, dataset, purpose } = request;
  if (plans.datasets?.has(dataset) === false) return deny(plans, 'dataset', 'dataset_unknown', dataset);
  if (named === undefined) return withoutAgreement(request, plans);
  const compiled = plans.agreements.get(named);
  const mine = compiled?.plans.get(consumer);
  if (compiled === undefined || mine === undefined) return withUnknownAgreement(request, plans);
  if (compiled.suspended) return deny(plans, 'validity', 'agreement_suspended', named, refOf(compiled, ''));
  if (now < compiled.from || now >= compiled.until) {
    return deny(plans, 'validity', 'agreement_not_in_force', named, refOf(compiled, '/valid'));
  }
  const ofDataset = mine.get(dataset);
  if (ofDataset === undefined)
    return deny(plans, 'coverage', 'dataset_not_agreed', dataset, refOf(compiled, '/grants'));
  if (purpose === undefined) return deny(plans, 'purpose', 'purpose_missing', 'datong-purpose');
  const plan = ofDataset.get(purpose);
  if (plan === undefined) {
    const code = plans.purposes.has(purpose) ? 'purpose_not_agreed' : 'purpose_unknown';
    return deny(plans, 'purpose', code, 'datong-purpose', refOf(compiled, '/purposes'));
  }
  return ask(request, plan, plans);
}

/** The checks of a request under its plan. */
function ask(request: DecisionRequest, plan: Plan, plans: Plans): Decision {
  if (plans.blocked.size > 0 && plans.blocked.has(plan))
    return refuse(plans, plan, 'purpose', 'policy_unverified', plan.ref.dataset);
  const unnamed = headerDenial(request, plan, plans);
  if (unnamed !== undefined) return unnamed;
  const whole = plan.matters.length === 0 ? plan.whole : wholeOf(plan, request.matter);
  if (whole === undefined) return refuse(plans, plan, 'matter', 'matter_not_agreed', 'datong-matter');
  if (request.fact !== undefined) return requestFact(request.fact, plan, whole, plans);
  if (request.aggregate !== undefined) return requestAggregate(request.aggregate, plan, whole, plans);
  return rowsDenial(request, plan, whole, plans) ?? askRows(request, plan, whole, plans);
}

/** Whether the plan gives rows, and in this form. */
function rowsDenial(
  request: DecisionRequest,
  plan: Plan,
  whole: Permission,
  plans: Plans,
): Denial | undefined {
  if (plan.granted.size === 0 && (plan.facts.size > 0 || plan.aggregates.size > 0))
    return refuse(plans, plan, 'fields', 'rows_not_granted', 'agreement');
  const unasked = request.batch === undefined ? undefined : batchDenial(request.batch, plan, whole, plans);
  return unasked ?? deliveryDenial(request, plan, plans);
}

/** Fields, filter, order and number of the rows. */
function askRows(request: DecisionRequest, plan: Plan, whole: Permission, plans: Plans): Decision {
  const chosen = request.fields === undefined ? undefined : choose(request.fields, plan, plans);
  if (chosen !== undefined && 'effect' in chosen) return chosen;
  const lookup = request.filter.length === 0 ? undefined : filterOf(request.filter, plan, plans);
  if (lookup !== undefined && 'effect' in lookup) return lookup;
  const found = lookup?.found;
  if (plan.needs.lookup && found === undefined && request.batch === undefined)
    return refuse(plans, plan, 'lookup', 'lookup_missing', 'filter');
  const unordered = pageDenial(request, plan, whole, plans);
  if (unordered !== undefined) return unordered;
  return chosen === undefined && found === undefined ? whole : permission(plan, whole, chosen?.fields, found);
}

/** Moment, order and number of the rows. */
function pageDenial(
  { asOf, sort, limit }: DecisionRequest,
  plan: Plan,
  whole: Permission,
  plans: Plans,
): Denial | undefined {
  const dated = asOf === undefined ? undefined : asOfDenial(asOf, plan, plans);
  if (dated !== undefined) return dated;
  for (const term of sort) {
    const denial = sortDenial(term, plan, plans);
    if (denial !== undefined) return denial;
  }
  return limit === undefined ? undefined : limitDenial(limit, plan, whole, plans);
}

/** The signed headers that the plan needs. */
function headerDenial(request: DecisionRequest, plan: Plan, plans: Plans): Denial | undefined {
  if (plan.needs.onBehalfOf && !isNamed(request.onBehalfOf))
    return refuse(plans, plan, 'on-behalf-of', 'on_behalf_of_missing', 'datong-on-behalf-of');
  if (plan.needs.matter && !isNamed(request.matter))
    return refuse(plans, plan, 'matter', 'matter_missing', 'datong-matter');
  return undefined;
}

const deliveries = ['stream', 'export', 'changes', 'events', 'latest', 'history'] as const;

/** The first form of answer that the caller requests and the grant does not have. */
function deliveryDenial(request: DecisionRequest, plan: Plan, plans: Plans): Denial | undefined {
  for (const delivery of deliveries) {
    if (request[delivery] === true && plan.grant.deliveries?.includes(delivery) !== true)
      return refuse(plans, plan, 'fields', 'delivery_not_agreed', delivery);
  }
  return undefined;
}

function limitDenial(limit: number, plan: Plan, whole: Permission, plans: Plans): Denial | undefined {
  if (!Number.isSafeInteger(limit) || limit < 1)
    return refuse(plans, plan, 'limit', 'limit_invalid', 'limit');
  const maxRows = whole.limits.rowsPerCall;
  return limit > maxRows
    ? { ...refuse(plans, plan, 'limit', 'limit_too_high', 'limit'), most: maxRows }
    : undefined;
}

/** Each value of a batch is a lookup like that of a single call. */
function batchDenial(
  { by, values }: NonNullable<DecisionRequest['batch']>,
  plan: Plan,
  { limits }: Permission,
  plans: Plans,
): Denial | undefined {
  if (plan.grant.deliveries?.includes('batch') !== true)
    return refuse(plans, plan, 'fields', 'delivery_not_agreed', 'batch');
  const field = plan.fieldsOfSchema.get(by);
  if (field === undefined) return refuse(plans, plan, 'filter', 'unknown_field', nameOf(by));
  if (!plan.lookups.has(by)) return refuse(plans, plan, 'filter', filterCode(by, plan), by);
  const { subjectsPerCall: maxSubjects = 0 } = limits;
  if (values.length > maxSubjects)
    return { ...refuse(plans, plan, 'limit', 'limit_too_high', 'values'), most: maxSubjects };
  const fits = values.every((value) => value !== '' && fitsField(field, 'eq', value));
  return fits ? undefined : refuse(plans, plan, 'filter', 'filter_value_invalid', by);
}

/** A question of a fact concerns one subject. Values that the fact leaves to the caller are required, and no others are allowed. */
function requestFact(question: FactQuestion, plan: Plan, whole: Permission, plans: Plans): Decision {
  const refuseFact = (code: DenialCode, at: string): Denial => refuse(plans, plan, 'fields', code, at);
  const fact = plan.facts.get(question.id);
  if (fact === undefined) return refuseFact('fact_not_agreed', 'fact');
  const { asks, subject } = fact;
  const { on, value } = question;
  if (question.subject === '' || !fitsField(subject, 'eq', question.subject))
    return refuseFact('fact_question_invalid', 'subject');
  if (asks.day ? on === undefined || !isDateText(on) : on !== undefined)
    return refuseFact('fact_question_invalid', 'on');
  if (asks.value === undefined ? value !== undefined : value === '' || !fitsField(asks.value, 'eq', value))
    return refuseFact('fact_question_invalid', 'value');
  const { id, title, all, limits, storedFields } = fact;
  const requested: { on?: typeof on; value?: typeof value } = {};
  if (on !== undefined) requested.on = on;
  if (value !== undefined) requested.value = value;
  return {
    lookup: { field: subject.name, value: question.subject },
    fact: { id, title, all, limits, asked: requested },
    ...whole,
    fields: [],
    withheld: {},
    storedFields,
  };
}

/** The caller chooses only which of the agreed groupings it wants. */
function requestAggregate(id: string, plan: Plan, whole: Permission, plans: Plans): Decision {
  const aggregate = plan.aggregates.get(id);
  const cube = plans.cubes.get(cubeKey(cubeConsumer(plan), plan.ref.dataset));
  if (aggregate === undefined || cube === undefined)
    return refuse(plans, plan, 'fields', 'aggregate_not_agreed', 'aggregate');
  const { by, sum = [] } = aggregate;
  return {
    aggregate: { id, by, sum, cube },
    ...whole,
    fields: [],
    withheld: {},
    storedFields: [],
  };
}

/** Permission for a case number: that of the one matter whose form it matches. */
const wholeOf = ({ matters }: Plan, caseNumber = ''): Permission | undefined =>
  matters.find(({ fits }) => fits(caseNumber))?.whole;

function permission(
  plan: Plan,
  whole: Permission,
  chosen: readonly FieldGrant[] | undefined,
  lookup: Permission['lookup'],
): Permission {
  const narrowed =
    chosen === undefined
      ? whole
      : { ...whole, fields: chosen, storedFields: storedFieldsOf(chosen, plan.schema), withheld: {} };
  return lookup === undefined ? narrowed : { lookup, ...narrowed };
}

const isNamed = (text: string | undefined): boolean => text !== undefined && text.trim() !== '';

function choose(
  names: readonly string[],
  plan: Plan,
  plans: Plans,
): { readonly fields: readonly FieldGrant[] } | Denial {
  if (names.length === 0) return refuse(plans, plan, 'fields', 'fields_empty', 'fields');
  for (const name of names) {
    if (plan.granted.has(name)) continue;
    const code = plan.fieldsOfSchema.has(name) ? 'field_not_granted' : 'unknown_field';
    return refuse(plans, plan, 'fields', code, nameOf(name));
  }
  const wanted = new Set(names);
  const fields: FieldGrant[] = [];
  for (const [name, grants] of plan.granted) if (wanted.has(name)) fields.push(...grants);
  return { fields };
}

/** Every term must be allowed. A lookup is one equality on a lookupBy field, with the full value; a call has at most one. */
function filterOf(
  terms: readonly FilterTerm[],
  plan: Plan,
  plans: Plans,
): { found: Permission['lookup'] } | Denial {
  let found: Permission['lookup'];
  for (const term of terms) {
    const field = plan.fieldsOfSchema.get(term.field);
    if (field === undefined) return refuse(plans, plan, 'filter', 'unknown_field', nameOf(term.field));
    const isLookup = term.op === 'eq' && plan.lookups.has(term.field);
    if (!isLookup && !plan.filterable.has(term.field)) {
      return refuse(plans, plan, 'filter', filterCode(term.field, plan), term.field);
    }
    if (!fitsField(field, term.op, term.value) || (isLookup && term.value === '')) {
      return refuse(plans, plan, 'filter', 'filter_value_invalid', term.field);
    }
    if (isLookup) {
      if (found !== undefined) return refuse(plans, plan, 'lookup', 'lookup_ambiguous', term.field);
      found = { field: term.field, value: term.value as string | number };
    }
  }
  return { found };
}

function filterCode(field: string, plan: Plan): DenialCode {
  const clear = isClear(field, plan);
  if (clear === true) return 'filter_not_granted';
  return clear === false || plan.lookups.has(field) || plan.dropped.has(field)
    ? 'filter_on_masked_field'
    : 'filter_not_granted';
}

/** With one moment after the other, `asOf` finds every value of its field. So the field must be granted clear; `filterBy` is not needed. */
function asOfDenial(field: string, plan: Plan, plans: Plans): Denial | undefined {
  return isClear(field, plan) ? undefined : refuse(plans, plan, 'filter', filterCode(field, plan), field);
}

const isClear = (field: string, { granted }: Plan): boolean | undefined =>
  granted.get(field)?.every((one) => one.mask.name === 'clear' && one.field === field);

function sortDenial(term: string, plan: Plan, plans: Plans): Denial | undefined {
  const field = term.startsWith('-') ? term.slice(1) : term;
  if (plan.filterable.has(field)) return undefined;
  if (!plan.fieldsOfSchema.has(field)) return refuse(plans, plan, 'sort', 'unknown_field', nameOf(field));
  const code =
    filterCode(field, plan) === 'filter_on_masked_field' ? 'filter_on_masked_field' : 'sort_not_granted';
  return refuse(plans, plan, 'sort', code, field);
}

/** A name that no schema has is repeated only when it has the form of a name: a caller may have put a value there. */
const nameOf = (text: string): string => (isFieldName(text) ? text : '?');

function withoutAgreement({ consumer, dataset }: DecisionRequest, plans: Plans): Denial {
  const has = plans.reach.get(consumer)?.has(dataset) === true;
  return deny(plans, 'agreement', has ? 'agreement_missing' : 'no_agreement', 'datong-agreement');
}

/** Returns the same text for another department's agreement as for a missing one. */
function withUnknownAgreement({ consumer, dataset }: DecisionRequest, plans: Plans): Denial {
  const has = plans.reach.get(consumer)?.has(dataset) === true;
  return deny(plans, 'agreement', has ? 'agreement_unknown' : 'no_agreement', 'datong-agreement');
}

const refOf = ({ agreement }: CompiledAgreement, path: string): string =>
  `${agreement.id}@${agreement.version}#${path}`;

function refuse(plans: Plans, plan: Plan, check: Check, code: DenialCode, at: string): Denial {
  const step = checks.indexOf(check);
  const ref = plan.passes[step]?.ref;
  return {
    effect: 'deny',
    code,
    at,
    policy: plans.digest,
    reasons: [...plan.passes.slice(0, step), failure(check, code, ref)],
  };
}

/** A denial before a plan was found: the earlier checks passed without reference to a document. */
function deny(plans: Plans, check: Check, code: DenialCode, at: string, ref?: string): Denial {
  const passed = checks
    .slice(0, checks.indexOf(check))
    .map((name) => ({ check: name, outcome: 'pass' as const }));
  return { effect: 'deny', code, at, policy: plans.digest, reasons: [...passed, failure(check, code, ref)] };
}

const failure = (check: Check, code: DenialCode, ref: string | undefined): Denial['reasons'][number] => ({
  check,
  outcome: 'fail',
  code,
  ...(ref === undefined ? {} : { ref }),
});
