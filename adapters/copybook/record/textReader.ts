/** Text fields: trims blanks by policy, distinguishes low-values from blanks, and reports every byte that is no character. */
import { TextDecoder } from 'node:util';
import { decoderOf } from '../../reading/text/decoder.ts';
import { encodingOf } from '../../reading/text/encodings.ts';
import { codePage, decodePairs, decodeRange, noCharacter, type CodePage } from '../codePages/codePage.ts';
import { asciiPage } from '../codePages/fieldPage.ts';
import type { RecordSource } from './recordSource.ts';
import type { CopybookOptions } from '../options.ts';
import type { DoubtRule } from './recordState.ts';

/** Text of a range; null where all of it is low-values or high-values; undefined where it needs lenient reading or is no text. */
export type ReadText = (source: RecordSource, start: number, end: number) => string | null | undefined;

/** Result of a lenient reading, with the remaining doubt (none where the meaning is unchanged). */
export interface Forgiven {
  readonly value: string | number | null;
  readonly rule: DoubtRule | undefined;
}
export type Forgive = (source: RecordSource, start: number, end: number) => Forgiven | undefined;

export interface TextReader {
  readonly read: ReadText;
  readonly forgive: Forgive;
}

type Trim = (text: string) => string;

const trims: Readonly<Record<CopybookOptions['trim'], Trim>> = {
  none: (text) => text,
  left: (text) => text.trimStart(),
  right: (text) => text.trimEnd(),
  both: (text) => text.trim(),
};

/** @param fieldPage code page of this field, where it differs */
export function textReader(options: CopybookOptions, fieldPage: string | undefined): TextReader {
  const trim = trims[options.trim];
  const { encoding } = options;
  const ascii =
    fieldPage === undefined ? (encoding === 'ebcdic' ? undefined : encoding) : asciiPage(fieldPage);
  if (ascii !== undefined) return asciiReader(ascii, trim, encoding !== 'ebcdic');
  const page = codePage(fieldPage ?? options.codePage);
  if (page.shifts) return shiftedReader(page, trim, fieldPage === undefined);
  const guess = (fieldPage ?? options.codePage) === 'common' ? codePage('cp037') : undefined;
  const strips = options.trim === 'both' || options.trim === 'right';
  return hostReader(page, { trim, strips, translated: fieldPage === undefined, guess });
}

interface HostText {
  readonly trim: Trim;
  /** whether trailing blanks are removed */
  readonly strips: boolean;
  /** whether the block's text is of this page */
  readonly translated: boolean;
  /** the page that decodes bytes on which the pages of `common` differ */
  readonly guess: CodePage | undefined;
}

/** Single-byte text of a host. */
function hostReader(page: CodePage, { trim, strips, translated, guess }: HostText): TextReader {
  const textOf: (source: RecordSource, start: number, end: number) => string = translated
    ? ({ text }, start, end) => text.slice(start, end)
    : ({ bytes }, start, end) => decodeRange(page, bytes, start, end);
  return {
    read: (source, start, end) => {
      const text = textOf(source, start, end);
      if (!text.includes(noCharacter) && (page.latin || !text.includes('\ufffd'))) return trim(text);
      if (isFilled(source.bytes, start, end)) return null;
      if (!strips) return undefined;
      // low-values that pad a field are removed with its blanks
      let to = end;
      while (to > start && (source.bytes[to - 1] === 0 || source.bytes[to - 1] === 0x40)) to -= 1;
      const shorter = text.slice(0, to - start);
      return shorter.includes(noCharacter) || shorter.includes('\ufffd') ? undefined : trim(shorter);
    },
    forgive: (source, start, end) => {
      const text = textOf(source, start, end);
      if (text.includes('\ufffd')) return undefined;
      const bytes = source.bytes.subarray(start, end);
      if (guess === undefined) return blanked(text, bytes, trim);
      const guessed = decodeRange(guess, source.bytes, start, end).replaceAll(/[^ -~]/g, noCharacter);
      const { value, rule } = blanked(guessed, bytes, trim);
      return {
        value,
        rule: rule ?? (guessed === text ? undefined : 'copybook.page'),
      };
    },
  };
}

const noCharacters = /\u0001/g;

/** Reads controls as blanks: a doubt, unless they are low-values that pad a field. */
function blanked(text: string, bytes: Uint8Array, trim: Trim): Forgiven {
  let [from, to] = [0, text.length];
  while (from < to && isFiller(text, bytes, from)) from += 1;
  while (to > from && isFiller(text, bytes, to - 1)) to -= 1;
  const reported = text.slice(from, to).includes(noCharacter);
  return {
    value: trim(text.replaceAll(noCharacters, ' ')),
    rule: reported ? 'copybook.blanked' : undefined,
  };
}

const isFiller = (text: string, bytes: Uint8Array, at: number): boolean =>
  text[at] === ' ' || (text[at] === noCharacter && bytes[at] === 0);

/** Single-byte and double-byte characters, switched by SO and SI. @param translated whether the block's text is of this page */
function shiftedReader(page: CodePage, trim: Trim, translated: boolean): TextReader {
  const read: ReadText = (source, start, end) => {
    // without shifts and other controls every byte is a character
    const plain = translated ? source.text.slice(start, end) : noCharacter;
    if (!plain.includes(noCharacter) && !plain.includes('\ufffd')) return trim(plain);
    if (isFilled(source.bytes, start, end)) return null;
    const text = decodeRange(page, source.bytes, start, end);
    return text.includes('\ufffd') || text.includes(noCharacter) || !isBalanced(source.bytes, start, end)
      ? undefined
      : trim(text);
  };
  return {
    read,
    forgive: ({ bytes }, start, end) => {
      const text = decodeRange(page, bytes, start, end);
      if (text.includes('\ufffd')) return undefined;
      const value = trim(text.replaceAll(noCharacters, ' '));
      if (!isBalanced(bytes, start, end)) return { value, rule: 'copybook.shift' };
      // bytes and characters do not correspond one to one here: low-values are padding only if all are at the end
      const rule = /\u0001/.test(withoutLowValues(bytes, start, end, page)) ? 'copybook.blanked' : undefined;
      return { value, rule };
    },
  };
}

/** The text before the low-values and blanks that pad a field. */
function withoutLowValues(bytes: Uint8Array, start: number, end: number, page: CodePage): string {
  let to = end;
  while (to > start && (bytes[to - 1] === 0 || bytes[to - 1] === 0x40)) to -= 1;
  return decodeRange(page, bytes, start, to);
}

const SO = 0x0e;
const SI = 0x0f;

/** Whether each SO is followed by its SI, with whole pairs between them. */
function isBalanced(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    if (bytes[at] === SI) return false;
    if (bytes[at] !== SO) continue;
    for (at += 1; at < end && bytes[at] !== SI; at += 2) if (bytes[at] === SO) return false;
    if (at >= end) return false;
  }
  return true;
}

/** ASCII and related encodings; bytes above 7F are decoded field by field. @param plain whether the block's text is its bytes */
function asciiReader(encoding: string, trim: Trim, plain: boolean): TextReader {
  const decoder = encoding === 'ascii' ? undefined : decoderOf(encodingOf(encoding), true);
  const textOf = ({ text, bytes }: RecordSource, start: number, end: number): string =>
    plain ? text.slice(start, end) : bytes.toString('latin1', start, end);
  const decoded = (source: RecordSource, start: number, end: number): string | undefined => {
    const { bytes } = source;
    const text = textOf(source, start, end);
    if (!/[\x80-\xff]/.test(text)) return text;
    try {
      const found = decoder?.decode(bytes.subarray(start, end));
      return found === undefined || /[\x80-\x9f\ufffd]/.test(found) ? undefined : found;
    } catch {
      return undefined;
    }
  };
  return {
    read: (source, start, end) => {
      const text = textOf(source, start, end);
      if (!/[\0-\x1f\x7f-\xff]/.test(text)) return trim(text);
      if (isFilled(source.bytes, start, end)) return null;
      const found = decoded(source, start, end);
      return found === undefined || /[\0-\x1f\x7f]/.test(found) ? undefined : trim(found);
    },
    forgive: (source, start, end) => {
      const found = decoded(source, start, end);
      if (found === undefined) return undefined;
      const reported = /[\0-\x1f\x7f]/.test(withoutFiller(found));
      return {
        value: trim(found.replaceAll(/[\0-\x1f\x7f]/g, ' ')),
        rule: reported ? 'copybook.blanked' : undefined,
      };
    },
  };
}

/** The text between the blanks and low-values that pad it. */
function withoutFiller(text: string): string {
  const isPadding = (at: number): boolean => text[at] === ' ' || text[at] === '\0';
  let [from, to] = [0, text.length];
  while (from < to && isPadding(from)) from += 1;
  while (to > from && isPadding(to - 1)) to -= 1;
  return text.slice(from, to);
}

/** PIC N: UTF-16, most significant byte first. */
export function nationalReader(options: CopybookOptions): ReadText {
  const trim = trims[options.trim];
  const decoder = new TextDecoder('utf-16be', { fatal: true, ignoreBOM: true });
  return (source, start, end) => {
    if (isFilled(source.bytes, start, end)) return null;
    try {
      return trim(decoder.decode(source.bytes.subarray(start, end)));
    } catch {
      return undefined;
    }
  };
}

/** PIC G … DISPLAY-1: double-byte characters without shifts. */
export function dbcsReader(options: CopybookOptions): ReadText {
  const trim = trims[options.trim];
  return (source, start, end) => {
    if (isFilled(source.bytes, start, end)) return null;
    const text = decodePairs(source.bytes, start, end);
    return text.includes('\ufffd') ? undefined : trim(text);
  };
}

/** Whether a field is filled with low-values or high-values. */
function isFilled(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start];
  if (first !== 0 && first !== 0xff) return false;
  for (let i = start + 1; i < end; i += 1) if (bytes[i] !== first) return false;
  return end > start;
}
