/**
 * Signs that a text may not be what was meant: characters that cannot be seen, and what is left of text that was decoded wrongly before it
 * was stored. Every format uses them; they are a doubt, never a problem.
 */
import { classOfValue, type RowProblem } from '../../../terms/rowProblem.ts';
import { rowRules } from '../rowRules.ts';
import type { CellPlace } from './cellFaults.ts';

export type TextSign = 'text.invisible' | 'encoding.mojibake';

/** Controls but TAB, LF and CR; soft hyphen, zero width, bidi marks, line and paragraph separators, inner byte order marks. */
export const invisibleCharacters =
  '\\u0001-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2064\\u2066-\\u206f\\ufeff\\ufff9-\\ufffb';

/** Characters that begin what `mojibake` finds; in Chinese text they are rare. */
export const mojibakeCharacters = '锟烫屯ÃÂïâ';

/** A lead and the trail of UTF-8 that was read as windows-1252. */
const trail = '\\u0080-\\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';
/**
 * U+FFFD in UTF-8 read as GBK (锟斤拷) or windows-1252 (ï¿½), memory that a debugger filled (烫烫烫, 屯屯屯), and Latin text in UTF-8 that
 * was read as windows-1252 (Ã¤).
 */
const mojibake = new RegExp(`锟斤拷|^[烫屯]{2,}$|烫{3}|屯{3}|ï¿½|ï»¿|â€[${trail}]|[ÃÂ][${trail}]`);
const invisible = new RegExp(`[${invisibleCharacters}]`);
const invisibles = new RegExp(`[${invisibleCharacters}]`, 'g');
const either = new RegExp(`[${invisibleCharacters}${mojibakeCharacters}]`);

/** The sign that a text shows; undefined for nearly every text. */
export function textSign(text: string): TextSign | undefined {
  if (!either.test(text)) return undefined;
  if (mojibake.test(text)) return 'encoding.mojibake';
  return invisible.test(text) ? 'text.invisible' : undefined;
}

/** The doubt about a cell, or a value of a tree, whose text shows a sign. */
export function textDoubt(text: string, place: CellPlace): RowProblem | undefined {
  const rule = textSign(text);
  if (rule === undefined) return undefined;
  return { ...place, field: '', rule, got: classOfValue(text, false), message: rowRules[rule] };
}

/** The text without the characters that cannot be seen. */
export const visibleText = (text: string): string =>
  either.test(text) ? text.replaceAll(invisibles, '') : text;
