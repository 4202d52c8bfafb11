/** EBCDIC code pages as decoders of byte ranges. */
import { hostChinese } from './hostChinese.ts';
import { singleBytePages } from './singleByte.ts';

/** Names that options may give. */
export const codePages: readonly string[] = ['common', ...Object.keys(singleBytePages)];

const mixed = new Set(['cp935', 'cp1388']);

export interface CodePage {
  /** one UTF-16 unit a byte; U+0001 for controls and other bytes that are no characters of this page, U+FFFD for undefined bytes */
  readonly table: Uint16Array;
  /** the whole table is Latin-1, so that a block can be translated byte by byte */
  readonly latin: boolean;
  /** double-byte characters are enclosed by SO and SI */
  readonly shifts: boolean;
}

/** Represents a byte that is no character: no page has this control in a text. */
export const noCharacter = '\u0001';
const none = noCharacter.charCodeAt(0);

/** @param name one of the names that options are validated against (`codePages`, `fieldPages`) */
export function codePage(name: string): CodePage {
  const page = pages.get(name);
  if (page === undefined) throw new TypeError(`no code page ${name}`);
  return page;
}

function pageNamed(name: string): CodePage {
  const high = singleBytePages[name === 'common' ? 'cp037' : name] ?? '';
  const table = new Uint16Array(256).fill(none);
  for (let i = 0; i < high.length; i += 1) {
    const code = high.charCodeAt(i);
    table[0x40 + i] = code >= 0x7f && code < 0xa0 ? none : code;
  }
  if (name === 'common') forgetDifferences(table);
  return { table, latin: table.every((code) => code < 0x100), shifts: mixed.has(name) };
}

/** Removes from the common table each byte that two pages decode differently. */
function forgetDifferences(table: Uint16Array): void {
  for (const high of Object.values(singleBytePages))
    for (let i = 0; i < high.length; i += 1)
      if (table[0x40 + i] !== high.charCodeAt(i)) table[0x40 + i] = none;
}

const pages: ReadonlyMap<string, CodePage> = new Map(codePages.map((name) => [name, pageNamed(name)]));

const SO = 0x0e;
const SI = 0x0f;

/** Text of a byte range. U+FFFD replaces a byte or a pair without a character. */
export function decodeRange(page: CodePage, bytes: Uint8Array, start: number, end: number): string {
  const codes: number[] = [];
  let double = false;
  for (let i = start; i < end; i += 1) {
    const byte = bytes[i] ?? 0;
    if (page.shifts && byte === SO) double = true;
    else if (page.shifts && byte === SI) double = false;
    else if (double) {
      // after a shift that was never closed come padding blanks or low-values
      const pair = i + 1 < end ? (byte << 8) | (bytes[i + 1] ?? 0) : byte << 8;
      codes.push(pair === 0 ? 0x20 : hostChinese(pair));
      i += 1;
    } else codes.push(page.table[byte] ?? none);
  }
  return textOf(codes);
}

/** Pairs without shifts: PIC G … DISPLAY-1. */
export function decodePairs(bytes: Uint8Array, start: number, end: number): string {
  const codes: number[] = [];
  for (let i = start; i + 1 < end; i += 2) {
    const pair = ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
    codes.push(pair === 0 ? 0x20 : hostChinese(pair));
  }
  return textOf(codes);
}

/** Number of arguments that is safe in one call. */
const atOnce = 4096;

function textOf(codes: readonly number[]): string {
  if (codes.length <= atOnce) return String.fromCodePoint(...codes);
  let text = '';
  for (let at = 0; at < codes.length; at += atOnce)
    text += String.fromCodePoint(...codes.slice(at, at + atOnce));
  return text;
}
