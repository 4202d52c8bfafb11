/**
 * Characters and references of XML 1.0: which are allowed, and what text they represent. Line ends are LF here, as the reader converts
 * them.
 */
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { FaultWord } from '../../../terms/factWords.ts';

/** Called with the violated rule and the offset after the violation. Does not return. */
export type Fail = (what: FaultWord | Bilingual, offset: number) => never;

const lineFeed = 10;
const tab = 9;
const space = 32;
const ampersand = 38;
const closingBracket = 93;
const short = 40;

/** Production 2 excludes these; surrogates count only where they are alone. */
const refused = '\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff';
const mayMatter = new RegExp(`[&\\]\\ud800-\\udfff${refused}]`);
const inText = new RegExp(`[${refused}\\ud800-\\udfff]|\\]\\]>|&`, 'gu');
const inValue = new RegExp(`[${refused}\\ud800-\\udfff]|[&<\\t\\n]`, 'gu');
const notCharacter = new RegExp(`[${refused}\\ud800-\\udfff]`, 'u');
const reference = /&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([^#;&<\s][^;&<\s]*));/y;

const predefined = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Whether a text needs no further check: no reference, no bracket, no possibly forbidden character. */
function plain(text: string, lineEnds: boolean): boolean {
  if (text.length > short) return !mayMatter.test(text) && (lineEnds || !/[\t\n<]/.test(text));
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < space ? !lineEnds || (code !== lineFeed && code !== tab) : code === ampersand) return false;
    if (code === closingBracket || code === 60 || (code >= 0xd800 && (code <= 0xdfff || code >= 0xfffe)))
      return false;
  }
  return true;
}

/** Resolves character data. @param at offset of the text, for faults */
export function meantText(text: string, at: number, fail: Fail): string {
  return plain(text, true) ? text : resolved(text, inText, at, fail);
}

/**
 * Resolves the value of an attribute: each white-space character becomes a space, unless it was written as a reference. @param at offset of
 * the value
 */
export function meantValue(text: string, at: number, fail: Fail): string {
  return plain(text, false) ? text : resolved(text, inValue, at, fail);
}

/** Checks the content of comments, CDATA and instructions: every character must be an XML character. */
export function checkCharacters(text: string, at: number, fail: Fail): void {
  if (plain(text, true)) return;
  const found = notCharacter.exec(text);
  if (found !== null) fail('disallowed character', at + found.index + 1);
}

function resolved(text: string, marks: RegExp, at: number, fail: Fail): string {
  let done = 0;
  let out = '';
  marks.lastIndex = 0;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    const { index } = mark;
    out += text.slice(done, index);
    done = index + 1;
    const code = text.charCodeAt(index);
    if (code === ampersand) {
      reference.lastIndex = index;
      const found = reference.exec(text);
      if (found === null) return fail('malformed reference', at + index + 1);
      done = index + found[0].length;
      out += referred(found, at + done, fail);
    } else if (code === lineFeed || code === tab) out += ' ';
    else if (code === closingBracket) fail('the string "]]>" is disallowed in text', at + index + 3);
    else fail('disallowed character', at + index + 1);
  }
  return out + text.slice(done);
}

function referred(found: RegExpExecArray, end: number, fail: Fail): string {
  const [, hex, decimal, entity = ''] = found;
  if (hex === undefined && decimal === undefined)
    return predefined.get(entity) ?? fail('undefined entity', end);
  const code = hex === undefined ? parseInt(decimal ?? '', 10) : parseInt(hex, 16);
  const character = code > 0x10ffff ? '\0' : String.fromCodePoint(code);
  return notCharacter.test(character) ? fail('malformed character reference', end) : character;
}
