/**
 * Computes what one consumer learns by combining everything it receives under all of its agreements, including its entrusted parties'
 * calls. Results are grouped by kind of subject and semantic tag: rows about the same subject are assumed to be linkable across datasets.
 */
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { MaskUse } from '../decision.ts';
import { documentName } from '../documents/storedDocument.ts';
import { placeOf, rootOf } from '../masks/rows/fieldPath.ts';
import { maskText } from '../masks/maskText.ts';
import { sameUse } from '../masks/meet.ts';
import { tagsOf } from '../plans/scope.ts';
import type { Plans } from '../plans.ts';
import { viewerOf, type SeenField } from './seenField.ts';
import { unionMask } from './unionMask.ts';
import {
  birthDaysLeft,
  candidatesLeft,
  identityRisk,
  isSex,
  subjectsNumber,
} from '../lint/combinationRisk.ts';

interface IdentityRiddle {
  readonly fields: readonly SeenField[];
  /** `clear`, or about how many identity numbers are left */
  readonly remaining: string;
}

/** Threshold below which the remaining numbers are reported even where no digit of the tail is combined with a birth date. */
const few = 1000;

/**
 * Derives the subject's identity number from all that is shown of it: `990101****` in one field, the birth date in another and `****2318`
 * in a third give the whole number. Returns undefined where one plan alone reveals as much, or the number is granted clear: nothing is
 * derived then.
 */
function identityRiddle(seen: readonly SeenField[]): IdentityRiddle | undefined {
  const numbers = seen.flatMap((one) => {
    const shown = subjectsNumber(one.grant, one.plan.schema);
    return shown === undefined ? [] : [{ one, shown }];
  });
  if (numbers.length === 0 || seen.some((one) => isWholeNumber(one))) return undefined;
  const head = best(numbers, ({ shown }) => shown.head);
  const tail = best(numbers, ({ shown }) => shown.tail);
  const birth = best(seen, (one) => -birthDaysLeft(one.grant, one.plan.schema));
  const days = birth === undefined ? Infinity : birthDaysLeft(birth.grant, birth.plan.schema);
  const sex = seen.find(({ grant, plan }) => grant.mask.name === 'clear' && isSex(grant.field, plan.schema));
  const ends = { head: head?.shown.head ?? 0, tail: tail?.shown.tail ?? 0 };
  const left = candidatesLeft(ends, days, sex !== undefined);
  const alone = Math.min(
    ...seen.map(({ plan }) => identityRisk(plan.whole.fields, plan.schema)?.candidates ?? Infinity),
  );
  if (!isRisky(left, ends.tail) || Math.max(left.candidates, 1) >= alone) return undefined;
  const fields = [
    head?.one,
    tail?.one,
    left.birthNarrows ? birth : undefined,
    left.sexNarrows ? sex : undefined,
  ];
  return {
    fields: [...new Set(fields.filter((one) => one !== undefined))],
    remaining: left.candidates <= 1 ? 'clear' : `about ${rounded(left.candidates)} numbers`,
  };
}

/** Whether several fields together narrow the number down. @param tail digits of the tail that are shown */
const isRisky = (
  { others, birthNarrows, candidates }: ReturnType<typeof candidatesLeft>,
  tail: number,
): boolean => others > 0 && ((tail > 0 && birthNarrows) || candidates < few);

/** Whether the number is granted clear, so that nothing has to be derived. */
const isWholeNumber = ({ grant, plan: { schema } }: SeenField): boolean =>
  grant.mask.name === 'clear' &&
  schema.subject?.field === grant.field &&
  isIdentity(schema.subject.field, schema);

const isIdentity = (path: string, schema: SeenField['plan']['schema']): boolean =>
  schema.fields.some((field) => field.name === path && field.semantic === 'cn.resident-id');

const rounded = (count: number): number => (count < 100 ? Math.ceil(count) : Math.round(count / 10) * 10);

/** The first of those that have the most. */
function best<T>(all: readonly T[], measure: (one: T) => number): T | undefined {
  let found: T | undefined;
  for (const one of all) if (found === undefined || measure(one) > measure(found)) found = one;
  return found;
}

/** One field that adds to a view. */
export interface JointPart {
  /** `agr-2026-0042@3` */
  readonly agreement: string;
  readonly consumer: string;
  readonly purpose: string;
  readonly provider: string;
  readonly dataset: string;
  readonly field: string;
  readonly mask: string;
}

export interface JointView {
  /** the consumer; an entrusted party counts as its principal */
  readonly consumer: string;
  readonly subject: 'person' | 'organization' | 'place' | 'none';
  /** semantic tag, or `household.income` for a field without one */
  readonly about: string;
  /** masks: of one value; riddle: an identity number derived from other fields */
  readonly how: 'masks' | 'riddle';
  /** what all parts reveal together: more than any of them alone */
  readonly tells: string;
  readonly parts: readonly JointPart[];
}

/**
 * Returns only views that reveal more than each of their parts, in a stable order.
 * @param viewers the consumers in question; absent = all of them
 */
export function jointViews(plans: Plans, viewers?: ReadonlySet<string>): readonly JointView[] {
  const groups = new Map<string, SeenField[]>();
  for (const plan of plans.all) {
    const viewer = viewerOf(plan);
    if (viewers?.has(viewer) === false) continue;
    const key = `${viewer}\n${plan.schema.subject?.kind ?? 'none'}`;
    const seen = groups.get(key) ?? [];
    for (const grant of plan.whole.fields) seen.push({ grant, plan });
    groups.set(key, seen);
  }
  return [...groups.values()].flatMap(viewsOf).sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
}

const textOf = (view: JointView): string => JSON.stringify(view);

function viewsOf(seen: readonly SeenField[]): readonly JointView[] {
  const topics = new Map<string, SeenField[]>();
  for (const one of seen) {
    const topic = topicOf(one.grant.field, one.plan.schema);
    topics.set(topic, [...(topics.get(topic) ?? []), one]);
  }
  const views = [...topics].flatMap(([about, fields]) => viewOf(about, fields) ?? []);
  const riddle = identityRiddle(seen);
  return riddle === undefined
    ? views
    : [...views, view('riddle', 'cn.resident-id', riddle.remaining, riddle.fields)];
}

/** Identifiers of persons other than the subject (a guardian's number) are a separate topic. */
function topicOf(path: string, schema: DatasetSchema): string {
  const semantic = tagsOf(schema, path)?.semantic;
  const own = schema.subject === undefined || schema.subject.field === rootOf(path);
  const identifies = semantic === 'cn.resident-id' || semantic === 'cn.uscc';
  return semantic === undefined || (identifies && !own) ? `${schema.name}.${path}` : semantic;
}

function viewOf(about: string, fields: readonly SeenField[]): JointView | undefined {
  const distinct: SeenField[] = [];
  for (const one of fields) {
    if (!distinct.some(({ grant }) => sameUse(grant.mask, one.grant.mask))) distinct.push(one);
  }
  const [first, ...others] = distinct;
  if (first === undefined || others.length === 0) return undefined;
  const revealed = others.reduce<MaskUse>((reported, { grant, plan }) => {
    const domain = placeOf(plan.schema, grant.field)?.domain ?? { type: 'string' };
    return unionMask(reported, grant.mask, domain, lengths.get(about));
  }, first.grant.mask);
  const alone = distinct.some(({ grant }) => sameUse(grant.mask, revealed));
  return alone ? undefined : view('masks', about, maskText(revealed), distinct);
}

/**
 * Minimum length of values with a format. The last character of an identity number or credit code follows from the others and is not
 * counted.
 */
const lengths: ReadonlyMap<string, number> = new Map([
  ['cn.resident-id', 17],
  ['cn.uscc', 17],
  ['cn.mobile', 11],
  ['cn.bank-card', 12],
]);

function view(
  how: JointView['how'],
  about: string,
  revealed: string,
  fields: readonly SeenField[],
): JointView {
  const [{ plan } = {}] = fields;
  return {
    consumer: plan === undefined ? '' : viewerOf(plan),
    subject: plan?.schema.subject?.kind ?? 'none',
    about,
    how,
    tells: revealed,
    parts: fields.map(partOf).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  };
}

const partOf = ({ grant, plan: { agreement, ref } }: SeenField): JointPart => ({
  agreement: documentName(agreement),
  consumer: ref.consumer,
  purpose: ref.purpose,
  provider: ref.provider,
  dataset: ref.dataset,
  field: grant.field,
  mask: maskText(grant.mask),
});

/** The part of a view that one party may see: its own parts, what all parts reveal together, and the number of other parties' parts. */
export interface PartialView extends JointView {
  readonly others: number;
}

/** Views to which some part of the given party contributes. */
export function viewsWith(
  views: readonly JointView[],
  isOwn: (part: JointPart) => boolean,
): readonly PartialView[] {
  return views.flatMap((one) => {
    const parts = one.parts.filter(isOwn);
    return parts.length === 0 ? [] : [{ ...one, parts, others: one.parts.length - parts.length }];
  });
}
