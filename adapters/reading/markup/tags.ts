/** Start tags with their attributes, and end tags, as written in the document. */
import { meantValue, type Fail } from './characters.ts';
import { checkName, type Attributes } from './scope.ts';

export interface StartTag {
  readonly qualified: string;
  readonly attributes: Attributes;
  readonly empty: boolean;
  /** offset after the tag */
  readonly end: number;
}

/** In place of an offset: the text ends before the markup does. */
export const unfinished = -1;

const slash = 47;
const equals = 61;
const greater = 62;
const doubleQuote = 34;
const singleQuote = 39;

const isSpace = (code: number): boolean => code === 32 || code === 10 || code === 9;

/** Latest end of a name: at white space, or a character with a meaning in markup. */
function nameEnd(text: string, from: number): number {
  for (let at = from; ; at += 1) {
    const code = text.charCodeAt(at);
    if (code > greater) continue;
    if (code >= 48 && code <= 58) continue;
    if (code === 45 || code === 46) continue;
    return at;
  }
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

/**
 * @param at offset of the `<`
 * @returns undefined when the text ends before the tag does
 */
export function startTag(text: string, at: number, fail: Fail): StartTag | undefined {
  let next = nameEnd(text, at + 1);
  if (next === text.length) return undefined;
  const qualified = text.slice(at + 1, next);
  checkName(qualified, at + 1, 'tag name', fail);
  const attributes: [string, string][] = [];
  for (;;) {
    const from = skipSpace(text, next);
    const code = text.charCodeAt(from);
    if (from === text.length) return undefined;
    if (code === greater) return finished(qualified, attributes, false, from + 1, fail);
    if (code === slash) {
      if (from + 1 === text.length) return undefined;
      if (text.charCodeAt(from + 1) === greater) return finished(qualified, attributes, true, from + 2, fail);
      return fail('forward-slash in opening tag not followed by >', from + 2);
    }
    if (from === next)
      fail(
        attributes.length === 0 ? 'disallowed character in tag name' : 'no white space between attributes',
        from + 1,
      );
    next = attribute(text, from, attributes, fail);
    if (next < 0) return undefined;
  }
}

/** @returns offset after the attribute; `unfinished` when the text ends first */
function attribute(text: string, from: number, attributes: [string, string][], fail: Fail): number {
  const end = nameEnd(text, from);
  if (end === text.length) return unfinished;
  const name = text.slice(from, end);
  checkName(name, from, 'attribute name', fail);
  let at = skipSpace(text, end);
  if (at === text.length) return unfinished;
  if (text.charCodeAt(at) !== equals) fail('attribute without value', at + 1);
  at = skipSpace(text, at + 1);
  if (at === text.length) return unfinished;
  const quote = text.charCodeAt(at);
  if (quote !== doubleQuote && quote !== singleQuote) fail('unquoted attribute value', at + 1);
  const close = text.indexOf(quote === doubleQuote ? '"' : "'", at + 1);
  if (close < 0) {
    const open = text.indexOf('<', at);
    if (open >= 0) fail('disallowed character', open + 1);
    return unfinished;
  }
  attributes.push([name, meantValue(text.slice(at + 1, close), at + 1, fail)]);
  return close + 1;
}

function finished(
  qualified: string,
  attributes: Attributes,
  empty: boolean,
  end: number,
  fail: Fail,
): StartTag {
  if (attributes.length > 1 && new Set(attributes.map(([name]) => name)).size < attributes.length)
    fail('duplicate attribute', end);
  return { qualified, attributes, empty, end };
}

const ending = /<\/([^\s<>/"'=&]*)[ \t\n]*(>?)/y;

/** @param open name of the element that must end here @returns offset after the end tag, or `unfinished` */
export function endTag(text: string, at: number, open: string | undefined, fail: Fail): number {
  ending.lastIndex = at;
  const [whole = '', name = '', close] = ending.exec(text) ?? [];
  const end = at + whole.length;
  if (name !== open && name !== '') checkName(name, at + 2, 'closing tag', fail);
  if (close !== '>' && end === text.length) return unfinished;
  if (close !== '>') fail('disallowed character in closing tag', end + 1);
  if (name !== open) fail('unexpected close tag', end);
  return end;
}
