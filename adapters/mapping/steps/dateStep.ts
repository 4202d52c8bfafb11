/**
 * Converts text to an RFC 3339 date or date-time. A day that is not in the calendar (19860931) is a fault, never moved to the next month.
 */
import { isRealDate } from '../../../terms/civilDate.ts';
import { Fault } from '../fault.ts';

interface DateParts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** `+08:00` or `Z`, '' where the text names none */
  offset: string;
}

type PartName = Exclude<keyof DateParts, 'offset'>;
type Token =
  | { readonly kind: 'digits'; readonly part: PartName; readonly min: number; readonly max: number }
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'offset' };

const digits = (part: PartName, min: number, max = min): Token => ({ kind: 'digits', part, min, max });

const tokens: Readonly<Record<string, Token>> = {
  yyyy: digits('year', 4),
  yyy: digits('year', 1, 3),
  yy: digits('year', 2),
  MM: digits('month', 2),
  M: digits('month', 1, 2),
  dd: digits('day', 2),
  d: digits('day', 1, 2),
  HH: digits('hour', 2),
  H: digits('hour', 1, 2),
  mm: digits('minute', 2),
  m: digits('minute', 1, 2),
  ss: digits('second', 2),
  s: digits('second', 1, 2),
  XXX: { kind: 'offset' },
};

interface DatePattern {
  /** Fills `parts`; false where the text has another shape. */
  readonly read: (text: string, parts: DateParts) => boolean;
  readonly hasOffset: boolean;
  readonly twoDigitYear: boolean;
  readonly hasDay: boolean;
}

/**
 * Compiles a pattern of yyyy, yyy (民国, 1–3 digits), yy, MM, M, dd, d, HH, H, mm, m, ss, s, XXX (offset); any other character is literal.
 * One letter takes one or two digits.
 * @returns undefined where the pattern names no year, or a part twice
 */
function datePattern(pattern: string): DatePattern | undefined {
  const parsed = tokensOf(pattern);
  const parts = parsed.flatMap((token) => (token.kind === 'digits' ? [token.part] : []));
  if (!parts.includes('year') || new Set(parts).size !== parts.length) return undefined;
  return {
    read: reader(parsed),
    hasOffset: parsed.some((token) => token.kind === 'offset'),
    twoDigitYear: hasTwoDigitYear(pattern),
    hasDay: parts.includes('month') && parts.includes('day'),
  };
}

export const hasTwoDigitYear = (pattern: string): boolean => /(^|[^y])yy($|[^y])/.test(pattern);

function tokensOf(pattern: string): Token[] {
  const found: Token[] = [];
  for (const [piece] of pattern.matchAll(/y+|M+|d+|H+|m+|s+|X+|[^yMdHmsX]+/g)) {
    found.push(tokens[piece] ?? { kind: 'literal', text: piece });
  }
  return found;
}

function reader(parsed: readonly Token[]): DatePattern['read'] {
  return (text, parts) => {
    let position = 0;
    for (const token of parsed) {
      if (token.kind === 'literal') {
        if (!text.startsWith(token.text, position)) return false;
        position += token.text.length;
      } else if (token.kind === 'offset') {
        const offset = /^(?:Z|[+-]\d{2}:\d{2})/.exec(text.slice(position))?.[0];
        if (offset === undefined) return false;
        parts.offset = offset;
        position += offset.length;
      } else {
        let value = 0;
        let length = 0;
        for (; length < token.max; length += 1) {
          const code = text.charCodeAt(position + length) - 48;
          if (!(code >= 0 && code <= 9)) break;
          value = value * 10 + code;
        }
        if (length < token.min) return false;
        parts[token.part] = value;
        position += length;
      }
    }
    return position === text.length;
  };
}

const shapeFault = new Fault(
  'date.shape',
  '日期写法与声明的样式不符',
  'is not written in a declared date pattern',
);
const unrealFault = new Fault('date.unreal', '日期不存在', 'is a day that does not exist');
const timeFault = new Fault('date.time', '时间不存在', 'is a time of day that does not exist');

export interface DateSettings {
  readonly patterns: readonly string[];
  readonly calendar: 'gregorian' | 'roc';
  readonly pivot: number;
}

/** Invalid patterns of a field, for the compiler's findings. */
export const badPatterns = (
  patterns: readonly string[],
  zone: string | undefined,
  withTime: boolean,
): string[] =>
  patterns.filter((pattern) => {
    const parsed = datePattern(pattern);
    return parsed === undefined || !parsed.hasDay || (withTime && zone === undefined && !parsed.hasOffset);
  });

const two = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'));

export function dateStep(settings: DateSettings): (text: string) => string | Fault {
  const read = partsReader(settings);
  const dateText = dateWriter();
  return (text) => {
    const parts = read(text);
    return parts instanceof Fault ? parts : dateText(parts);
  };
}

/** @param zone offset for patterns without one, `+08:00` */
export function dateTimeStep(
  settings: DateSettings,
  zone: string | undefined,
): (text: string) => string | Fault {
  const read = partsReader(settings);
  const dateText = dateWriter();
  return (text) => {
    const parts = read(text);
    if (parts instanceof Fault) return parts;
    if (parts.hour > 23 || parts.minute > 59 || parts.second > 59) return timeFault;
    const offset = parts.offset === '' ? (zone ?? 'Z') : parts.offset;
    return `${dateText(parts)}T${two[parts.hour] ?? ''}:${two[parts.minute] ?? ''}:${two[parts.second] ?? ''}${offset}`;
  };
}

/** Dates of these years are formatted once and cached with the step: a file has few days and many rows. */
const cachedYears = { from: 1850, to: 2150 } as const;
const placesOfYear = 13 * 32;

function dateWriter(): (parts: DateParts) => string {
  const stored: (string[] | undefined)[] = Array.from(
    { length: cachedYears.to - cachedYears.from },
    () => undefined,
  );
  return ({ year, month, day }) => {
    const nth = year - cachedYears.from;
    if (nth < 0 || nth >= stored.length) return written(year, month, day);
    // filled at once: access to a sparse array is slower
    const days = (stored[nth] ??= Array.from({ length: placesOfYear }, () => ''));
    const place = month * 32 + day;
    const known = days[place] ?? '';
    return known === '' ? (days[place] = written(year, month, day)) : known;
  };
}

const written = (year: number, month: number, day: number): string =>
  `${String(year).padStart(4, '0')}-${two[month] ?? ''}-${two[day] ?? ''}`;

function partsReader({ patterns, calendar, pivot }: DateSettings): (text: string) => DateParts | Fault {
  const compiled = patterns
    .map(datePattern)
    .filter((pattern): pattern is DatePattern => pattern !== undefined);
  const parts: DateParts = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0, offset: '' };
  return (text) => {
    parts.month = 1;
    parts.day = 1;
    parts.hour = 0;
    parts.minute = 0;
    parts.second = 0;
    parts.offset = '';
    for (const pattern of compiled) {
      if (!pattern.read(text, parts)) continue;
      if (calendar === 'roc') parts.year += 1911;
      else if (pattern.twoDigitYear) parts.year += parts.year >= pivot ? 1900 : 2000;
      return isRealDate(parts.year, parts.month, parts.day) ? parts : unrealFault;
    }
    return shapeFault;
  };
}
