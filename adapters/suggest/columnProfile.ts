/** Profile of the values of one column of a sample. */
import { lastingFormats } from '../../schemas/formats/index.ts';
import { dateStep, dateTimeStep } from '../mapping/steps/dateStep.ts';
import { decimalReader } from '../mapping/steps/numberStep.ts';
import { cellText, type Cell } from '../reading/reader.ts';
import { isMissing, isMostly, marksIn, type EmptyMark } from '../../schemas/draft/valueTypes.ts';
import { textSign, visibleText } from '../reading/text/textSigns.ts';

export interface ColumnProfile {
  readonly header: string;
  /** its name in a mapping */
  readonly from: string | number;
  readonly values: readonly string[];
  /** values that represent a missing one, such as NA */
  readonly marks: readonly EmptyMark[];
  readonly padded: boolean;
  readonly fullWidth: boolean;
  /** invisible characters occur in some value */
  readonly invisible: boolean;
  /** formats with check digits that (nearly) all values have, the narrowest first */
  readonly formats: readonly string[];
  readonly datePattern: string | readonly string[] | undefined;
  readonly dateTimePattern: string | readonly string[] | undefined;
  readonly number: 'plain' | 'grouped' | undefined;
  /** digits that identify something: a telephone number, a long number, one with leading zeros */
  readonly isIdentifier: boolean;
}

const checked = ['cn-resident-id', 'cn-uscc', 'cn-mobile', 'cn-admin-code', 'cn-bank-card'] as const;
const dates = [
  'yyyyMMdd',
  'yyyy-MM-dd',
  'yyyy/M/d',
  'yyyy-M-d',
  'yyyy.M.d',
  'yyyy年M月d日',
  'M/d/yyyy',
  'd.M.yyyy',
];
const times = ['HH:mm:ss', 'H:mm:ss', 'HH:mm', 'H:mm'];
const moments: readonly string[] = [
  'yyyyMMddHHmmss',
  ...dates.flatMap((date) => times.map((time) => `${date} ${time}`)),
  'yyyy-MM-ddTHH:mm:ss',
];

const settings = { calendar: 'gregorian', pivot: 30 } as const;
const dateSteps = dates.map((pattern) => ({ pattern, step: dateStep({ ...settings, patterns: [pattern] }) }));
const momentSteps = moments.map((pattern) => ({
  pattern,
  step: dateTimeStep({ ...settings, patterns: [pattern] }, '+08:00'),
}));

/** Share of the values that must agree: a file contains mistakes. */
const nearlyAll = 0.95;
/** Maximum number of tested values; more add no information. */
const maxValues = 1_000;

export function profileColumn(header: string, from: string | number, cells: readonly Cell[]): ColumnProfile {
  const texts = cells.map(cellText);
  const trimmed = texts.map((text) => text.trim());
  const marks = marksIn(trimmed);
  const values = trimmed
    .filter((text) => !isMissing(text))
    .map((text) => visibleText(text).normalize('NFKC'));
  const some = values.slice(0, maxValues);
  const share = (test: (text: string) => boolean): number =>
    some.length === 0 ? 0 : some.filter(test).length / some.length;
  const mostly = (test: (text: string) => boolean): boolean =>
    isMostly(some.filter(test).length, some.length);
  return {
    header,
    from,
    values,
    marks,
    padded: texts.some((text) => text !== text.trim()),
    invisible: texts.some((text) => textSign(text) === 'text.invisible'),
    fullWidth: texts.some((text) => /[\uff01-\uff5e]/.test(text)),
    // a column with a tenth of wrong check digits still has the format
    formats: checked.filter(
      (name) => share((text) => lastingFormats[name]?.(text.toUpperCase()) === undefined) >= 0.9,
    ),
    datePattern: patternOf(dateSteps, some),
    dateTimePattern: patternOf(momentSteps, some),
    number: numberShape(values, mostly),
    isIdentifier: isIdentifier(some),
  };
}

/** The pattern that nearly all values have; several where they use several unambiguous notations. */
function patternOf(
  steps: typeof dateSteps,
  values: readonly string[],
): string | readonly string[] | undefined {
  const reads = ({ step }: (typeof dateSteps)[number]) =>
    values.filter((text) => typeof step(text) === 'string');
  const one = steps.find((each) => isMostly(reads(each).length, values.length));
  if (one !== undefined) return one.pattern;
  const distinct = steps.filter(({ pattern }) => pattern.startsWith('yyyy'));
  const read = distinct
    .map((each) => ({ pattern: each.pattern, texts: reads(each) }))
    .filter(({ texts }) => texts.length > 0);
  const covered = new Set<string>();
  const needed = read.filter(({ texts }) => {
    const isNew = texts.some((text) => !covered.has(text));
    for (const text of texts) covered.add(text);
    return isNew;
  });
  const good = values.filter((text) => covered.has(text)).length;
  return needed.length <= 5 && isMostly(good, values.length)
    ? needed.map(({ pattern }) => pattern)
    : undefined;
}

/** A counted or measured number has no leading zeros, and does not have eleven digits or more in every row. */
function isIdentifier(values: readonly string[]): boolean {
  const digits = values.filter((text) => /^\d+$/.test(text));
  if (digits.length === 0 || digits.length < values.length * nearlyAll) return false;
  const long = digits.filter((text) => text.length >= 11).length;
  return long >= digits.length * nearlyAll || digits.some((text) => /^0\d\d/.test(text));
}

function numberShape(
  values: readonly string[],
  most: (test: (text: string) => boolean) => boolean,
): ColumnProfile['number'] {
  if (values.length === 0) return undefined;
  const plain = decimalReader({});
  const grouped = decimalReader({ group: ',' });
  if (most((text) => typeof plain(text) === 'string')) return 'plain';
  return most((text) => typeof grouped(text) === 'string') ? 'grouped' : undefined;
}
