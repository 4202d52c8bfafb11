/** The question to the log, as the address contains it; the address never contains the subject. */
import { dayInChina, startOfDayInChina } from '../../../terms/civilDate.ts';
import type { Schemas } from '../api/call.ts';
import type { Route } from '../route.ts';

export type Question = NonNullable<Schemas['EvidenceRequest']['question']>;

const texts = [
  'dataset',
  'official',
  'matter',
  'agreement',
  'purpose',
  'field',
  'code',
  'operation',
  'schema',
  'person',
  'exchange',
] as const;
const places = ['department', 'consumer', 'provider'] as const;
export const kinds = [
  'release',
  'intake',
  'management',
  'consent',
  'inspect',
  'sandbox',
  'return',
  'retire',
  'overload',
  'genesis',
] as const;
export const asked = [...texts, ...places, 'kind', 'decision', 'from', 'until', 'first', 'last'] as const;
export type Asked = (typeof asked)[number];
export type Draft = Partial<Readonly<Record<Asked, string>>>;

/** `kind` in the address of a search of all kinds: the address of a search is never without a question. */
export const everyKind = 'all';

/** The part of an address that is a question. */
export const draftOf = (filter: Route['filter']): Draft =>
  Object.fromEntries(
    asked.flatMap((name) => {
      const value = filter[name]?.trim() ?? '';
      return value === '' || (name === 'kind' && value === everyKind) ? [] : [[name, value]];
    }),
  );

/** Whether an address asks the log: a page that is only opened must not, because every search is a log entry. */
export const isAsked = (filter: Route['filter']): boolean =>
  [...asked, 'before'].some((name) => (filter[name]?.trim() ?? '') !== '');

const day = /^\d{4}-\d\d-\d\d$/;
const dayLength = 86_400_000;
/** A day of China's calendar as its first moment, or (`after`) the moment after its last. */
export const moment = (text: string, after = false): string =>
  day.test(text) ? new Date(startOfDayInChina(text) + (after ? dayLength : 0)).toISOString() : text;

/** The request to the hub; days become moments. */
export function questionOf({ from, until, first, last, ...others }: Draft): Question {
  return {
    ...others,
    ...(from === undefined ? {} : { from: moment(from) }),
    ...(until === undefined ? {} : { until: moment(until, true) }),
    ...(first === undefined ? {} : { first: Number(first) }),
    ...(last === undefined ? {} : { last: Number(last) }),
  } as Question;
}

/** A stored question in the form of an address. */
export const filterOf = (question: Schemas['SavedSearch']['question']): Route['filter'] =>
  Object.fromEntries(
    Object.entries(question).map(([name, value]) => [
      name,
      name === 'from'
        ? dayInChina(Date.parse(value))
        : name === 'until'
          ? dayInChina(Date.parse(value) - 1)
          : value,
    ]),
  );

/** A word of a command line; other text is left out. */
export const word = (value: string): string => (/^[\w.:@-]+$/.test(value) ? value : '…');

/** The day after: a page includes its last day, and the command line does not. */
export const untilOfLine = (text: string): string =>
  day.test(text) ? dayInChina(Date.parse(moment(text, true))) : text;

/**
 * The same question as a command line, which reads the subject from a file.
 * @param about dataset of the identifier of a person: without it the line asks about all persons
 */
export function lineOf(
  verb: 'search' | 'evidence',
  draft: Draft,
  { about, whole = false }: { readonly about?: string | undefined; readonly whole?: boolean } = {},
): string {
  const { dataset, ...others } = draft;
  const named = about ?? dataset;
  const search =
    about === undefined ? 'npx datong audit search' : 'npx datong audit search --reason … --case …';
  return [
    verb === 'search' ? search : 'npx datong audit evidence --reason … --case … -o evidence',
    ...(about === undefined ? [] : ['--subject FILE']),
    ...(named === undefined ? [] : [`--dataset ${word(named)}`]),
    ...Object.entries(others).map(
      ([name, value]) => `--${name} ${word(name === 'until' ? untilOfLine(value) : value)}`,
    ),
    ...(whole ? ['--whole'] : []),
    '--as auditor',
  ].join(' ');
}
