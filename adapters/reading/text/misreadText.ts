/**
 * Detects Chinese text in UTF-8 that was read as GBK and stored so: 张三 became 寮犱笁. Encoded in GBK again, its bytes are UTF-8. Text of any
 * other origin hardly ever is: each of its characters would have to be at one of few positions of the code table.
 */
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
  return table;
});

/** Whether a word of the text begins like a misread one. */
function mayBeMisread(text: string): boolean {
  const units = text.length > longText ? unitsOf(text) : undefined;
  if (units !== undefined && !hasPair(units)) return false;
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

/** The units of a text; undefined on big-endian machines. */
function unitsOf(text: string): Uint16Array | undefined {
  const bytes = Buffer.from(text, 'utf16le');
  if (bytes.byteOffset % 2 !== 0 || new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) return undefined;
  return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
}

function hasPair(units: Uint16Array): boolean {
  const table = roles();
  let before = 0;
  for (let i = 0; i < units.length; i += 1) {
    const role = table[units[i] ?? 0] ?? 0;
    if ((before & isStart) !== 0 && (role & isSecond) !== 0) return true;
    before = role;
  }
  return false;
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
    bytes = encodeGb18030(word.replace(/[\ufffd\ue000-\uf8ff]+$/, ''));
  } catch {
    return false;
  }
  const end = wholeCharacters(bytes);
  return end >= minBytes && readsAsUtf8(bytes, 0, end);
}

/** End of the last whole UTF-8 character: an odd number of bytes may leave half of one. */
function wholeCharacters(bytes: Uint8Array): number {
  let start = bytes.length - 1;
  while (start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  const lead = bytes[start] ?? 0;
  const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return start + length > bytes.length ? start : bytes.length;
}
