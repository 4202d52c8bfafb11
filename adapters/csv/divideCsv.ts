import type { Division } from '../reading/division.ts';
import { decoderOf } from '../reading/text/decoder.ts';
import { encodingOf, isWide } from '../reading/text/encodings.ts';
import { byteOrderMark } from '../reading/text/sniffEncoding.ts';
import { CsvScanner, lineEnd, type LineEnd } from './csvScanner.ts';
import type { CsvOptions } from './options.ts';
import { candidates, sniffSeparator } from './sniffSeparator.ts';
import { defined } from '../../terms/defined.ts';

/**
 * A CSV file of a declared encoding can be divided at a line end preceded by an even number of quotation marks. In broken lines the number
 * may be odd: the range then ends with an unclosed quote, and its open record is read again together with the following text.
 * @param start the beginning of the file, whole lines
 */
export function divideCsv(options: CsvOptions, start: Uint8Array): Division | undefined {
  const mark = byteOrderMark(start);
  if (options.encoding === 'auto' && mark === undefined) return undefined;
  const encoding = mark?.encoding ?? encodingOf(options.encoding);
  if (isWide(encoding) || !showsColumns(options, encoding, start)) return undefined;
  return {
    maxRecordBytes: options.maxRecordBytes,
    pairs: options.quote === '' ? undefined : options.quote.charCodeAt(0),
    ...(options.blankRows === 'skip' ? {} : { blanks: blanksWith(options) }),
    head: Math.max(0, ...options.headerRows) + 1,
    later: (columns, first): CsvOptions => {
      const from = byteOrderMark(first)?.length ?? 0;
      const text = decoderOf(encoding, false).decode(first.subarray(from, from + 256 * 1024));
      const separator = separatorOf(options, text);
      return {
        ...options,
        ...firstLines(text, separator, options),
        encoding,
        separator,
        headerRows: [],
        columns,
        inside: true,
      };
    },
  };
}

/** Minimum size of the first range in bytes. */
const firstRange = 64 * 1024;

/** Whether the first range determines the columns: without header and names it needs a good record. */
function showsColumns(options: CsvOptions, encoding: string, start: Uint8Array): boolean {
  if (options.headerRows.length > 0 || options.columns !== undefined) return true;
  const text = decoderOf(encoding, false).decode(start.subarray(0, firstRange));
  const scanner = new CsvScanner(separatorOf(options, text), options.quote, options.maxRecordBytes);
  let [good, broken] = [false, false];
  scanner.scan(text, true, {
    record: (_first, cells) => {
      good ||= cells > 0;
      return false;
    },
    broken: () => {
      broken = true;
    },
  });
  return good || !broken;
}

/** Bytes of blank rows: separators, quotation marks, line ends and blanks, among them U+00A0, U+3000 and U+FF0C in GB18030 and UTF-8. */
const blanksWith = ({ separator, quote }: CsvOptions): ReadonlySet<number> =>
  new Set([
    ...Buffer.from(separator === 'auto' ? candidates.join('') : tabOr(separator)),
    ...(separator === 'auto' || separator === '，' ? [0xa3, 0xac] : []),
    ...Buffer.from(`${quote} \t\r\n`),
    ...[0xa0, 0xa1, 0xc2, 0xe3, 0x80],
  ]);

/** How the first line ends, and the cells of the last row of the header. */
function firstLines(
  text: string,
  separator: string,
  { quote, headerRows }: CsvOptions,
): Pick<CsvOptions, 'lineEnd' | 'header'> {
  const last = Math.max(0, ...headerRows);
  const scanner = new CsvScanner(separator, quote, text.length);
  let end: LineEnd = lineEnd.none;
  let header: readonly string[] | undefined;
  const look = (first: number, cells: number, line: number): boolean => {
    if (end === lineEnd.none) end = scanner.ended;
    if (line === last) header = scanner.cells(first, cells);
    return false;
  };
  scanner.scan(text, false, { record: look, broken: () => undefined });
  return { lineEnd: end, ...defined({ header }) };
}

/** The separator that the reader would choose: by the first characters of the first range. */
const separatorOf = (options: CsvOptions, text: string): string =>
  options.separator === 'auto' ? sniffSeparator(text, options.quote) : tabOr(options.separator);

const tabOr = (separator: string): string => (separator === 'tab' ? '\t' : separator);
