/** Text fields: blanks trimmed by policy, low-values told from blanks. */
import { TextDecoder } from 'node:util';
import { codePage, decodePairs, decodeRange } from './codePages/codePage.ts';
import type { RecordSource } from './recordSource.ts';
import type { CopybookOptions } from './options.ts';

/** Text of a range; null where all of it is low-values; undefined where bytes have no character. */
export type ReadText = (source: RecordSource, start: number, end: number) => string | null | undefined;

type Trim = (text: string) => string;
const controls = /[\0-\x1f]/g;

const trims: Readonly<Record<CopybookOptions['trim'], Trim>> = {
  none: (text) => text,
  left: (text) => text.replace(/^[\s\0]+/, ''),
  right: (text) => text.replace(/[\s\0]+$/, ''),
  both: (text) => text.trim(),
};

/** @param fieldPage code page of this field, where it differs */
export function textReader(options: CopybookOptions, fieldPage: string | undefined): ReadText {
  const trim = trims[options.trim];
  if (options.encoding === 'gb18030' && fieldPage === undefined) return gbReader(trim);
  const name = fieldPage ?? (options.encoding === 'ebcdic' ? options.codePage : undefined);
  const page = name === undefined ? undefined : codePage(name);
  if (page !== undefined && (page.shifts || fieldPage !== undefined)) {
    return (source, start, end) => {
      if (lowValues(source.bytes, start, end)) return null;
      const text = decodeRange(page, source.bytes, start, end);
      return text.includes('\ufffd') ? undefined : trim(text);
    };
  }
  const ascii = page === undefined;
  return (source, start, end) => {
    const text = source.text.slice(start, end);
    const clean = trim(ascii && controls.test(text) ? text.replaceAll(controls, ' ') : text);
    return clean === '' && lowValues(source.bytes, start, end) ? null : clean;
  };
}

function gbReader(trim: Trim): ReadText {
  const decoder = new TextDecoder('gb18030', { fatal: true, ignoreBOM: true });
  return (source, start, end) => {
    let text = source.text.slice(start, end);
    if (/[\x80-\xff]/.test(text)) {
      try {
        text = decoder.decode(source.bytes.subarray(start, end));
      } catch {
        return undefined;
      }
    }
    const clean = trim(controls.test(text) ? text.replaceAll(controls, ' ') : text);
    return clean === '' && lowValues(source.bytes, start, end) ? null : clean;
  };
}

/** PIC N: UTF-16, most significant byte first. */
export function nationalReader(options: CopybookOptions): ReadText {
  const trim = trims[options.trim];
  const decoder = new TextDecoder('utf-16be', { fatal: true, ignoreBOM: true });
  return (source, start, end) => {
    if (lowValues(source.bytes, start, end)) return null;
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
    if (lowValues(source.bytes, start, end)) return null;
    const text = decodePairs(source.bytes, start, end);
    return text.includes('\ufffd') ? undefined : trim(text);
  };
}

function lowValues(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i += 1) if (bytes[i] !== 0) return false;
  return end > start;
}
