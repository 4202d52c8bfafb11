/** A response plan while it is written: read from JSON, and changed by the form. */
import { hasInexactNumber, isExactNumber } from '../../../terms/jsonText.ts';
import type { Schemas } from '../api/call.ts';
import { isObject } from '../../../terms/isObject.ts';

export type Plan = Schemas['ResponsePlan'];
export type Step = Plan['steps'][number];
export type Stage = NonNullable<Step['escalations']>[number];
export type Term = NonNullable<Plan['when']>[number];

/** From the lowest to the highest: each includes those before it. */
export const grades = ['received', 'accepted', 'done'] as const satisfies readonly Schemas['EventGrade'][];
/** Roles that a plan may let acknowledge in the console. */
export const acknowledging = ['steward', 'security', 'clerk', 'leader'] as const;

export const emptyStep = (nth: number): Step => ({
  id: `step-${nth}`,
  title: { zh: '', en: '' },
  departments: [],
  grade: 'received',
  withinSeconds: 600,
});

/** @param department code of the author's department */
export const emptyPlan = (department: string): Plan => ({
  id: `${department}.`,
  title: { zh: '', en: '' },
  type: '',
  steps: [emptyStep(1)],
  maxHours: 72,
});

/** The document of a registered plan, without what the hub adds, as a change that is based on its revision. */
export function planOf(view: Schemas['ResponsePlanView']): Plan {
  const { department: _1, topic: _2, revision, digest: _4, withdrawn: _5, registeredAt: _6, ...plan } = view;
  return { ...plan, basedOn: revision };
}

const isTitle = (value: unknown): boolean =>
  isObject(value) && typeof value['zh'] === 'string' && typeof value['en'] === 'string';
const isList = (value: unknown, is: (one: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(is);
const isText = (value: unknown): boolean => typeof value === 'string';
/** A member that may be absent, but is never null. */
const isAbsentOr = (value: unknown, is: (one: unknown) => boolean): boolean =>
  value === undefined || is(value);
const isAbsentOrList = (value: unknown, is: (one: unknown) => boolean): boolean =>
  isAbsentOr(value, (list) => isList(list, is));
const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);

const isStage = (value: unknown): boolean =>
  isObject(value) &&
  typeof value['afterSeconds'] === 'number' &&
  isText(value['role']) &&
  isAbsentOr(value['department'], isText);
const isStep = (value: unknown): boolean =>
  isObject(value) &&
  isText(value['id']) &&
  isTitle(value['title']) &&
  isList(value['departments'], isText) &&
  isText(value['grade']) &&
  typeof value['withinSeconds'] === 'number' &&
  isAbsentOrList(value['escalations'], isStage) &&
  isAbsentOrList(value['roles'], isText);
/** By the operator of a condition: whether it is what the operator compares with. */
const isCompared = new Map<unknown, (value: unknown) => boolean>([
  ['eq', isScalar],
  ['in', (value) => isList(value, isScalar)],
  ['range', isObject],
]);
const isTerm = (value: unknown): boolean =>
  isObject(value) && isText(value['field']) && isCompared.get(value['op'])?.(value['value']) === true;
const isClosing = (value: unknown): boolean =>
  isObject(value) && isText(value['type']) && isText(value['field']);

/** Parses a plan that the form can show; undefined where the text is not one. The hub checks the rest. */
export function parsePlan(text: string): Plan | undefined {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return undefined;
  }
  // the hub would receive another number than was typed
  if (hasInexactNumber(text)) return undefined;
  const shown =
    isObject(read) &&
    [read['id'], read['type']].every(isText) &&
    isTitle(read['title']) &&
    typeof read['maxHours'] === 'number' &&
    isList(read['steps'], isStep) &&
    isAbsentOrList(read['when'], isTerm) &&
    isAbsentOr(read['closedBy'], isClosing) &&
    [read['purpose'], read['noticeType']].every((one) => isAbsentOr(one, isText));
  return shown ? (read as Plan) : undefined;
}

/** Whether everything that a plan requires is filled in; only then the hub is asked. */
export const isComplete = ({ id, title, type, steps, when = [], closedBy, maxHours }: Plan): boolean =>
  /^[a-z0-9-]+\.[a-z0-9][a-z0-9-]*$/.test(id) &&
  ![title.zh, title.en, type].includes('') &&
  maxHours >= 1 &&
  steps.length > 0 &&
  steps.every(
    (step) =>
      ![step.title.zh, step.title.en].includes('') && step.departments.length > 0 && step.withinSeconds >= 1,
  ) &&
  when.every((term) => term.field !== '') &&
  (closedBy === undefined || (closedBy.type !== '' && closedBy.field !== ''));

/** The same list with one member changed; undefined removes it. */
export const changed = <T>(list: readonly T[], at: number, to: T | undefined): T[] =>
  list.flatMap((one, nth) => (nth === at ? (to === undefined ? [] : [to]) : [one]));

/** A value as it is typed, in the type of its field. A text that is no number, or would become another one, remains: the hub refuses it. */
export function typedValue(text: string, type: string): string | number | boolean {
  if (type === 'boolean') return text === 'true';
  if (type !== 'integer' && type !== 'number') return text;
  const plain = text.trim();
  const number = Number(plain);
  return plain !== '' && Number.isFinite(number) && isExactNumber(plain) ? number : text;
}

/** What a condition compares with, as it is typed: members of a list are separated by commas. */
export const textOfTerm = (term: Term): string =>
  term.op === 'in' ? term.value.map(String).join(', ') : term.op === 'eq' ? String(term.value) : '';

/** Members of a list as they are typed, separated by commas of either language. */
export const listTyped = (text: string): readonly string[] => text.split(/[,，]\s*/);
