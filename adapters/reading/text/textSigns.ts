/**
 * Signs that a text may differ from the intended one: invisible characters, and remains of text that was decoded wrongly before it was
 * stored. Every format uses them; they are a doubt, never a problem.
 */
import { classOfValue, type RowProblem } from '../../../terms/rowProblem.ts';
import { rowRules } from '../rowRules.ts';
import type { CellPlace } from './cellFaults.ts';
import { isMisread } from './misreadText.ts';

export type TextSign = 'text.invisible' | 'encoding.mojibake';

/** Controls except TAB, LF and CR; soft hyphen, zero width, fillers of Hangul, bidi marks, line and paragraph separators, inner byte order marks. */
export const invisibleCharacters =
  '\\u0001-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2064\\u2066-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb';

/** Letters of windows-1252 beyond ASCII. */
const letters = '\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u00fe';
/** Characters that begin some matches of `mojibake`; in Chinese text they are rare. */
export const mojibakeCharacters = '锟烫屯ÃÂïâ';
/** All characters that begin a match of `mojibake`. */
export const mojibakeStarts = `${mojibakeCharacters}${letters}`;

/** A lead and the trail of UTF-8 that was read as windows-1252. */
const trail = '\\u0080-\\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';
/** The first byte of a GB2312 character as windows-1252 shows it, where it is a letter: ×××× and °° are marks. */
const pair = '[\\u00c0-\\u00d6\\u00d8-\\u00f6][\\u00a1-\\u00fe]';
/** Two Chinese characters as windows-1252 shows them: in UTF-8, or in GB2312. */
export const mojibakeRuns = `(?:[ä-é][${trail}]{2}){2}|${pair}${pair}`;
/**
 * U+FFFD in UTF-8 read as GBK (锟斤拷) or windows-1252 (ï¿½), memory that a debugger filled (烫烫烫, 屯屯屯), and Latin text in UTF-8 that was read
 * as windows-1252 (Ã¤). Also two Chinese characters in UTF-8 (å¼ ä¸‰) or in GB2312 (ÕÅÈý) that were read so.
 */
const mojibake = new RegExp(
  `锟斤拷|^[烫屯]{2,}$|烫{3}|屯{3}|ï¿½|ï»¿|â€[${trail}]|[ÃÂ][${trail}]|${mojibakeRuns}`,
);
const invisible = new RegExp(`[${invisibleCharacters}]`);
const invisibles = new RegExp(`[${invisibleCharacters}]`, 'g');
const either = new RegExp(`[${invisibleCharacters}${mojibakeStarts}]`);

/** The sign of damage in a text; undefined for nearly every text. */
export function textSign(text: string): TextSign | undefined {
  if (isMisread(text)) return 'encoding.mojibake';
  if (!either.test(text)) return undefined;
  if (mojibake.test(text)) return 'encoding.mojibake';
  return invisible.test(text) ? 'text.invisible' : undefined;
}

/** The doubt about a cell, or a value of a tree, whose text contains a sign. */
export function textDoubt(text: string, place: CellPlace): RowProblem | undefined {
  const rule = textSign(text);
  if (rule === undefined) return undefined;
  return { ...place, field: '', rule, got: classOfValue(text, false), message: rowRules[rule] };
}

/** The text without invisible characters. */
export const visibleText = (text: string): string =>
  either.test(text) ? text.replaceAll(invisibles, '') : text;

const otherEncodings: ReadonlySet<string> = new Set(['encoding.mixed', 'encoding.contradicted']);

/** The doubts about a record without repetitions: text in another encoding also has the signs of an earlier wrong decoding. */
export function withoutEchoes<T extends { readonly rule: string }>(doubts: readonly T[]): readonly T[] {
  return doubts.length > 1 && doubts.some(({ rule }) => otherEncodings.has(rule))
    ? doubts.filter(({ rule }) => rule !== 'encoding.mojibake')
    : doubts;
}
