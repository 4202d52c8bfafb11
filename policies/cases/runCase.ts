import { defined } from '../../terms/defined.ts';
import { Problem } from '../../terms/problem.ts';
import { canonicalText } from '../../schemas/readJson.ts';
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { Surroundings } from '../../schemas/surroundings.ts';
import { decide } from '../decide.ts';
import type { Decision } from '../decision.ts';
import { entryFacts } from '../entryFacts.ts';
import { factAnswer } from '../factAnswer.ts';
import { compileMasking } from '../masks/rows/compileMasking.ts';
import { maskText } from '../masks/maskText.ts';
import type { PseudonymKeys } from '../masks/mask.ts';
import { pseudonymKeys } from '../masks/pseudonyms/pseudonymKey.ts';
import type { Plans } from '../plans.ts';
import type { PolicyCase } from './policyCase.ts';
import { isObject } from '../../terms/isObject.ts';

export interface CaseResult {
  readonly case: PolicyCase;
  /** `code: expected limit_too_high, got limit_invalid`; empty = passed */
  readonly differences: readonly string[];
}

/** Decides a case and compares the decision, the masked row and the log's entry with the expected ones, member by member. */
export function runCase(one: PolicyCase, plans: Plans, surroundings: Surroundings): CaseResult {
  const decision = decide(one.ask, withDistrusted(withSuspended(plans, one.suspended), one.distrusted), one.now);
  const row = maskedRow(one, decision, plans, surroundings);
  const actual = { ...shown(decision), entry: entryOf(one, decision), row, answer: answerOf(one, decision) };
  const differences = compare(one.expect, actual, '');
  // such a row is wrong whether or not the case expects one
  if (typeof row === 'string' && one.expect['row'] === undefined) differences.push(`row: ${row}`);
  if (decision.effect === 'deny' && one.expect['effect'] === 'deny' && one.expect['code'] === undefined) {
    differences.push('code: a denial must name its code');
  }
  return { case: one, differences };
}

/** The entry as the hub writes it: the outcome that the request pipeline adds, and the facts of the decision. */
function entryOf({ ask }: PolicyCase, decision: Decision): Readonly<Record<string, unknown>> {
  const { effect } = decision;
  return {
    decision: effect,
    ...(decision.effect === 'deny' ? { code: decision.code } : {}),
    ...entryFacts(ask, decision),
  };
}

/** The built-in master keys are not secret: pseudonyms of cases have no meaning elsewhere. */
const caseKeys = (): PseudonymKeys => pseudonymKeys(new Uint8Array(32));

function withSuspended(plans: Plans, ids: readonly string[]): Plans {
  if (ids.length === 0) return plans;
  const agreements = new Map(
    [...plans.agreements].map(([id, one]) => [id, ids.includes(id) ? { ...one, suspended: true } : one]),
  );
  return { ...plans, agreements };
}

const withDistrusted = (plans: Plans, name: string | undefined): Plans =>
  name === undefined ? plans : { ...plans, blocked: new Map(plans.all.map((plan) => [plan, name])) };

function shown(decision: Decision): Readonly<Record<string, unknown>> {
  if (decision.effect === 'deny') return { effect: 'deny', code: decision.code, at: decision.at };
  return {
    effect: 'allow',
    fields: Object.fromEntries(decision.fields.map(({ field, mask }) => [field, maskText(mask)])),
    withheld: decision.withheld,
    rows: decision.rowFilter,
    limits: decision.limits,
    lookup: decision.lookup,
    fact: decision.fact,
    aggregate: decision.aggregate,
    consent: decision.consent,
    matter: decision.matter,
    materials: decision.materials,
    obligations: decision.obligations,
    basis: decision.basis,
  };
}

/** The masked row; a text where it cannot be released. */
function maskedRow(
  { row, ask, now }: PolicyCase,
  decision: Decision,
  plans: Plans,
  surroundings: Surroundings,
): Readonly<Record<string, unknown>> | string | undefined {
  if (row === undefined || decision.effect === 'deny') return undefined;
  const schema = schemaOf(ask.dataset, plans);
  if (schema === undefined) return undefined;
  const consumer = decision.plan.principal ?? decision.plan.consumer;
  const { maskTypeErrors } = decision.limits;
  const masking = compileMasking(
    decision.fields,
    schema,
    caseKeys(),
    consumer,
    surroundings,
    defined({ maskTypeErrors }),
  );
  try {
    const run = masking.begin(now);
    const masked = masking.mask(row, run);
    masking.settle(run);
    return masking.check(masked) ? masked : 'a row that does not match the masked schema';
  } catch (error) {
    if (error instanceof Problem) return `a row that is not released (${error.code})`;
    throw error;
  }
}

function answerOf({ row, now }: PolicyCase, decision: Decision): string | undefined {
  if (decision.effect === 'deny' || decision.fact === undefined) return undefined;
  return factAnswer(decision.fact, row === undefined ? [] : [row], now);
}

const schemaOf = (dataset: string, plans: Plans): DatasetSchema | undefined =>
  plans.all.find(({ ref }) => ref.dataset === dataset)?.schema;

/** Objects are compared by the expected members, all other values exactly. A mask may be expected by its name alone. */
function compare(expected: unknown, actual: unknown, path: string): string[] {
  if (isObject(expected) && isObject(actual)) {
    return Object.entries(expected).flatMap(([name, value]) =>
      compare(
        value,
        Object.hasOwn(actual, name) ? actual[name] : undefined,
        path === '' ? name : `${path}.${name}`,
      ),
    );
  }
  const [want, got] = [textOf(expected), textOf(actual)];
  if (want === got || (typeof expected === 'string' && got.startsWith(`"${expected}(`))) return [];
  return [`${path}: expected ${want}, got ${got}`];
}

/** `null` expects that a member is absent. */
const textOf = (value: unknown): string =>
  value === undefined || value === null ? 'nothing' : canonicalText(value);
