/** Fixed width whose offsets count characters: UTF-16 units, as the programs that pad by characters count them. */
import { Problem } from '../../terms/problem.ts';
import type { TableBatch } from '../reading/reader.ts';
import { decoderOf, type Decoder } from '../reading/text/decoder.ts';
import { isWide } from '../reading/text/encodings.ts';
import type { MarkedFile } from './fileMark.ts';
import { fixedRecords, type ByteRecords } from './fixedRecords.ts';
import type { FixedOptions } from './options.ts';
import { mixedDoubt } from './recordDoubts.ts';
import { readWideFixed, WideCutter } from './wideFixed.ts';
import type { WideRecord } from './wideRecords.ts';

/** @throws Problem file_empty, file_record_too_long */
export async function* readCharacterFixed(
  file: MarkedFile,
  options: FixedOptions,
): AsyncGenerator<TableBatch> {
  const doubled = inBytesOfUtf16(options);
  if (isWide(file.encoding)) {
    yield* readWideFixed(file, doubled);
    return;
  }
  const cutter = new WideCutter(doubled);
  const fatal = decoderOf(file.encoding, true);
  const lenient = decoderOf(file.encoding, false);
  let records = 0;
  for await (const block of fixedRecords(file.bytes, options, file.length)) {
    records += block.lines.length;
    if (block.lines.length === 0) continue;
    const texts = textsOf(block, fatal, lenient);
    yield cutter.cut(texts, (index) =>
      mixedDoubt(
        file.encoding,
        block.bytes,
        block.ranges[index * 2] ?? 0,
        block.ranges[index * 2 + 1] ?? 0,
        block.lines[index] ?? 0,
      ),
    );
  }
  if (records === 0) throw new Problem('file_empty');
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
});

/** Bytes that cannot be decoded become lone surrogates: they are what the cutter takes for broken. */
function textsOf({ bytes, ranges, lines }: ByteRecords, fatal: Decoder, lenient: Decoder): WideRecord[] {
  return lines.map((line, i) => {
    const range = bytes.subarray(ranges[i * 2], ranges[i * 2 + 1]);
    let text: string;
    try {
      text = fatal.decode(range);
    } catch {
      text = lenient.decode(range).replaceAll('\ufffd', '\ud800');
    }
    return { line, text, bytes: text.length * 2 };
  });
}
