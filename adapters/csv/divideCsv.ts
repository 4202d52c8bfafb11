import type { Division } from '../reading/division.ts';
import { decoderOf } from '../reading/text/decoder.ts';
import { encodingOf, isWide } from '../reading/text/encodings.ts';
import { byteOrderMark } from '../reading/text/sniffEncoding.ts';
import type { CsvOptions } from './options.ts';
import { sniffSeparator } from './sniffSeparator.ts';

/**
 * A CSV file of a declared encoding can be cut at a line end before which quotation marks are even in number. In broken lines they need
 * not be: then the stretch ends with a quote that is not closed, and its open record is read again together with what follows.
 * @param start the beginning of the file, whole lines
 */
export function divideCsv(options: CsvOptions, start: Uint8Array): Division | undefined {
  const mark = byteOrderMark(start);
  if (options.encoding === 'auto' && mark === undefined) return undefined;
  const encoding = mark?.encoding ?? encodingOf(options.encoding);
  if (isWide(encoding)) return undefined;
  return {
    maxRecordBytes: options.maxRecordBytes,
    pairs: options.quote === '' ? undefined : options.quote.charCodeAt(0),
    head: Math.max(0, ...options.headerRows) + 1,
    later: (columns, first): CsvOptions => ({
      ...options,
      encoding,
      separator: separatorOf(options, first, encoding),
      headerRows: [],
      columns,
      inside: true,
    }),
  };
}

/** The separator as the reader finds it: by the first characters of the first stretch. */
function separatorOf(options: CsvOptions, first: Uint8Array, encoding: string): string {
  if (options.separator !== 'auto') return options.separator;
  const from = byteOrderMark(first)?.length ?? 0;
  const text = decoderOf(encoding, false).decode(first.subarray(from, from + 256 * 1024));
  return sniffSeparator(text, options.quote);
}
