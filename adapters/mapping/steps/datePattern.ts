/**
 * Date patterns, compiled: yyyy, yyy (民国, 1–3 digits), yy, MM, M, dd, d, HH, H, mm, m, ss, s, XXX (offset); any other character is literal.
 * One letter takes one or two digits.
 */
export interface DateParts {
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
  | { readonly kind: 'digits'; readonly part: PartName; readonly least: number; readonly most: number }
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'offset' };

const tokens: Readonly<Record<string, Token>> = {
  yyyy: { kind: 'digits', part: 'year', least: 4, most: 4 },
  yyy: { kind: 'digits', part: 'year', least: 1, most: 3 },
  yy: { kind: 'digits', part: 'year', least: 2, most: 2 },
  MM: { kind: 'digits', part: 'month', least: 2, most: 2 },
  M: { kind: 'digits', part: 'month', least: 1, most: 2 },
  dd: { kind: 'digits', part: 'day', least: 2, most: 2 },
  d: { kind: 'digits', part: 'day', least: 1, most: 2 },
  HH: { kind: 'digits', part: 'hour', least: 2, most: 2 },
  H: { kind: 'digits', part: 'hour', least: 1, most: 2 },
  mm: { kind: 'digits', part: 'minute', least: 2, most: 2 },
  m: { kind: 'digits', part: 'minute', least: 1, most: 2 },
  ss: { kind: 'digits', part: 'second', least: 2, most: 2 },
  s: { kind: 'digits', part: 'second', least: 1, most: 2 },
  XXX: { kind: 'offset' },
};

export interface DatePattern {
  /** Fills `parts`; false where the text has another shape. */
  readonly read: (text: string, parts: DateParts) => boolean;
  readonly hasOffset: boolean;
  readonly twoDigitYear: boolean;
  readonly hasDay: boolean;
}

/** Undefined where the pattern names no year, or a part twice. */
export function datePattern(pattern: string): DatePattern | undefined {
  const parsed = tokensOf(pattern);
  const parts = parsed.flatMap((token) => (token.kind === 'digits' ? [token.part] : []));
  if (!parts.includes('year') || new Set(parts).size !== parts.length) return undefined;
  return {
    read: reader(parsed),
    hasOffset: parsed.some((token) => token.kind === 'offset'),
    twoDigitYear: /(^|[^y])yy($|[^y])/.test(pattern),
    hasDay: parts.includes('month') && parts.includes('day'),
  };
}

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
        let digits = 0;
        for (; digits < token.most; digits += 1) {
          const code = text.charCodeAt(position + digits) - 48;
          if (!(code >= 0 && code <= 9)) break;
          value = value * 10 + code;
        }
        if (digits < token.least) return false;
        parts[token.part] = value;
        position += digits;
      }
    }
    return position === text.length;
  };
}
