/** The encoding of text for which none is named, and whether the text itself proves it. */
import type { RowProblem } from '../../../terms/rowProblem.ts';
import { recordProblem } from '../rowRules.ts';
import { decoderOf } from './decoder.ts';
import { plausibleChinese } from './plausibleChinese.ts';
import { utf8OrGb18030 } from './sniffEncoding.ts';

export interface EncodingGuess {
  readonly encoding: 'utf-8' | 'gb18030';
  /** false: it may be another one as well */
  readonly proven: boolean;
}

/** Characters of two bytes that must agree with the rules of UTF-8 before it is no accident; of longer ones each is proof. */
const enough = 4;

/** @param sample text that holds bytes above 7F, in whole characters as far as possible */
export function guessedEncoding(sample: Uint8Array): EncodingGuess {
  const encoding = utf8OrGb18030(sample);
  const text = decoderOf(encoding, false).decode(sample);
  if (encoding === 'gb18030') return { encoding, proven: plausibleChinese(text) };
  return {
    encoding,
    proven: /[\u0800-\uffff]/.test(text) || (text.match(/[^\0-\x7f]/g) ?? []).length >= enough,
  };
}

/** The doubt about a whole file whose text does not prove its encoding. */
export const encodingDoubt = (guess: EncodingGuess | undefined): RowProblem | undefined =>
  guess === undefined || guess.proven
    ? undefined
    : recordProblem(0, 'encoding.guessed', guess.encoding, { encoding: guess.encoding });
