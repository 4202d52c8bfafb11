/**
 * Conditions on moments, compared as instants. A day in a condition is its start in China. Another value that is no moment, of the condition
 * or of the row, meets none: nothing leaves through a row filter that cannot be compared.
 */
import type { RowCondition } from '../../../../policies/decision.ts';
import { compareDecimal, decimalText, type Decimal } from '../../../../terms/decimal.ts';
import { dayNear, instantNamed, momentForm } from '../../../../terms/moment.ts';
import type { Column } from '../../../domain/rowTable/layout.ts';
import { afterAllTexts } from '../../../domain/timeField.ts';

type Bind = (value: unknown) => string;

/** @param column with `moments` */
export function momentSql({ name, moments }: Column, { op, value }: RowCondition, bind: Bind): string {
  if (op === 'within') return 'false';
  const sql = moments === 'ordered' ? orderedSql : mixedSql;
  if (op === 'range') {
    const parts = Object.entries(Object(value) as Readonly<Record<string, unknown>>).filter(
      ([bound, at]) => at !== undefined && bounds.has(bound),
    );
    const known = parts.flatMap(([bound, at]): Bound[] => {
      const instant = momentIn(at);
      return instant === undefined ? [] : [{ bound, instant }];
    });
    if (known.length < parts.length) return 'false';
    return known.length === 0 ? 'true' : `(${sql.range(name, known, bind)})`;
  }
  const values = op === 'eq' ? [value] : Array.isArray(value) ? (value as readonly unknown[]) : [];
  const instants = values.map(momentIn).filter((one) => one !== undefined);
  return instants.length === 0 ? 'false' : sql.among(name, instants, bind);
}

const bounds: ReadonlySet<string> = new Set(['gt', 'gte', 'lt', 'lte']);
const signs: Readonly<Record<string, string>> = { gt: '>', gte: '>=', lt: '<', lte: '<=' };

const momentIn = (value: unknown): Decimal | undefined =>
  typeof value === 'string' ? instantNamed(value) : undefined;

interface Bound {
  /** one of `bounds` */
  readonly bound: string;
  readonly instant: Decimal;
}

interface MomentsSql {
  /** @param some all of them are met */
  readonly range: (name: string, some: readonly Bound[], bind: Bind) => string;
  readonly among: (name: string, instants: readonly Decimal[], bind: Bind) => string;
}

/** Texts that sort as moments: a moment is a range of texts, from the one without zeros at its end to the one with nine digits. */
const orderedSql: MomentsSql = {
  range: (name, some, bind) =>
    some
      .map(({ bound, instant }) => {
        const { first, last } = textsOf(instant);
        const text = bound === 'gt' || bound === 'lte' ? last : first;
        return `${name} ${signs[bound]} ${bind(text)}`;
      })
      .join(' AND '),
  among: (name, instants, bind) => {
    const texts = instants.map(textsOf);
    const [firsts, lasts] = [texts.map(({ first }) => first), texts.map(({ last }) => last)];
    const ends = [firsts.toSorted()[0], lasts.toSorted().at(-1)];
    const whole = `${name} >= ${bind(ends[0])} AND ${name} <= ${bind(ends[1])}`;
    return texts.length === 1
      ? `(${whole})`
      : `(${whole} AND EXISTS (SELECT FROM unnest(${bind(firsts)}::text[], ${bind(lasts)}::text[]) AS m(a, b) WHERE ${name} >= m.a AND ${name} <= m.b))`;
  },
};

/**
 * The first and the last text of a moment in the form of a series. A moment between two texts, of more than nine digits, is an empty range
 * right after the text before it.
 */
function textsOf({ units, scale }: Decimal): { readonly first: string; readonly last: string } {
  const unit = 10n ** BigInt(scale);
  const rest = ((units % unit) + unit) % unit;
  const digits = scale === 0 ? '' : rest.toString().padStart(scale, '0');
  const second = secondInChina(Number((units - rest) / unit));
  if (second === undefined) return { first: afterAllTexts, last: afterAllTexts };
  const last = `${second}.${digits.slice(0, 9).padEnd(9, '0')}+08:00`;
  if (/[1-9]/.test(digits.slice(9))) return { first: `${last}~`, last };
  const fraction = digits.replace(/0+$/, '');
  return { first: `${second}${fraction === '' ? '' : `.${fraction}`}+08:00`, last };
}

/** `YYYY-MM-DDTHH:MM:SS`; undefined after the year 9999. */
function secondInChina(seconds: number): string | undefined {
  const text = new Date((seconds + 8 * 3_600) * 1_000).toISOString();
  return text.startsWith('+') ? undefined : text.slice(0, 19);
}

/**
 * Texts of any offset. No offset is as long as a day, so that the days around a moment decide on the texts of all other days: the index on
 * the text is used, and the moment itself is computed for the rows of these days only.
 */
const mixedSql: MomentsSql = {
  range: (name, some, bind) => {
    const outside: string[] = [];
    const beyond: string[] = [];
    for (const { bound, instant } of some) {
      const [from, to] = [dayNear(instant, -1), dayNear(instant, 2)];
      const isLower = bound.startsWith('g');
      outside.push(...dayBound(name, isLower ? '>=' : '<', isLower ? from : to, bind));
      beyond.push(...dayBound(name, isLower ? '>=' : '<', isLower ? to : from, bind));
    }
    const exact = some
      .map(
        ({ bound, instant }) => `${instantSql(name)} ${signs[bound]} ${bind(decimalText(instant))}::numeric`,
      )
      .join(' AND ');
    const decided =
      beyond.length < some.length
        ? exact
        : `CASE WHEN ${beyond.join(' AND ')} THEN ${formSql(name)} ELSE ${exact} END`;
    return [...outside, decided].join(' AND ');
  },
  among: (name, instants, bind) => {
    const spans = instants.length <= maxSpans ? instants.map((one) => [one]) : [instants];
    const found = spans.map((some) =>
      [
        ...dayBound(name, '>=', dayNear(earliest(some), -1), bind),
        ...dayBound(name, '<', dayNear(latest(some), 2), bind),
        `${instantSql(name)} = ANY(${bind(some.map(decimalText))}::numeric[])`,
      ].join(' AND '),
    );
    return `(${found.map((one) => `(${one})`).join(' OR ')})`;
  },
};

/** Moments that are searched by days each; of more, the days from the first to the last are searched. */
const maxSpans = 16;

const dayBound = (name: string, sign: string, day: string | undefined, bind: Bind): string[] =>
  day === undefined ? [] : [`${name} ${sign} ${bind(day)}`];

const earliest = (some: readonly Decimal[]): Decimal => some.toSorted(compareDecimal)[0] ?? zero;
const latest = (some: readonly Decimal[]): Decimal => some.toSorted(compareDecimal).at(-1) ?? zero;
const zero: Decimal = { units: 0n, scale: 0 };

const formSql = (name: string): string => `${name} ~ '${momentForm}'`;

/** Unix seconds of a text as numeric; NULL where it is no moment. */
const instantSql = (name: string): string =>
  `(CASE WHEN ${formSql(name)} THEN extract(epoch FROM substr(${name}, 1, 10)::date) + substr(${name}, 12, 2)::integer * 3600 + substr(${name}, 15, 2)::integer * 60 + substr(${name}, 18, 2)::integer + coalesce(substring(${name} from '[.][0-9]+'), '0')::numeric - extract(epoch FROM coalesce(substring(${name} from '[+-][0-9]{2}:[0-9]{2}$'), '00:00')::interval) END)`;
