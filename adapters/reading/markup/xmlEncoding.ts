import { encodingOf } from '../text/encodings.ts';
import { byteOrderMark, wideWithoutMark } from '../text/sniffEncoding.ts';
import { startBytes } from '../text/streamText.ts';

/**
 * Determines the encoding of an XML file: by its byte order mark, the options, its declaration, else UTF-8. @throws Problem
 * encoding_unknown
 */
export function xmlEncoding(start: Uint8Array, label: string): string {
  const mark = byteOrderMark(start);
  if (mark !== undefined) return mark.encoding;
  if (label !== 'auto') return encodingOf(label);
  const wide = wideWithoutMark(start.subarray(0, 256));
  if (wide !== undefined) return wide;
  const head = Buffer.from(start.subarray(0, startBytes)).toString('latin1');
  const declared = /^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1];
  return encodingOf(declared ?? 'utf-8');
}
