/** Doubts about fixed-width records: a different encoding among them, and columns that were padded by characters. */
import type { RowProblem } from '../../terms/rowProblem.ts';
import { recordProblem } from '../reading/rowRules.ts';
import { decoderOf } from '../reading/text/decoder.ts';
import { readsAsUtf8 } from '../reading/text/utf8Lines.ts';
import { isDoubted } from './lineEndDoubt.ts';
import type { ByteRecords } from './fixedRecords.ts';

/** The doubt about a record whose bytes are UTF-8 in a file of another encoding. */
function mixedDoubt(
  encoding: string,
  bytes: Uint8Array,
  start: number,
  end: number,
  line: number,
): RowProblem | undefined {
  if (encoding === 'utf-8' || !readsAsUtf8(bytes, start, end)) return undefined;
  const facts = { declared: encoding, encoding: 'utf-8' };
  return recordProblem(line, 'encoding.mixed', `${end - start} bytes`, facts);
}

/** Form feeds of a printed page: they shift the columns of their line. */
const formFeed = 0x0c;

/** Doubts about a record: its encoding, a line end that may have split or shifted it, and characters that shift its columns. */
export function recordDoubts(
  { bytes, ranges, lines, lineEndDoubts }: ByteRecords,
  index: number,
  { encoding, least }: { readonly encoding: string; readonly least: number },
): readonly RowProblem[] {
  const start = ranges[index * 2] ?? 0;
  const end = ranges[index * 2 + 1] ?? 0;
  const line = lines[index] ?? 0;
  const mixed = mixedDoubt(encoding, bytes, start, end, line);
  const isAtOddEnd = isDoubted(lineEndDoubts?.get(index), end - start < least);
  if (mixed === undefined && !isAtOddEnd && bytes[start] !== formFeed) return nothing;
  const got = `${end - start} bytes`;
  return [
    ...(mixed === undefined ? [] : [mixed]),
    ...(isAtOddEnd ? [recordProblem(line, 'lines.end', got)] : []),
    ...(bytes[start] === formFeed ? [recordProblem(line, 'text.invisible', got)] : []),
  ];
}

const nothing: readonly RowProblem[] = [];

const ofSeveralBytes: ReadonlySet<string> = new Set([
  'gb18030',
  'utf-8',
  'big5',
  'shift_jis',
  'euc-jp',
  'euc-kr',
]);

/** Number of records examined, and number that must agree where their columns do not end with them. */
const sample = 1_000;
const enough = 5;

/**
 * Doubt about a file whose lines have equal numbers of characters, but not of bytes: its columns were padded by characters, and offsets in
 * bytes cut them elsewhere.
 * @param records the first ones @param least minimum number of bytes of a record
 */
export function paddedDoubt(
  { bytes, ranges, lines }: ByteRecords,
  encoding: string,
  least: number,
): RowProblem | undefined {
  if (!ofSeveralBytes.has(encoding)) return undefined;
  const decoder = decoderOf(encoding, false);
  const sizes = new Set<number>();
  const lengths = new Set<number>();
  let records = 0;
  for (let i = 0; i < lines.length && records < sample && lengths.size < 2; i += 1) {
    const start = ranges[i * 2] ?? 0;
    const end = ranges[i * 2 + 1] ?? 0;
    if (start === end) continue;
    records += 1;
    sizes.add(end - start);
    lengths.add(decoder.decode(bytes.subarray(start, end)).length);
  }
  const [characters = 0] = lengths;
  if (lengths.size !== 1 || sizes.size < 2 || (characters !== least && records < enough)) return undefined;
  return recordProblem(0, 'fixed.padded', `${characters} characters`, { characters });
}
