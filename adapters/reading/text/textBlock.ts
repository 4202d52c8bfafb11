import type { EncodingGuess } from './guessEncoding.ts';
import { isMisread } from './misreadText.ts';
import { invisibleCharacters, mojibakeCharacters, mojibakeRuns } from './textSigns.ts';

/** A block of decoded text of whole lines. */
export interface TextBlock {
  /** ends at a line end, except the last block of a file */
  readonly text: string;
  /** bytes of the file before it */
  readonly offset: number;
  /** U+FFFD in this text may represent bytes that could not be decoded */
  readonly undecodable: boolean;
  /** lines of the text, from 0, with such bytes, and the start of each in the file: in the others a source wrote U+FFFD */
  readonly undecodableLines?: ReadonlyMap<number, number>;
  /** the decoded bytes, where they include bytes above 7F, in encodings that include ASCII */
  readonly bytes?: Uint8Array;
  readonly encoding: string;
  /** lines of the text, from 0, whose bytes are UTF-8 though the file is in another encoding */
  readonly utf8Lines?: readonly number[];
  /** of the first block with bytes above 7F, where no encoding is named: the result of examining its bytes */
  readonly guess?: EncodingGuess;
}

const suspects = new RegExp(
  `[\\0\\ue000-\\uf8ff\\ufffd\\udb80-\\udbff${invisibleCharacters}${mojibakeCharacters}]|${mojibakeRuns}`,
);

/** Text in Chinese and ASCII contains nothing else but 屯, 烫 and 锟: a class of few ranges, which is tested in a sixth of the time. */
const other =
  /[^\t\n\r\x20-\x7e·—‘-”…\u3000-\u3163\u3165-\u5c6e\u5c70-\u70ea\u70ec-\u951e\u9520-\u9fff\uff01-\uff5e]/;

/**
 * Whether text contains NUL, U+FFFD, a private-use character (user-defined characters of old code pages, 造字), or may contain a sign
 * (`textSign`).
 */
export const suspectText = (text: string): boolean => suspectCharacters(text) || isMisread(text);

/** The same by single characters, without whole words that were misread. */
const suspectCharacters = (text: string): boolean => other.test(text) && suspects.test(text);
