/** Finds personal numbers, mail addresses and plates in free text: one pass, hand-written, linear in the length of the text. */

export const patternIds = ['card', 'email', 'id', 'phone', 'plate'] as const;
export type PatternId = (typeof patternIds)[number];

/** Minimum digits of a run that each pattern hides. Longer runs are hidden too, since they may contain a number. */
const minDigits: Readonly<Partial<Record<PatternId, number>>> = { phone: 7, card: 12, id: 15 };

const isDigit = (code: number): boolean => (code >= 48 && code <= 57) || (code >= 0xff10 && code <= 0xff19);
const isLetter = (code: number): boolean => (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
const isWideLetter = (code: number): boolean =>
  (code >= 0xff21 && code <= 0xff3a) || (code >= 0xff41 && code <= 0xff5a);
const isHan = (code: number): boolean => code >= 0x4e00 && code <= 0x9fff;
const isAt = (code: number): boolean => code === 64 || code === 0xff20;
/** space, hyphens, dots and invisible characters may occur between the digits of one number */
const isJoint = (code: number): boolean =>
  code === 32 ||
  code === 45 ||
  code === 46 ||
  code === 0xb7 ||
  code === 0x3000 ||
  code === 0xff0d ||
  code === 0xad ||
  code === 0xfeff ||
  (code >= 0x2000 && code <= 0x2015) ||
  (code >= 0x2028 && code <= 0x206f);
const isMailSign = (code: number): boolean =>
  isLetter(code) ||
  isWideLetter(code) ||
  isDigit(code) ||
  code === 46 ||
  code === 95 ||
  code === 37 ||
  code === 43 ||
  code === 45 ||
  code === 42 ||
  code === 0xff0e;

/** @param hidden called with each span that was replaced, in code units */
export function redact(
  text: string,
  wanted: ReadonlySet<PatternId>,
  hidden: (from: number, to: number) => void = () => undefined,
): string {
  const scan: Scan = { text, wanted, numbers: minWanted(wanted), noMailBefore: 0 };
  let out = '';
  for (let i = 0; i < text.length;) {
    const end = spanEnd(scan, i);
    if (end > i) {
      hidden(i, end);
      out += '***';
      i = end;
    } else {
      const next = plainEnd(scan, i);
      out += text.slice(i, next);
      i = next;
    }
  }
  return out;
}

interface Scan {
  readonly text: string;
  readonly wanted: ReadonlySet<PatternId>;
  /** minimum digits of a run to hide; Infinity where no number pattern is wanted */
  readonly numbers: number;
  /** no mail address begins before this position: the run up to it is not followed by @ */
  noMailBefore: number;
}

const minWanted = (wanted: ReadonlySet<PatternId>): number =>
  Math.min(Infinity, ...[...wanted].flatMap((pattern) => minDigits[pattern] ?? []));

/** End of a span to hide that begins at i; i when none does. */
function spanEnd(scan: Scan, i: number): number {
  const { text, wanted } = scan;
  if (wanted.has('email') && i >= scan.noMailBefore) {
    const end = mailEnd(scan, i);
    if (end > i) return end;
  }
  if (wanted.has('plate')) {
    const end = plateEnd(text, i);
    if (end > i) return end;
  }
  return isDigit(text.charCodeAt(i)) ? numberEnd(scan, i) : i;
}

/**
 * Position where scanning continues after text that is not hidden: after a whole run, so that no part of it is scanned twice. A run of mail
 * characters ends at its first digit where numbers are wanted, since a number may begin there.
 */
function plainEnd({ text, wanted }: Scan, i: number): number {
  const code = text.charCodeAt(i);
  if (isDigit(code)) {
    let end = i + 1;
    while (isDigit(text.charCodeAt(end))) end += 1;
    return end;
  }
  if (!wanted.has('email') || !isMailSign(code)) return i + 1;
  let end = i + 1;
  while (end < text.length && isMailSign(text.charCodeAt(end)) && !isDigit(text.charCodeAt(end))) end += 1;
  return end;
}

/** Matches a run of digits with single separators between them, including an X after the 17th. */
function numberEnd({ text, numbers }: Scan, i: number): number {
  if (numbers === Infinity) return i;
  let digits = 0;
  let end = i;
  for (let at = i; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isDigit(code)) {
      digits += 1;
      end = at + 1;
    } else if (
      digits === 17 &&
      end === at &&
      (code === 88 || code === 120 || code === 0xff38 || code === 0xff58)
    ) {
      digits += 1;
      end = at + 1;
    } else if (!isJoint(code) || at > end) {
      break;
    }
  }
  return digits >= numbers ? end : i;
}

/** Matches `box@host.tld`, including stars of an earlier mask. A run without @ is recorded, so that each run is scanned once. */
function mailEnd(scan: Scan, i: number): number {
  const { text } = scan;
  let at = i;
  while (at < text.length && isMailSign(text.charCodeAt(at))) at += 1;
  if (at === i || !isAt(text.charCodeAt(at))) {
    scan.noMailBefore = at;
    return i;
  }
  let end = at + 1;
  while (end < text.length && isMailSign(text.charCodeAt(end))) end += 1;
  return end > at + 1 ? end : i;
}

/** Matches a Han character, a letter, an optional dot, then five or six letters or digits at the end of the run. */
function plateEnd(text: string, i: number): number {
  if (!isHan(text.charCodeAt(i)) || !isLetter(text.charCodeAt(i + 1))) return i;
  const dot = text.charCodeAt(i + 2);
  const start = dot === 0xb7 || dot === 46 || dot === 32 || dot === 45 ? i + 3 : i + 2;
  let end = start;
  while (isLetter(text.charCodeAt(end)) || isDigit(text.charCodeAt(end))) end += 1;
  const signs = end - start;
  return signs === 5 || signs === 6 ? end : i;
}
