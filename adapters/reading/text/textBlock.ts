import type { EncodingGuess } from './guessEncoding.ts';
import { invisibleCharacters, mojibakeCharacters } from './textSigns.ts';

/** A stretch of decoded text of whole lines. */
export interface TextBlock {
  /** ends at a line end, except the last block of a file */
  readonly text: string;
  /** U+FFFD in this text stands where bytes could not be decoded */
  readonly undecodable: boolean;
  /** where the first line with such bytes begins in the file */
  readonly undecodableAt?: number;
  readonly encoding: string;
  /** of the first block with bytes above 7F, where no encoding is named: what its bytes show */
  readonly guess?: EncodingGuess;
}

const suspects = new RegExp(
  `[\\0\\ue000-\\uf8ff\\ufffd\\udb80-\\udbff${invisibleCharacters}${mojibakeCharacters}]`,
);

/** Whether text holds NUL, U+FFFD, a private-use character (user-defined characters of old code pages, 造字), or may show a sign (`textSign`). */
export const suspectText = (text: string): boolean => suspects.test(text);
