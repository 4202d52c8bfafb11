/** Quality of a dataset's files (数据质量), in numbers that can be computed again from the stored profiles. Pure. */

/** The stored profile of a batch. */
export interface BatchProfile {
  /** records that repeated the key of an earlier one */
  readonly repeated: number;
  readonly fields: Readonly<Record<string, FieldQuality>>;
  /** share of rows with each code, by field, of fields that have a list of codes: what later batches are compared with */
  readonly codes?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface FieldQuality {
  /** share of rows without a value, 0–1 */
  readonly empty: number;
  /** distinct values per row with a value, 0–1; absent for rows that came by call */
  readonly distinct?: number;
}

/** Shares, 0–1, with four decimals. */
export interface QualityParts {
  /** share of good rows among all records that the mapping does not leave out */
  readonly validity: number;
  /** cells with a value, of all fields */
  readonly completeness: number;
  /** records that repeated no key */
  readonly uniqueness: number;
  /** 1 when the file came in time, 0 when not; absent where none is expected */
  readonly timeliness?: number;
}

export type Grade = 'A' | 'B' | 'C' | 'D';

/** Weight of each part; absent parts do not count. */
export const weights: Readonly<Record<keyof QualityParts, number>> = {
  validity: 0.4,
  completeness: 0.3,
  uniqueness: 0.2,
  timeliness: 0.1,
};

/** Minimum score of each grade. */
const grades: readonly (readonly [Grade, number])[] = [
  ['A', 0.95],
  ['B', 0.85],
  ['C', 0.7],
  ['D', 0],
];

/** Number of batches that a grade is computed from. */
export const graded = 5;

const rounded = (share: number): number => Math.round(share * 10_000) / 10_000;

/** What the quality of a batch is computed from. */
export interface BatchMeasures {
  readonly rows: number;
  readonly bad: number;
  /** records that repeated the key of an earlier one */
  readonly repeated: number;
  /** mean share of rows with a value, of all fields; 1 without fields */
  readonly filled: number;
}

export function filledIn({ fields }: BatchProfile): number {
  const shares = Object.values(fields).map(({ empty }) => 1 - empty);
  return shares.length === 0 ? 1 : shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

export function partsOf(
  { rows, bad, repeated, filled }: BatchMeasures,
  inTime: boolean | undefined,
): QualityParts {
  const records = Math.max(1, rows + bad);
  return {
    validity: rounded(rows / records),
    completeness: rounded(filled),
    uniqueness: rounded(1 - repeated / records),
    ...(inTime === undefined ? {} : { timeliness: inTime ? 1 : 0 }),
  };
}

/** The grade of a dataset by the parts of its last batches. @param batches the newest first; undefined for none */
export function gradeOf(
  batches: readonly QualityParts[],
): { readonly grade: Grade; readonly score: number } | undefined {
  const last = batches.slice(0, graded);
  if (last.length === 0) return undefined;
  let [sum, counted] = [0, 0];
  for (const parts of last)
    for (const [part, weight] of Object.entries(weights)) {
      const share = parts[part as keyof QualityParts];
      if (share === undefined) continue;
      sum += share * weight;
      counted += weight;
    }
  const score = rounded(sum / counted);
  return { score, grade: grades.find(([, least]) => score >= least)?.[0] ?? 'D' };
}
