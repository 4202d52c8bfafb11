import type { EncodingGuess } from './guessEncoding.ts';

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

const suspects = /[\0\ue000-\uf8ff\ufffd\udb80-\udbff]/;

/** Whether text holds NUL, U+FFFD or a private-use character (user-defined characters of old code pages, 造字). */
export const suspectText = (text: string): boolean => suspects.test(text);
