/**
 * Splits a block of HL7 into the texts of its messages. Each is read in its own encoding, because a file often combines messages of several
 * systems. MSH-18 names the encoding. Where the bytes contradict it, or the encoding of the file, they are read in the encoding that they
 * prove, or as declared, and the message is doubted.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { decoderOf } from '../reading/text/decoder.ts';
import { guessedEncoding } from '../reading/text/guessEncoding.ts';
import type { TextBlock } from '../reading/text/textBlock.ts';
import { readsAsUtf8 } from '../reading/text/utf8Lines.ts';
import { textLines } from '../reading/text/wideTextBlocks.ts';

/** A named encoding, and the actual encoding of the text. */
export interface Contradiction {
  readonly declared: string;
  readonly encoding: string;
}

/** Messages, or a part of one, in one encoding. */
export interface MessageText {
  readonly text: string;
  /** bytes of the file before it */
  readonly offset: number;
  readonly encoding: string;
  /** U+FFFD marks bytes that could not be decoded */
  readonly undecodable: boolean;
  /** bytes above 7F are present, and are read as `encoding` in contradiction to the named one */
  readonly contradiction: Contradiction | undefined;
  readonly isAscii: boolean;
}

interface Choice {
  readonly encoding: string;
  readonly contradiction?: Contradiction;
  /** neither MSH-18 nor the bytes determine it */
  readonly guessed?: true;
}

/** @param actual the encoding that the bytes prove; a contradiction where another one is declared */
const choiceOf = (encoding: string, declared: string, actual: string): Choice =>
  declared === actual ? { encoding } : { encoding, contradiction: { declared, encoding: actual } };

const mark = Buffer.from([0xef, 0xbb, 0xbf]);
/** Bytes after which a line begins: LF, VT, CR, 1A, 1C. */
const lineStarts: ReadonlySet<number> = new Set([0x0a, 0x0b, 0x0d, 0x1a, 0x1c]);
const singleByte = /^(?:windows-|iso-8859-)/;

export class MessageTexts {
  /** MSH-18 of the message in which the last block ended */
  private named: string | undefined;
  /** the text of the file proves that it is GB18030 */
  private chinese = false;
  private readonly auto: boolean;
  /** some text of the last block is read by a guess alone */
  guessed = false;

  /** @param auto whether no encoding is declared for the file */
  constructor(auto: boolean) {
    this.auto = auto;
  }

  of(block: TextBlock): readonly MessageText[] {
    const { text, offset, encoding, undecodable, bytes } = block;
    this.guessed = false;
    if (block.guess?.encoding === 'gb18030') this.chinese = block.guess.proven;
    if (bytes === undefined) {
      const header = lastHeader(text);
      if (header >= 0) this.named = namedIn(text, header);
      return withoutBytes(block);
    }
    const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const pieces = piecesOf(all).map(({ start, end, header }) => {
      const piece = all.subarray(start, end);
      const plain = isAscii(piece);
      const isAsked = this.auto && (!plain || end === all.length);
      if (header && isAsked) this.named = namedIn(piece.toString('latin1', 0, maxHeader), 0);
      const choice: Choice = plain ? { encoding } : this.choice(piece, encoding);
      return { piece, offset: offset + start, plain, choice };
    });
    this.guessed = pieces.some(({ choice }) => 'guessed' in choice);
    const isWhole = pieces.every(
      ({ choice }) => choice.encoding === encoding && !('contradiction' in choice),
    );
    // one message with broken bytes does not make a U+FFFD of another one such bytes
    if (isWhole && !undecodable && !all.includes(mark))
      return [{ text, offset, encoding, undecodable, contradiction: undefined, isAscii: false }];
    return pieces.map(({ piece, plain, choice, offset: before }) => ({
      ...decoded(piece, plain, choice),
      offset: before,
    }));
  }

  /** @param file encoding of the file: as declared, or guessed from its first text */
  private choice(piece: Uint8Array, file: string): Choice {
    const { named } = this;
    const isChinese = readsAsUtf8(piece);
    if (!this.auto) return isChinese ? choiceOf(file, file, 'utf-8') : { encoding: file };
    if (named === undefined)
      return isChinese && isUtf8(piece)
        ? choiceOf('utf-8', file, 'utf-8')
        : { encoding: file, guessed: true };
    if (named === 'utf-8') return isUtf8(piece) ? { encoding: named } : choiceOf(file, named, file);
    if (isChinese || (singleByte.test(named) && isUtf8(piece))) return choiceOf('utf-8', named, 'utf-8');
    if (singleByte.test(named) && this.isGb(piece)) return choiceOf('gb18030', named, 'gb18030');
    return { encoding: named };
  }

  private isGb(piece: Uint8Array): boolean {
    if (this.chinese) return true;
    const { encoding, proven } = guessedEncoding(piece);
    return proven && encoding === 'gb18030';
  }
}

/**
 * Text without bytes above 7F, or in UTF-16. Lines with bytes that could not be decoded are texts of their own: a U+FFFD of the others was
 * written by its source.
 */
function withoutBytes({
  text,
  offset,
  encoding,
  undecodable,
  undecodableLines,
}: TextBlock): readonly MessageText[] {
  const common = { encoding, contradiction: undefined, isAscii: true };
  if (!undecodable || undecodableLines === undefined) return [{ ...common, text, offset, undecodable }];
  const texts: MessageText[] = [];
  let from = 0;
  const end = (to: number, isUndecodable: boolean): void => {
    // UTF-16 has two bytes a unit
    const one = { text: text.slice(from, to), offset: offset + from * 2, undecodable: isUndecodable };
    if (to > from) texts.push({ ...common, ...one });
    from = to;
  };
  let before = undecodableLines.has(0);
  let number = 0;
  for (const { index } of text.matchAll(textLines)) {
    const isUndecodable = undecodableLines.has(number);
    if (isUndecodable !== before) end(index, before);
    before = isUndecodable;
    number += 1;
  }
  end(text.length, before);
  return texts;
}

/** Maximum number of characters of a header up to MSH-18. */
const maxHeader = 1_024;

interface Piece {
  readonly start: number;
  readonly end: number;
  /** it begins with a message header */
  readonly header: boolean;
}

/** Splits the block before each message header; byte order marks before one are omitted. */
function piecesOf(bytes: Buffer): readonly Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  let header = false;
  for (let at = bytes.indexOf('MSH'); at >= 0; at = bytes.indexOf('MSH', at + 3)) {
    const marked = at >= 3 && bytes.subarray(at - 3, at).equals(mark);
    const before = marked ? at - 3 : at;
    if (before > 0 && !lineStarts.has(bytes[before - 1] ?? 0)) continue;
    if (before > start) pieces.push({ start, end: before, header });
    start = at;
    header = true;
  }
  pieces.push({ start, end: bytes.length, header });
  return pieces;
}

function decoded(
  piece: Uint8Array,
  plain: boolean,
  { encoding, contradiction }: Choice,
): Omit<MessageText, 'offset'> {
  const whole = { encoding, contradiction, isAscii: plain };
  try {
    return { ...whole, text: decoderOf(encoding, true).decode(piece), undecodable: false };
  } catch {
    return { ...whole, text: decoderOf(encoding, false).decode(piece), undecodable: true };
  }
}

/** Start of the last message header of a text; below 0 where there is none. */
function lastHeader(text: string): number {
  let at = text.lastIndexOf('MSH');
  while (at > 0 && !lineStarts.has(text.charCodeAt(at - 1))) at = text.lastIndexOf('MSH', at - 1);
  return at;
}

/** The encoding that MSH-18 names, by the decoder's name; undefined for none, ASCII, and an unknown one. */
function namedIn(text: string, at: number): string | undefined {
  const separator = text[at + 3];
  if (separator === undefined) return undefined;
  const start = text.slice(at, at + maxHeader);
  const end = start.search(/[\r\n]/);
  const line = end < 0 ? start : start.slice(0, end);
  const name = (line.split(separator, 18)[17] ?? '').split('~', 1)[0] ?? '';
  return charsets.find(([pattern]) => pattern.test(name))?.[1];
}

/** HL7 table 0211, and variants that systems write. */
const charsets: readonly (readonly [RegExp, string])[] = [
  [/utf-?8/i, 'utf-8'],
  [/gb[\s_-]*(?:2312|k|18030)|cp936/i, 'gb18030'],
  [/big-?5/i, 'big5'],
  [/ks\s*x\s*1001/i, 'euc-kr'],
  [/8859[/-]15/, 'iso-8859-15'],
  [/8859[/-]1(?!\d)/, 'windows-1252'],
  [/8859[/-]2/, 'iso-8859-2'],
  [/8859[/-]5/, 'iso-8859-5'],
];
