/** EBCDIC code pages as decoders of byte ranges. */
import { Problem } from '../../../terms/problem.ts';
import { hostChinese } from './hostChinese.ts';
import { singleBytePages } from './singleByte.ts';

/** Names that options may give. */
export const codePages: readonly string[] = ['common', ...Object.keys(singleBytePages)];

const mixed = new Set(['cp935', 'cp1388']);

export interface CodePage {
  /** one UTF-16 unit a byte; controls are blanks */
  readonly table: Uint16Array;
  /** all of the table is Latin-1, so that a block can be translated byte by byte */
  readonly latin: boolean;
  /** double-byte characters stand between SO and SI */
  readonly shifts: boolean;
}

const made = new Map<string, CodePage>();

/** @throws Problem code_page_unknown */
export function codePage(name: string): CodePage {
  const known = made.get(name);
  if (known !== undefined) return known;
  const high = singleBytePages[name === 'common' ? 'cp037' : name];
  if (high === undefined)
    throw new Problem('code_page_unknown', { page: name.slice(0, 40), known: codePages.join(', ') });
  const table = new Uint16Array(256).fill(0x20);
  for (let i = 0; i < high.length; i += 1) {
    const code = high.charCodeAt(i);
    table[0x40 + i] =
      name === 'common' && (code < 0x20 || code > 0x7e) ? 0x20 : code >= 0x7f && code < 0xa0 ? 0x20 : code;
  }
  const page = { table, latin: table.every((code) => code < 0x100), shifts: mixed.has(name) };
  made.set(name, page);
  return page;
}

const SO = 0x0e;
const SI = 0x0f;

/** Text of a byte range. U+FFFD stands where a byte or a pair has no character. */
export function decodeRange(page: CodePage, bytes: Uint8Array, start: number, end: number): string {
  const codes: number[] = [];
  let double = false;
  for (let i = start; i < end; i += 1) {
    const byte = bytes[i] ?? 0;
    if (page.shifts && byte === SO) double = true;
    else if (page.shifts && byte === SI) double = false;
    else if (double) {
      // a shift that was never closed pads with blanks or low-values
      const pair = i + 1 < end ? (byte << 8) | (bytes[i + 1] ?? 0) : byte << 8;
      codes.push(pair === 0 ? 0x20 : hostChinese(pair));
      i += 1;
    } else codes.push(page.table[byte] ?? 0x20);
  }
  return String.fromCodePoint(...codes);
}

/** Pairs without shifts: PIC G … DISPLAY-1. */
export function decodePairs(bytes: Uint8Array, start: number, end: number): string {
  const codes: number[] = [];
  for (let i = start; i + 1 < end; i += 2) {
    const pair = ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
    codes.push(pair === 0 ? 0x20 : hostChinese(pair));
  }
  return String.fromCodePoint(...codes);
}
