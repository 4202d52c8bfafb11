/** A question to the log, and whether an entry answers. The decision needs only the leaf, so that a pack's reader can repeat it. */
import type { Leaf } from './leaf.ts';

/** Properties by which an entry can be found, by their names in a search. */
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

/** The search criteria; an entry must satisfy all of them. */
export interface EntryQuestion extends Partial<Readonly<Record<Exclude<Dimension, 'day'>, string>>> {
  /** consumer or provider */
  readonly department?: string;
  /** the department whose auditor asks, consumer or provider: other entries are not found */
  readonly scope?: string;
  /** the department that was proven to act, independent of the data's owner */
  readonly actor?: string;
  /** RFC 3339, first moment */
  readonly from?: string;
  /** RFC 3339, the moment after the last */
  readonly until?: string;
}

/** hours by which the days of counts are ahead of UTC: China has one time zone */
const zone = 8;

/** Day of an entry with an invalid time. */
const noDay = '0000-00-00';

/**
 * The day of an entry in China, YYYY-MM-DD. An invalid time gives ten characters too, `0000-00-00` or a date that does not exist: an altered
 * entry cannot stop a reader. @param at RFC 3339, UTC
 */
export function dayOf(at: string): string {
  if (at.length === 24 && at.endsWith('Z')) {
    // called for every entry: most dates need no calendar
    const date = at.slice(0, 10);
    // below 16 hours
    const [tens, ones] = [at.charCodeAt(11) - 0x30, at.charCodeAt(12) - 0x30];
    if (tens * 10 + ones < 24 - zone) return date;
    const next = Number(date.slice(8)) + 1;
    if (next <= 28) return `${date.slice(0, 8)}${next < 10 ? '0' : ''}${next}`;
  }
  const moment = Date.parse(at) + zone * 3_600_000;
  return Number.isNaN(moment) ? noDay : new Date(moment).toISOString().slice(0, 10);
}

/** A department that acted as neither consumer nor provider is found as consumer. */
export const consumerOf = ({
  consumer,
  provider,
  actor: { department },
}: Pick<Leaf, 'consumer' | 'provider' | 'actor'>): string | undefined =>
  consumer ?? (provider === department ? undefined : department);

/** The members by which an entry is found. */
export type FoundBy = Pick<
  Leaf,
  | 'operation'
  | 'kind'
  | 'decision'
  | 'code'
  | 'consumer'
  | 'provider'
  | 'dataset'
  | 'schema'
  | 'agreement'
  | 'purpose'
  | 'onBehalfOf'
  | 'matter'
  | 'actor'
  | 'at'
  | 'fields'
>;

/** Reports each value of an entry with its dimension. For fields only the delivered ones. */
export function eachValue(leaf: FoundBy, visit: (dimension: Dimension, value: string) => void): void {
  const visitDefined = (dimension: Dimension, value: string | undefined): void => {
    if (value !== undefined) visit(dimension, value);
  };
  visitDefined('operation', leaf.operation);
  visitDefined('kind', leaf.kind);
  visitDefined('decision', leaf.decision);
  visitDefined('code', leaf.code);
  visitDefined('consumer', consumerOf(leaf));
  visitDefined('provider', leaf.provider);
  visitDefined('dataset', leaf.dataset);
  visitDefined('schema', leaf.schema);
  visitDefined('agreement', leaf.agreement);
  visitDefined('purpose', leaf.purpose);
  visitDefined('official', leaf.onBehalfOf);
  visitDefined('matter', leaf.matter);
  visitDefined('person', leaf.actor.person);
  visitDefined('day', dayOf(leaf.at));
  if (leaf.fields !== undefined) for (const field of Object.keys(leaf.fields)) visit('field', field);
}

/** Values of an entry by dimension. */
export function valuesOf(leaf: Leaf): ReadonlyMap<Dimension, readonly string[]> {
  const values = new Map<Dimension, string[]>();
  eachValue(leaf, (dimension, value) => {
    const own = values.get(dimension);
    if (own === undefined) values.set(dimension, [value]);
    else own.push(value);
  });
  return values;
}

/** Whether a leaf answers the question, apart from its subjects. */
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
