import type { Bilingual } from '../../terms/bilingual.ts';

export interface Guess<T> {
  readonly value: T;
  /** how often such a guess is right, from 0 to 1: checked with the labelled files of fixtures/labelledFiles.ts */
  readonly confidence: number;
  readonly reason: Bilingual;
}

export const guess = <T>(value: T, confidence: number, zh: string, en: string): Guess<T> => ({
  value,
  confidence,
  reason: { zh, en },
});

/** A given value, not a guess. */
export const reported = <T>(value: T): Guess<T> => guess(value, 1, '已指定', 'given');
