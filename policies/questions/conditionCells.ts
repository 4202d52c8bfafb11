/** The conditions of a grant, as cells: rows, filters, lookups, requirements, matters, limits, term, consent, obligations, basis, assessment, approval. */
import { canonicalText } from '../../schemas/readJson.ts';
import { aggregateText } from '../aggregates/bounds.ts';
import { factText } from '../factAnswer.ts';
import { readTime } from '../documents/documentChecks.ts';
import type { ConsentDemand, RowCondition } from '../decision.ts';
import { linkageText } from '../masks/pseudonyms/scopes.ts';
import type { Plan } from '../plans/plan.ts';
import { cellChange, type CellChange, type ChangeKind } from './cellChange.ts';
import { requirementsOf } from './visibility.ts';
import { compared } from '../meetsCondition.ts';
import { momentOrDay } from '../../terms/moment.ts';
import { isObject } from '../../terms/isObject.ts';

/**
 * Whether every row that meets all of `a` meets all of `b`. Proven condition by condition; false where it cannot be shown.
 * @param formatOf format of a field: values are compared as the database compares them in a column of this format
 */
export function implies(
  a: readonly RowCondition[],
  b: readonly RowCondition[],
  formatOf: (field: string) => string | undefined = () => undefined,
): boolean {
  return b.every((wanted) => {
    const compare = comparing(formatOf(wanted.field));
    return a.some((given) => given.field === wanted.field && impliesOne(given, wanted, compare));
  });
}

/** Negative, 0 or positive, compared as the database compares a column of this format; undefined where the two values have no order. */
type Compare = (a: unknown, b: unknown) => number | undefined;

/** A bound on moments may name a day, on both sides of the comparison. */
const comparing =
  (format: string | undefined): Compare =>
  (a, b) =>
    compared(format === 'date-time' && typeof a === 'string' ? momentOrDay(a) : a, b, format);

function impliesOne(given: RowCondition, wanted: RowCondition, compare: Compare): boolean {
  if (canonicalText(given) === canonicalText(wanted)) return true;
  const values = valuesOf(given);
  if (values !== undefined) return values.every((value) => holds(value, wanted, compare));
  if (given.op !== 'range' || wanted.op !== 'range') return false;
  return within(given.value, wanted.value, compare);
}

const valuesOf = ({ op, value }: RowCondition): readonly unknown[] | undefined =>
  op === 'eq' ? [value] : op === 'in' && Array.isArray(value) ? value : undefined;

function holds(value: unknown, { op, value: wanted }: RowCondition, compare: Compare): boolean {
  if (op === 'eq') return compare(value, wanted) === 0;
  if (op === 'in') return Array.isArray(wanted) && wanted.some((one) => compare(value, one) === 0);
  if (op !== 'range') return false;
  const { lower, upper } = boundsOf(wanted);
  return (
    (lower === undefined || isAfter(compare(value, lower.value), lower.open)) &&
    (upper === undefined || isAfter(compare(upper.value, value), upper.open))
  );
}

interface Bound {
  readonly value: unknown;
  /** the value itself is outside the range */
  readonly open: boolean;
}

function boundsOf(range: unknown): { readonly lower?: Bound; readonly upper?: Bound } {
  const { gte, gt, lte, lt } = isObject(range) ? range : {};
  return {
    ...(gt !== undefined
      ? { lower: { value: gt, open: true } }
      : gte !== undefined
        ? { lower: { value: gte, open: false } }
        : {}),
    ...(lt !== undefined
      ? { upper: { value: lt, open: true } }
      : lte !== undefined
        ? { upper: { value: lte, open: false } }
        : {}),
  };
}

/** Whether the range `inner` is within `outer`. */
function within(inner: unknown, outer: unknown, compare: Compare): boolean {
  const [small, large] = [boundsOf(inner), boundsOf(outer)];
  const lower =
    large.lower === undefined ||
    (small.lower !== undefined &&
      isAfter(compare(small.lower.value, large.lower.value), large.lower.open && !small.lower.open));
  const upper =
    large.upper === undefined ||
    (small.upper !== undefined &&
      isAfter(compare(large.upper.value, small.upper.value), large.upper.open && !small.upper.open));
  return lower && upper;
}

/** a ≥ b, or a > b when `strict`; not proven where the two have no order. */
const isAfter = (order: number | undefined, strict: boolean): boolean =>
  order !== undefined && (strict ? order > 0 : order >= 0);

/** What differs between two versions of one plan, except fields. A change that cannot be proven tighter counts as loosened. */
export function conditionCells(before: Plan, after: Plan): readonly CellChange[] {
  return [
    ...rows(before, after),
    ...sets('(filterBy)', [...before.filterable], [...after.filterable], after, 'loosened'),
    ...sets('(lookupBy)', [...before.lookups], [...after.lookups], after, 'loosened'),
    ...sets('(facts)', factsIn(before), factsIn(after), after, 'loosened'),
    ...sets('(aggregates)', aggregatesIn(before), aggregatesIn(after), after, 'loosened'),
    ...sets('(deliveries)', before.grant.deliveries ?? [], after.grant.deliveries ?? [], after, 'loosened'),
    ...sets('(linkages)', linkagesIn(before), linkagesIn(after), after, 'loosened'),
    ...sets('(requires)', requirementsOf(before), requirementsOf(after), after, 'tightened'),
    ...matters(before, after),
    ...limits(before, after),
    ...term(before, after),
    ...consent(before, after),
    ...obligations(before, after),
    ...replaced('(basis)', before, after, ({ agreement }) => agreement.basis),
    ...replaced('(assessment)', before, after, ({ agreement }) => agreement.assessment),
    // an approval only comes by import, in place of the signatures
    ...(before.agreement.approval === undefined
      ? []
      : replaced('(approval)', before, after, ({ agreement }) => agreement.approval)),
  ];
}

function rows(before: Plan, after: Plan): CellChange[] {
  const [old, fresh] = [before.whole.rowFilter, after.whole.rowFilter];
  // the same bounds permit other rows where another version of the schema compares the field in another way
  const otherwise = [...new Set([...old, ...fresh].map(({ field }) => field))].filter(
    (field) => comparedAs(before, field) !== comparedAs(after, field),
  );
  const [from, to] = [rowsText(before, otherwise), rowsText(after, otherwise)];
  if (from === to) return [];
  const formatOf = (field: string): string | undefined => after.fieldsOfSchema.get(field)?.format;
  const narrower = otherwise.length === 0 && implies(fresh, old, formatOf);
  if (narrower && implies(old, fresh, formatOf)) return [];
  return [cellChange(after, narrower ? 'tightened' : 'loosened', '(rows)', from, to)];
}

/** How the database compares values of a field: as numbers, texts or booleans, or by value as decimals or moments. */
function comparedAs({ fieldsOfSchema }: Plan, field: string): string {
  const { type, format } = fieldsOfSchema.get(field) ?? {};
  if (format === 'decimal' || format === 'date-time') return format;
  return type === 'integer' ? 'number' : String(type);
}

/** @param fields those whose comparison is named */
const rowsText = (plan: Plan, fields: readonly string[]): string =>
  [
    canonicalText(plan.whole.rowFilter),
    ...fields.map((field) => `${field}: ${comparedAs(plan, field)}`),
  ].join(' ');

/** A linkage makes pseudonyms of several providers equal, also before the others name it: naming one is never a tightening. */
const linkagesIn = ({ agreement }: Plan): string[] => (agreement.linkages ?? []).map(linkageText);

const factsIn = ({ facts }: Plan): string[] => [...facts.values()].map(factText);

const aggregatesIn = ({ aggregates }: Plan): string[] => [...aggregates.values()].map(aggregateText);

/** @param more effect of one more member: a further filter loosens, a further requirement tightens */
function sets(
  cell: string,
  before: readonly string[],
  after: readonly string[],
  plan: Plan,
  more: 'loosened' | 'tightened',
): CellChange[] {
  const less: ChangeKind = more === 'loosened' ? 'tightened' : 'loosened';
  return [
    ...after
      .filter((one) => !before.includes(one))
      .map((one) => cellChange(plan, more, cell, undefined, one)),
    ...before.filter((one) => !after.includes(one)).map((one) => cellChange(plan, less, cell, one)),
  ];
}

/** Each further form of case numbers admits more calls. Without any form, every case number is admitted. */
function matters(before: Plan, after: Plan): CellChange[] {
  const forms = ({ agreement }: Plan): readonly string[] =>
    (agreement.matters ?? []).flatMap(({ code, cases }) => cases.map((form) => `${code} ${form}`));
  const [old, fresh] = [forms(before), forms(after)];
  return sets(
    '(matters)',
    old,
    fresh,
    after,
    old.length === 0 || fresh.length === 0 ? 'tightened' : 'loosened',
  );
}

const limitNames = [
  'rowsPerCall',
  'subjectsPerCall',
  'callsPerDay',
  'rowsPerDay',
  'bytesPerDay',
  'streamsAtOnce',
  'maskTypeErrors',
  'cacheSeconds',
] as const;

/** Absent means none: without batches there are no subjects of one. */
const noneUnlessGranted: ReadonlySet<string> = new Set(['maskTypeErrors', 'subjectsPerCall', 'cacheSeconds']);

function limits(before: Plan, after: Plan): CellChange[] {
  const [old, fresh] = [before.whole.limits, after.whole.limits];
  return limitNames.flatMap((name) => {
    const unlimited = noneUnlessGranted.has(name) ? 0 : Infinity;
    const [a, b] = [old[name] ?? unlimited, fresh[name] ?? unlimited];
    if (a === b) return [];
    const text = (value: number): string => `${name} ${value === Infinity ? 'unlimited' : value}`;
    return [cellChange(after, b < a ? 'tightened' : 'loosened', '(limits)', text(a), text(b))];
  });
}

function term(before: Plan, after: Plan): CellChange[] {
  const [old, fresh] = [before.agreement.valid, after.agreement.valid];
  const moment = (text: string): number => readTime(text) ?? Number.NaN;
  const [from, until] = [moment(fresh.from) - moment(old.from), moment(fresh.until) - moment(old.until)];
  if (from === 0 && until === 0) return [];
  const tighter = from >= 0 && until <= 0;
  const text = ({ from: a, until: b }: { from: string; until: string }): string => `${a} – ${b}`;
  return [cellChange(after, tighter ? 'tightened' : 'loosened', '(valid)', text(old), text(fresh))];
}

function consent(before: Plan, after: Plan): CellChange[] {
  const [old, fresh] = [before.whole.consent, after.whole.consent];
  if (old === undefined && fresh === undefined) return [];
  if (old !== undefined && fresh !== undefined) {
    const [a, b] = [old.guardianUnder, fresh.guardianUnder];
    const others = [
      ...collectors(old.collectors, fresh.collectors, after),
      ...consentCells(old, fresh, after),
    ];
    if (a === b) return others;
    return [
      ...others,
      cellChange(
        after,
        // with another age, consents of guardians count where those of the persons did, or the other way round
        a === undefined ? 'tightened' : 'loosened',
        '(consent)',
        `guardian under ${a ?? '–'}`,
        `guardian under ${b ?? '–'}`,
      ),
    ];
  }
  return fresh === undefined
    ? [cellChange(after, 'loosened', '(consent)', 'required')]
    : [cellChange(after, 'tightened', '(consent)', undefined, 'required')];
}

/** Another field for birth or guardian: the consents of other persons then count, which the parties did not agree on. */
function consentCells(old: ConsentDemand, fresh: ConsentDemand, after: Plan): CellChange[] {
  const text = ({ birth = '–', guardian = '–' }: ConsentDemand): string =>
    `birth ${birth}, guardian ${guardian}`;
  if (text(old) === text(fresh)) return [];
  return [cellChange(after, 'loosened', '(consent)', text(old), text(fresh))];
}

/** A further collector can bring consents that did not count before. */
function collectors(old: readonly string[], fresh: readonly string[], after: Plan): CellChange[] {
  const more = fresh.some((one) => !old.includes(one));
  if (!more && old.length === fresh.length) return [];
  const kind = more ? 'loosened' : 'tightened';
  return [cellChange(after, kind, '(collectors)', old.join(' '), fresh.join(' '))];
}

function obligations(before: Plan, after: Plan): CellChange[] {
  const text = (plan: Plan): string[] =>
    plan.whole.obligations.map(({ id, period }) => (period === undefined ? id : `${id} ${period}`));
  return sets('(obligations)', text(before), text(after), after, 'tightened');
}

/** What the parties agreed on, and one of them must not replace alone. */
function replaced(cell: string, before: Plan, after: Plan, read: (plan: Plan) => unknown): CellChange[] {
  const text = (value: unknown): string | undefined =>
    value === undefined || typeof value === 'string' ? value : canonicalText(value);
  const [old, fresh] = [text(read(before)), text(read(after))];
  return old === fresh ? [] : [cellChange(after, 'loosened', cell, old, fresh)];
}
