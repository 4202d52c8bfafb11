/** How often guesses are right, by the probability that they were given: the table of docs/adapters.md. */

import type { Language } from '../../terms/bilingual.ts';

export interface JudgedGuess {
  /** file and what was guessed, for whoever mends it */
  readonly about: string;
  readonly confidence: number;
  readonly right: boolean;
}

export interface CalibrationBin {
  /** lowest probability in it, in hundredths */
  readonly from: number;
  readonly guesses: number;
  /** mean of what was said, and the share that was right, both from 0 to 1 */
  readonly said: number;
  readonly right: number;
}

const edges = [0, 50, 70, 90, 95];

export function calibration(guesses: readonly JudgedGuess[]): CalibrationBin[] {
  return edges.flatMap((from, i) => {
    const below = edges[i + 1] ?? 101;
    const inBin = guesses.filter(({ confidence }) => {
      const hundredths = Math.round(confidence * 100);
      return hundredths >= from && hundredths < below;
    });
    if (inBin.length === 0) return [];
    const said = inBin.reduce((sum, { confidence }) => sum + confidence, 0) / inBin.length;
    const right = inBin.filter((one) => one.right).length / inBin.length;
    return [{ from, guesses: inBin.length, said, right }];
  });
}

const heads = {
  zh: (files: number): string => `| 给出的概率（${files} 个文件） | 猜测数 | 平均给出 | 实际正确 |`,
  en: (files: number): string => `| probability given (${files} files) | guesses | said on average | right |`,
};

/** The table of the documents. */
export function calibrationTable(bins: readonly CalibrationBin[], files: number, language: Language): string {
  const rows = bins.map(({ from, guesses, said, right }, i) => {
    const next = bins[i + 1]?.from;
    const range = next === undefined ? `${from}–99 %` : `${from}–${next - 1} %`;
    return `| ${range} | ${guesses} | ${percent(said)} | ${percent(right)} |`;
  });
  return [heads[language](files), '| --- | --- | --- | --- |', ...rows].join('\n');
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
