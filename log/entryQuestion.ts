/** What is asked of the log, and whether an entry answers: read from its leaf alone, so that a pack's reader decides it again. */
import type { Leaf } from './leaf.ts';

/** What an entry can be found by, by its name in a search. */
export const dimensions = [
  'operation',
  'kind',
  'decision',
  'code',
  'consumer',
  'provider',
  'dataset',
  'schema',
  'field',
  'agreement',
  'purpose',
  'official',
  'matter',
  'person',
  'day',
] as const;
export type Dimension = (typeof dimensions)[number];

/** What is asked for; all of it must hold. */
export interface EntryQuestion extends Partial<Readonly<Record<Exclude<Dimension, 'day'>, string>>> {
  /** consumer or provider */
  readonly department?: string;
  /** the department whose auditor asks, likewise: nothing else is found */
  readonly scope?: string;
  /** the department that was proven to act, whosever data it was about */
  readonly actor?: string;
  /** RFC 3339, first moment */
  readonly from?: string;
  /** RFC 3339, the moment after the last */
  readonly until?: string;
}

/** hours by which the days of counts are ahead of UTC: China has one time */
const zone = 8;

/** The day an entry belongs to, YYYY-MM-DD. @param at RFC 3339 */
export const dayOf = (at: string): string =>
  new Date(Date.parse(at) + zone * 3_600_000).toISOString().slice(0, 10);

/** A department that acted as neither consumer nor provider is found as consumer. */
export const consumerOf = ({ consumer, provider, actor: { department } }: Leaf): string | undefined =>
  consumer ?? (provider === department ? undefined : department);

/** Values of an entry by dimension. Of fields those that left. */
export function valuesOf(leaf: Leaf): ReadonlyMap<Dimension, readonly string[]> {
  const single: readonly (readonly [Dimension, string | undefined])[] = [
    ['operation', leaf.operation],
    ['kind', leaf.kind],
    ['decision', leaf.decision],
    ['code', leaf.code],
    ['consumer', consumerOf(leaf)],
    ['provider', leaf.provider],
    ['dataset', leaf.dataset],
    ['schema', leaf.schema],
    ['agreement', leaf.agreement],
    ['purpose', leaf.purpose],
    ['official', leaf.onBehalfOf],
    ['matter', leaf.matter],
    ['person', leaf.actor.person],
    ['day', dayOf(leaf.at)],
  ];
  const values = new Map<Dimension, readonly string[]>();
  for (const [dimension, value] of single) if (value !== undefined) values.set(dimension, [value]);
  values.set('field', Object.keys(leaf.fields ?? {}));
  return values;
}

/** Whether a leaf answers, but for whom it concerns. */
export function answers(leaf: Leaf, question: EntryQuestion): boolean {
  const values = valuesOf(leaf);
  const has = (dimension: Dimension, value: string): boolean =>
    values.get(dimension)?.includes(value) === true;
  const { from, until } = question;
  const at = Date.parse(leaf.at);
  return (
    dimensions.every((dimension) => {
      const value = dimension === 'day' ? undefined : question[dimension];
      return value === undefined || has(dimension, value);
    }) &&
    (question.actor === undefined || leaf.actor.department === question.actor) &&
    [question.department, question.scope].every(
      (department) => department === undefined || has('consumer', department) || has('provider', department),
    ) &&
    (from === undefined || at >= Date.parse(from)) &&
    (until === undefined || at < Date.parse(until))
  );
}
