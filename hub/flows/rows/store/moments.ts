/**
 * Conditions on moments, compared as instants. A day in a condition is its start in China. Another value that is no moment, of the condition
 * or of the row, meets none: nothing leaves through a row filter that cannot be compared.
 */
import type { RowCondition } from '../../../../policies/decision.ts';
import { decimalText, type Decimal } from '../../../../terms/decimal.ts';
import { dayNear, instantNamed, momentForm } from '../../../../terms/moment.ts';
import type { Column } from '../../../domain/rowTable/layout.ts';
import { afterAllTexts } from '../../../domain/timeField.ts';

type Bind = (value: unknown) => string;

/** @param column with `moments` */
export function momentSql({ name, moments }: Column, { op, value }: RowCondition, bind: Bind): string {
  if (op === 'within') return 'false';
  const sql = moments === 'ordered' ? orderedSql : mixedSql;
  if (op === 'range') {
    const parts = Object.entries(Object(value) as Readonly<Record<string, unknown>>)
      .filter(([bound, at]) => at !== undefined && bounds.has(bound))
      .map(([bound, at]) => {
        const instant = momentIn(at);
        return instant === undefined ? 'false' : sql.bound(name, bound, instant, bind);
      });
    return parts.length === 0 ? 'true' : `(${parts.join(' AND ')})`;
  }
  const values = op === 'eq' ? [value] : Array.isArray(value) ? (value as readonly unknown[]) : [];
  const instants = values.map(momentIn).filter((one) => one !== undefined);
  return instants.length === 0 ? 'false' : sql.among(name, instants, bind);
}

const bounds: ReadonlySet<string> = new Set(['gt', 'gte', 'lt', 'lte']);
const signs: Readonly<Record<string, string>> = { gt: '>', gte: '>=', lt: '<', lte: '<=' };

const momentIn = (value: unknown): Decimal | undefined =>
  typeof value === 'string' ? instantNamed(value) : undefined;

interface MomentsSql {
  readonly bound: (name: string, bound: string, instant: Decimal, bind: Bind) => string;
  readonly among: (name: string, instants: readonly Decimal[], bind: Bind) => string;
}

/** Texts that sort as moments: a moment is a range of texts, from the one without zeros at its end to the one with nine digits. */
const orderedSql: MomentsSql = {
  bound: (name, bound, instant, bind) => {
    const { first, last } = textsOf(instant);
    switch (bound) {
      case 'gte':
        return `${name} >= ${bind(first)}`;
      case 'gt':
        return `${name} > ${bind(last)}`;
      case 'lte':
        return `${name} <= ${bind(last)}`;
      default:
        return `${name} < ${bind(first)}`;
    }
  },
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
 * Texts of any offset. No offset is as long as a day, so that the days around a moment bound its texts: the index on the text is still
 * used, and the moment itself is computed for the rows of these days.
 */
const mixedSql: MomentsSql = {
  bound: (name, bound, instant, bind) => {
    const exact = `${instantSql(name)} ${signs[bound]} ${bind(decimalText(instant))}::numeric`;
    const near = bound.startsWith('g') ? earliest(name, [instant], bind) : latest(name, [instant], bind);
    return [...near, exact].join(' AND ');
  },
  among: (name, instants, bind) =>
    `(${[
      ...earliest(name, instants, bind),
      ...latest(name, instants, bind),
      `${instantSql(name)} = ANY(${bind(instants.map(decimalText))}::numeric[])`,
    ].join(' AND ')})`,
};

const earliest = (name: string, instants: readonly Decimal[], bind: Bind): string[] =>
  dayAt(Math.min(...instants.map(secondsOf)), -1).map((day) => `${name} >= ${bind(day)}`);

const latest = (name: string, instants: readonly Decimal[], bind: Bind): string[] =>
  dayAt(Math.max(...instants.map(secondsOf)), 2).map((day) => `${name} < ${bind(day)}`);

const secondsOf = ({ units, scale }: Decimal): number => Number(units / 10n ** BigInt(scale));

/** A day so many days later, in UTC; none outside the years of four digits. */
function dayAt(seconds: number, days: number): string[] {
  const day = new Date((seconds + days * 86_400) * 1_000).toISOString();
  return /^\d{4}-/.test(day) ? [day.slice(0, 10)] : [];
}

/** Unix seconds of a text as numeric; NULL where it is no moment. */
const instantSql = (name: string): string =>
  `(CASE WHEN ${name} ~ '${momentForm}' THEN extract(epoch FROM substr(${name}, 1, 10)::date) + substr(${name}, 12, 2)::integer * 3600 + substr(${name}, 15, 2)::integer * 60 + substr(${name}, 18, 2)::integer + coalesce(substring(${name} from '[.][0-9]+'), '0')::numeric - extract(epoch FROM coalesce(substring(${name} from '[+-][0-9]{2}:[0-9]{2}$'), '00:00')::interval) END)`;
