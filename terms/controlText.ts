/** The sender's control totals of a file (对账文件), as text: read by the command line and by a browser. */

export interface ControlText {
  readonly rows?: number;
  readonly sha256?: string;
  /** exact sums, by column or field */
  readonly sums?: Readonly<Record<string, string>>;
}

interface Totals {
  rows?: number;
  sha256?: string;
  sums?: Record<string, string>;
}

const names: ReadonlyMap<string, 'rows' | 'sha256'> = new Map([
  ['rows', 'rows'],
  ['行数', 'rows'],
  ['记录数', 'rows'],
  ['总行数', 'rows'],
  ['sha256', 'sha256'],
  ['摘要', 'sha256'],
]);
const forms = {
  rows: /^\d{1,12}$/,
  sha256: /^[0-9a-f]{64}$/i,
  sum: /^-?\d{1,30}(\.\d{1,15})?$/,
} as const;
const sumName = /^(?:sum|合计)[.·:：]\s*(.+)$/i;
const line = /^([^=\t]+)[=\t](.*)$/;

/**
 * One name and value per line (`rows=1200`, `合计.年收入（元）=1,234.50`, `sha256=…`); lines that begin with # are comments. Commas may separate
 * thousands. A name that occurs twice is rejected.
 * @returns the number (from 1) of the first unreadable line; 1 for an empty text
 */
export function readControlText(text: string): ControlText | { readonly unreadable: number } {
  const found: Totals = {};
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  for (const [i, one] of lines.entries()) {
    if (one.trim() === '' || one.startsWith('#')) continue;
    if (!addTotal(one, found)) return { unreadable: i + 1 };
  }
  return Object.keys(found).length === 0 ? { unreadable: 1 } : found;
}

/** Adds the total of one line. @returns false where the line is unreadable, or its name has occurred before */
function addTotal(text: string, found: Totals): boolean {
  const [, name = '', written = ''] = line.exec(text)?.map((part) => part.trim()) ?? [];
  const value = written.replaceAll(',', '');
  const sum = sumName.exec(name)?.[1];
  if (sum !== undefined) {
    if (!forms.sum.test(value) || Object.hasOwn(found.sums ?? {}, sum)) return false;
    found.sums = { ...found.sums, [sum]: value };
    return true;
  }
  const total = names.get(name.toLowerCase());
  if (total === undefined || found[total] !== undefined || !forms[total].test(value)) return false;
  if (total === 'rows') found.rows = Number(value);
  else found.sha256 = value.toLowerCase();
  return true;
}

/**
 * Finds invisible characters, and letters that look like others. A terminal interprets some of them (C0, C1), and others reorder
 * displayed text (bidirectional controls). Line ends and tabs are not hidden characters; `escapeLine` escapes them too.
 */

/** Control (C0, C1), format (bidirectional, zero-width, soft hyphen, byte order mark, tags), line separators, blank letters, lone surrogates. */
const hidden = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0]/u;

const allHidden = new RegExp(hidden.source, 'gu');

/** Each UTF-16 unit as `\u009b`: inside a JSON string this is the same value. */
const escaped = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** The text with every hidden character as `\u009b`; line ends and tabs are unchanged. The JSON value does not change. */
export const escapeHidden = (text: string): string => text.replace(allHidden, escaped);

/** The same for a text that fills one line or one cell: line ends and tabs become `\n` and `\t`. */
export const escapeLine = (text: string): string =>
  escapeHidden(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');

/** `U+202E` */
const codePointOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** The first hidden character of a text as `U+202E`. @param lines false if line ends and tabs count as hidden */
export function hiddenCharacterIn(text: string, lines: boolean): string | undefined {
  const found = hidden.exec(text)?.[0] ?? (lines ? undefined : /[\n\t]/.exec(text)?.[0]);
  return found === undefined ? undefined : codePointOf(found);
}

/** Letters of other scripts that are drawn like Latin ones. Greek letters used as signs (μ, Ω, Δ, β, …) do not count. */
const lookAlike =
  /[\p{Script=Cyrillic}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}\u0391\u0392\u0395-\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03b1\u03b9\u03ba\u03bd\u03bf\u03c1\u03c5\u03c7\u03f2\u03f3]/u;

const words = /\p{L}[\p{L}\p{M}\p{N}]*/gu;

/** The first letter of another script in a word of Latin letters, as `U+0456` (Cyrillic і in «Admіn»). */
export function lookAlikeIn(text: string): string | undefined {
  if (!lookAlike.test(text)) return undefined;
  for (const [word] of text.matchAll(words)) {
    const letter = lookAlike.exec(word)?.[0];
    if (letter !== undefined && /\p{Script=Latin}/u.test(word)) return codePointOf(letter);
  }
  return undefined;
}

/** Available in browsers from Chromium 111 on; the console is built for 109. */
const method = (String.prototype as { readonly isWellFormed?: (this: string) => boolean }).isWellFormed;

/** Whether a text contains no lone surrogate. */
export const isWellFormed: (text: string) => boolean =
  method === undefined ? hasNoLoneSurrogate : (text) => method.call(text);

/** The same check by a regular expression. */
export function hasNoLoneSurrogate(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** Whether every character is an ASCII digit; true for ''. */
export function isDigits(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return true;
}
