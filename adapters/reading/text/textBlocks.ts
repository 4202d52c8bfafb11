/**
 * Decodes bytes into blocks of text that end at a line end, so that a block can be decoded on its own. In every encoding accepted here
 * (except UTF-16) the bytes 0A and 0D are never part of a longer character.
 */
import { isAscii } from 'node:buffer';
import type { Bytes } from '../reader.ts';
import { BlockCutter } from './blockCutter.ts';
import { decoderOf, type Decoder } from './decoder.ts';
import { evenChunks } from './evenChunks.ts';
import { encodingOf, isWide } from './encodings.ts';
import { guessedEncoding } from './guessEncoding.ts';
import { byteOrderMark, wideWithoutMark } from './sniffEncoding.ts';
import type { TextBlock } from './textBlock.ts';
import { eachLine, utf8Lines } from './utf8Lines.ts';
import { wideTextBlocks } from './wideTextBlocks.ts';

export interface TextOptions {
  /** a label, or `auto` */
  readonly encoding: string;
  /** maximum number of bytes without a line end that are held in memory */
  readonly maxRecordBytes: number;
  /** the bytes begin inside a file: an apparent byte order mark is text */
  readonly inside?: true;
}

/** @throws Problem encoding_unknown, file_record_too_long */
export async function* textBlocks(bytes: Bytes, options: TextOptions): AsyncGenerator<TextBlock> {
  const reader = new BlockCutter(options.maxRecordBytes);
  let decoder: BlockDecoder | undefined;
  // a range of a divided file is one chunk
  const iterator = (options.inside === true ? bytes : evenChunks(bytes))[Symbol.asyncIterator]();
  const chunks: Bytes = { [Symbol.asyncIterator]: () => iterator };
  for await (const chunk of chunks) {
    const block = reader.take(chunk);
    if (block === undefined) continue;
    decoder ??= new BlockDecoder(options, block);
    if (decoder.wide) {
      yield* wideTextBlocks(decoder.encoding, withRest(block, reader.rest(), chunks), options.maxRecordBytes);
      return;
    }
    reader.check(block);
    yield decoder.decode(block);
  }
  const rest = reader.rest();
  if (rest.length === 0) return;
  decoder ??= new BlockDecoder(options, rest);
  if (decoder.wide) {
    // a final byte 1A can be half of a character there
    yield* wideTextBlocks(decoder.encoding, withRest(rest), options.maxRecordBytes);
    return;
  }
  const last = withoutEndMark(rest);
  if (last.length === 0) return;
  reader.check(last);
  yield decoder.decode(last);
}

/** A final 0x1A (Ctrl-Z) is how DOS programs end a text. */
export function withoutEndMark(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0x1a) end -= 1;
  return bytes.subarray(0, end);
}

async function* withRest(first: Uint8Array, second?: Uint8Array, more?: Bytes): Bytes {
  yield first;
  if (second !== undefined && second.length > 0) yield second;
  if (more !== undefined) yield* more;
}

const noLines: readonly number[] = [];

/** Decodes whole lines. With `auto`, the first block with a byte above 7F decides between UTF-8 and GB18030. */
class BlockDecoder {
  encoding: string;
  readonly wide: boolean;
  /** bytes of the mark that are still to be skipped */
  private mark: number;
  private offset = 0;
  private decided: boolean;
  private decoder: Decoder;

  constructor({ encoding: label, inside }: TextOptions, start: Uint8Array) {
    const mark = inside === true ? undefined : byteOrderMark(start);
    this.mark = mark?.length ?? 0;
    const declared = label === 'auto' ? undefined : encodingOf(label);
    const wide = declared === undefined ? wideWithoutMark(start.subarray(0, 4096)) : undefined;
    this.encoding = mark?.encoding ?? declared ?? wide ?? 'utf-8';
    this.decided = label !== 'auto' || mark !== undefined;
    this.wide = isWide(this.encoding);
    this.decoder = decoderOf(this.encoding, true);
  }

  decode(block: Uint8Array): TextBlock {
    const start = this.offset;
    this.offset += block.length;
    const bytes = this.mark === 0 ? block : block.subarray(this.mark);
    const offset = start + this.mark;
    this.mark = 0;
    if (isAscii(bytes)) {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
      return { text, offset, undecodable: false, encoding: this.encoding };
    }
    if (this.decided) return this.text(bytes, offset);
    this.decided = true;
    const guess = guessedEncoding(bytes);
    this.encoding = guess.encoding;
    this.decoder = decoderOf(this.encoding, true);
    return { ...this.text(bytes, offset), guess };
  }

  /** @param offset of the bytes in the file */
  private text(bytes: Uint8Array, offset: number): TextBlock {
    const others = this.encoding === 'utf-8' ? noLines : utf8Lines(bytes);
    const mixed = others.length === 0 ? {} : { utf8Lines: others };
    try {
      return {
        text: this.decoder.decode(bytes),
        offset,
        undecodable: false,
        encoding: this.encoding,
        bytes,
        ...mixed,
      };
    } catch {
      return { ...this.lineByLine(bytes, offset), ...mixed };
    }
  }

  /** Decodes as much as possible; a broken character never consumes a line end. @param offset of the bytes in the file */
  private lineByLine(bytes: Uint8Array, offset: number): TextBlock {
    const lenient = decoderOf(this.encoding, false);
    const lines: string[] = [];
    const undecodableLines = new Map<number, number>();
    let number = 0;
    eachLine(bytes, (start, end) => {
      const line = bytes.subarray(start, end);
      try {
        lines.push(this.decoder.decode(line));
      } catch {
        undecodableLines.set(number, offset + start);
        lines.push(lenient.decode(line));
      }
      if (end < bytes.length) lines.push(bytes[end] === 10 ? '\n' : '\r');
      number += 1;
    });
    const text = lines.join('');
    return { text, offset, undecodable: true, undecodableLines, encoding: this.encoding, bytes };
  }
}
