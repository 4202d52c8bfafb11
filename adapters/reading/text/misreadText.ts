/**
 * Chinese text in UTF-8 that was read as GBK and stored so: 张三 became 寮犱笁. Written in GBK again, its bytes are UTF-8. Text of any
 * other origin hardly ever is: each of its characters would have to fall on one of few places of the code table.
 */
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

const mayBeMisread = new RegExp(`(?:^|[\\0-\\x7f])[${misreadStarts}][${seconds}]`);
const words = /[^\0-\x7f]+/g;
/** Bytes of two characters: fewer agree by accident. */
const minBytes = 6;

/** Whether a text, of one cell or of many, has a word of two characters or more that was read so. */
export function isMisread(text: string): boolean {
  if (!mayBeMisread.test(text)) return false;
  return (text.match(words) ?? []).some((word) => mayBeMisread.test(word) && isUtf8InGbk(word));
}

function isUtf8InGbk(word: string): boolean {
  let bytes: Uint8Array;
  try {
    // what was lost at the end is of an odd number of bytes
    bytes = encodeGb18030(word.replace(/[\ufffd\ue000-\uf8ff]+$/, ''));
  } catch {
    return false;
  }
  const end = wholeCharacters(bytes);
  return end >= minBytes && readsAsUtf8(bytes, 0, end);
}

/** Where the last whole character of UTF-8 ends: half of one may be left of an odd number of bytes. */
function wholeCharacters(bytes: Uint8Array): number {
  let start = bytes.length - 1;
  while (start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  const lead = bytes[start] ?? 0;
  const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return start + length > bytes.length ? start : bytes.length;
}
