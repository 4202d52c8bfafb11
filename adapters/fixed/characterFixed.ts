/** Fixed width whose offsets count characters: UTF-16 units, as the programs that pad by characters count them. */
import { Problem } from '../../terms/problem.ts';
import type { TableBatch } from '../reading/reader.ts';
import { decoderOf, type Decoder } from '../reading/text/decoder.ts';
import { isWide } from '../reading/text/encodings.ts';
import type { TrailerOption } from '../reading/trailer.ts';
import type { MarkedFile } from '../reading/text/fileMark.ts';
import { portionsOf, recordsAtOnce } from './cellLimits.ts';
import { fixedRecords, type ByteRecords } from './fixedRecords.ts';
import type { FixedOptions } from './options.ts';
import { recordDoubts } from './recordDoubts.ts';
import { readWideFixed, WideCutter } from './wideFixed.ts';
import type { WideRecord } from './wideRecords.ts';

/** @throws Problem file_empty, file_record_too_long */
export async function* readCharacterFixed(
  file: MarkedFile,
  options: FixedOptions,
): AsyncGenerator<TableBatch> {
  const inBytes = inBytesOfUtf16(options);
  if (isWide(file.encoding)) {
    yield* readWideFixed(file, inBytes);
    return;
  }
  const cutter = new WideCutter(inBytes);
  const atOnce = recordsAtOnce(options);
  const fatal = decoderOf(file.encoding, true);
  const lenient = decoderOf(file.encoding, false);
  let records = 0;
  for await (const block of fixedRecords(file.bytes, options, file.length)) {
    records += block.lines.length;
    for (const part of portionsOf(block, atOnce)) {
      const texts = textsOf(part, fatal, lenient, writtenLost[file.encoding]);
      // the cutter judges line ends, for it knows lengths in characters
      const { bytes, ranges, lines } = part;
      const layout = { encoding: file.encoding, least: 0 };
      yield cutter.cut(texts, (index) => recordDoubts({ bytes, ranges, lines }, index, layout));
    }
  }
  if (records === 0) throw new Problem('file_empty');
  const rest = cutter.finish();
  if (rest !== undefined) yield rest;
}

/** The same layout for text of two bytes a unit. */
const inBytesOfUtf16 = (options: FixedOptions): FixedOptions => ({
  ...options,
  columns: options.columns.map((column) => ({
    ...column,
    start: column.start * 2,
    length: column.length * 2,
  })),
  ...(options.recordLength === undefined ? {} : { recordLength: options.recordLength * 2 }),
  ...(options.trailer === undefined ? {} : { trailer: doubled(options.trailer) }),
});

const doubled = ({ start, is, count, counts }: TrailerOption): TrailerOption => ({
  start: start * 2,
  is,
  count: { start: count.start * 2, length: count.length * 2 },
  counts,
});

/** Bytes that cannot be decoded become lone surrogates, which the cutter treats as broken. A U+FFFD that the source wrote stays. */
function textsOf(
  { bytes, ranges, lines, lineEndDoubts }: ByteRecords,
  fatal: Decoder,
  lenient: Decoder,
  written: Uint8Array | undefined,
): WideRecord[] {
  return lines.map((line, i) => {
    const range = bytes.subarray(ranges[i * 2], ranges[i * 2 + 1]);
    let text: string;
    try {
      text = fatal.decode(range);
    } catch {
      text = brokenParts(range, lenient, written).join('\ufffd');
    }
    return { line, text, bytes: text.length * 2, lineEndDoubt: lineEndDoubts?.get(i) };
  });
}

/** U+FFFD as a source writes it. Other encodings cannot write it. */
const writtenLost: Readonly<Record<string, Uint8Array>> = {
  'utf-8': Uint8Array.of(0xef, 0xbf, 0xbd),
  gb18030: Uint8Array.of(0x84, 0x31, 0xa4, 0x37),
};

/** The text of a range before, between and after each U+FFFD that it has in its bytes; what cannot be decoded is a lone surrogate. */
function brokenParts(range: Buffer, lenient: Decoder, written: Uint8Array | undefined): readonly string[] {
  const decoded = (part: Buffer): string => lenient.decode(part).replaceAll('\ufffd', '\ud800');
  if (written === undefined) return [decoded(range)];
  const parts: string[] = [];
  let from = 0;
  for (let at = range.indexOf(written); at >= 0; at = range.indexOf(written, at + 1)) {
    const before = decoded(range.subarray(from, at));
    // in GB18030 the first of these bytes may be the second one of a character
    if (written.length === 4 && before.endsWith('\ud800')) continue;
    parts.push(before);
    from = at + written.length;
  }
  return [...parts, decoded(range.subarray(from))];
}
