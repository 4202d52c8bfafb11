/**
 * Detects Chinese text in UTF-8 that was read as GBK and stored so: 张三 became 寮犱笁. Encoded in GBK again, its bytes are UTF-8. Text of any
 * other origin hardly ever is: each of its characters would have to be at one of few positions of the code table.
 */
import { littleEndian } from './littleEndian.ts';
import { lazily } from '../../../terms/lazily.ts';
import { encodeGb18030 } from '../../../terms/gb18030.ts';
import { readsAsUtf8 } from './utf8Lines.ts';

/** The characters of GBK whose bytes are in these ranges, both ends included. */
function charactersOf(leads: readonly number[], trails: readonly number[]): string {
  const pairs = leads.flatMap((lead) => trails.flatMap((trail) => (trail === 0x7f ? [] : [lead, trail])));
  return [...new Set(new TextDecoder('gb18030').decode(Uint8Array.from(pairs)))]
    .filter((character) => character >= '\u4e00' && character <= '\u9fff')
    .join('');
}

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** First and second byte of a Chinese character in UTF-8, read as GBK: rare characters, some of given names among them. */
export const misreadStarts = charactersOf(range(0xe4, 0xe9), range(0x80, 0xbf));
/** Its third byte and the first of the next one. */
const seconds = charactersOf(range(0x81, 0xbf), [0xe2, ...range(0xe3, 0xe9), 0xef]);

const isStart = 1;
const isSecond = 2;
/** of characters that are neither Chinese nor ASCII, and of 屯, 烫 and 锟: other signs of damage contain one */
const isOther = 4;
const others = /[\x7f-\u200f\u2028-\u206f\u3164\u5c6f\u70eb\u951f\ud800-\uff00\uff5f-\uffff]/;
/** Roles of each UTF-16 unit: a table lookup takes two thirds of the time of a pattern with such classes. */
const roles = lazily(() => {
  const table = new Uint8Array(65_536);
  const add = (characters: string, role: number): void => {
    for (let i = 0; i < characters.length; i += 1) {
      const unit = characters.charCodeAt(i);
      table[unit] = (table[unit] ?? 0) | role;
    }
  };
  add(misreadStarts, isStart);
  add(seconds, isSecond);
  for (let unit = 0; unit < table.length; unit += 1)
    if (others.test(String.fromCharCode(unit))) table[unit] = (table[unit] ?? 0) | isOther;
  return table;
});

/** Whether a word of the text begins like a misread one. */
function mayBeMisread(text: string): boolean {
  const units = unitsOf(text);
  if (units !== undefined && !rolesIn(units).pair) return false;
  const table = roles();
  for (let i = 0; i < text.length; i += 1) {
    if (((table[text.charCodeAt(i)] ?? 0) & isStart) === 0) continue;
    const isPair = ((table[text.charCodeAt(i + 1)] ?? 0) & isSecond) !== 0;
    if (isPair && (i === 0 || text.charCodeAt(i - 1) < 0x80)) return true;
  }
  return false;
}

/** Length in units from which an array is created first, which is scanned in a quarter of the time. */
const longText = 2_048;

/** The units of a long text; undefined for others, and on big-endian machines. */
function unitsOf(text: string): Uint16Array | undefined {
  if (text.length <= longText) return undefined;
  const bytes = Buffer.from(text, 'utf16le');
  if (bytes.byteOffset % 4 !== 0 || !littleEndian) return undefined;
  return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
}

/** One pass: whether there is a pair of misread characters, and whether there is a character that other signs of damage contain. */
function rolesIn(units: Uint16Array): { readonly pair: boolean; readonly other: boolean } {
  const table = roles();
  const inPairs = new Uint32Array(units.buffer, units.byteOffset, units.length >> 1);
  let all = 0;
  let pair = false;
  const add = (i: number): void => {
    const role = table[units[i] ?? 0] ?? 0;
    all |= role;
    if ((role & isStart) !== 0 && ((table[units[i + 1] ?? 0] ?? 0) & isSecond) !== 0) pair = true;
  };
  for (let i = 0; i < inPairs.length; i += 1) {
    // most text is ASCII, of which only DEL has a role
    if (((inPairs[i] ?? 0) & 0xff80ff80) === 0) continue;
    add(i * 2);
    add(i * 2 + 1);
  }
  if (units.length % 2 === 1) add(units.length - 1);
  return { pair, other: (all & isOther) !== 0 };
}

/** Whether a text of XML characters may contain a sign of damage: misread words, or a character that is neither Chinese nor ASCII. */
export function mayBeDamaged(text: string): boolean {
  const units = unitsOf(text);
  if (units === undefined) return others.test(text) || isMisread(text);
  const { pair, other } = rolesIn(units);
  return other || text.includes('\x7f') || (pair && isMisread(text));
}

const words = /[^\0-\x7f]+/g;
/** Minimum number of bytes, those of two characters: fewer match by accident. */
const minBytes = 6;

/** Whether a text, of one cell or of many, contains a misread word of two characters or more. */
export function isMisread(text: string): boolean {
  if (!mayBeMisread(text)) return false;
  return (text.match(words) ?? []).some((word) => mayBeMisread(word) && isUtf8InGbk(word));
}

function isUtf8InGbk(word: string): boolean {
  let bytes: Uint8Array;
  try {
    // characters lost at the end had an odd number of bytes
    bytes = encodeGb18030(word.slice(0, endBeforeLost(word)));
  } catch {
    return false;
  }
  const end = wholeCharacters(bytes);
  return end >= minBytes && readsAsUtf8(bytes, 0, end);
}

/** Where the signs of lost characters at the end of a word begin. A pattern would read a run of them again from each of its characters. */
function endBeforeLost(word: string): number {
  const isLost = (unit: number): boolean => unit === 0xfffd || (unit >= 0xe000 && unit <= 0xf8ff);
  let end = word.length;
  while (end > 0 && isLost(word.charCodeAt(end - 1))) end -= 1;
  return end;
}

/** End of the last whole UTF-8 character: an odd number of bytes may leave half of one. */
function wholeCharacters(bytes: Uint8Array): number {
  let start = bytes.length - 1;
  while (start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  const lead = bytes[start] ?? 0;
  const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return start + length > bytes.length ? start : bytes.length;
}
