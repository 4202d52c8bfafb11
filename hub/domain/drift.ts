/** Drift: how a batch differs from the usual batches of its dataset, in numbers that identify no person. Pure. */
import type { IntakeRules } from './intakeRules.ts';
import { median } from './median.ts';

/** The profile of one batch. */
export interface Profile {
  readonly rows: number;
  readonly fields: ReadonlyMap<string, FieldProfile>;
}

export interface FieldProfile {
  /** share of rows without a value, 0–1 */
  readonly empty: number;
  /** distinct values per row with a value, 0–1 */
  readonly distinct: number;
  /** share of rows with each code, of fields that have a list of codes */
  readonly codes?: ReadonlyMap<string, number>;
}

/** A batch that was published. */
export interface FormerProfile extends Profile {
  /** a person released it: its profile may be usual from then on */
  readonly approved: boolean;
}

interface DriftFinding {
  readonly code: 'batch_grown' | 'batch_field_emptied' | 'batch_codes_shifted';
  readonly facts: Readonly<Record<string, string | number>>;
}

/** Smaller batches than this are not compared. */
export const worthGuarding = 100;

/** Number of published batches that define what is usual. */
export const usualBatches = 5;

/** Maximum of fields listed separately, those with the largest change first. */
const maxFields = 10;

/**
 * What changed more than the rules allow; nothing where no former batch is large enough. The reference is the median of the former
 * batches: one odd batch does not move it, and small changes that accumulate are soon far from it. After a person released a batch, the
 * median of that batch and the later ones is accepted too, so that a profile the person called usual is not held again and again.
 * @param former the newest first
 */
export function drift(
  now: Profile,
  former: readonly FormerProfile[],
  rules: IntakeRules,
): readonly DriftFinding[] {
  const compared = former.filter(({ rows }) => rows >= worthGuarding).slice(0, usualBatches);
  const approved = compared.findIndex((one) => one.approved);
  const since = approved < 0 ? compared : compared.slice(0, approved + 1);
  if (compared.length === 0) return [];
  const batches = compared.length;
  const { mayGrow, mayEmpty, mayShift } = rules;
  const findings: DriftFinding[] = [];
  if (mayGrow !== undefined) {
    const reference = Math.max(...[compared, since].map((some) => median(some.map(({ rows }) => rows)) ?? 0));
    if (now.rows > reference * (1 + mayGrow))
      findings.push({
        code: 'batch_grown',
        facts: { rows: now.rows, reference: Math.round(reference), batches },
      });
  }
  if (now.rows < worthGuarding) return findings;
  const pairs = [...now.fields].flatMap(([field, here]) => {
    const there = [compared, since].map((some) => some.flatMap((one) => one.fields.get(field) ?? []));
    return there.some(({ length }) => length === 0) ? [] : [{ field, here, there }];
  });
  if (mayEmpty !== undefined) {
    const emptied = pairs.map(({ field, here, there }) => {
      const before = Math.max(...there.map((some) => median(some.map(({ empty }) => empty)) ?? 0));
      return { field, here, before, by: here.empty - before };
    });
    for (const { field, here, before } of furthest(emptied, mayEmpty))
      findings.push({
        code: 'batch_field_emptied',
        facts: { field, now: percent(here.empty), before: percent(before), batches },
      });
  }
  if (mayShift !== undefined) {
    const shifted = pairs.map(({ field, here, there }) => ({
      field,
      by: Math.min(...there.map((some) => median(distances(here, some)) ?? 0)),
    }));
    for (const { field, by } of furthest(shifted, mayShift))
      findings.push({ code: 'batch_codes_shifted', facts: { field, share: percent(by), batches } });
  }
  return findings;
}

const furthest = <Moved extends { readonly by: number }>(
  moved: readonly Moved[],
  maxCount: number,
): Moved[] =>
  moved
    .filter(({ by }) => by > maxCount)
    .sort((a, b) => b.by - a.by)
    .slice(0, maxFields);

/** The distance to each of the others whose codes are known. */
const distances = ({ codes }: FieldProfile, others: readonly FieldProfile[]): readonly number[] =>
  codes === undefined
    ? []
    : others.flatMap((other) => (other.codes === undefined ? [] : [distance(codes, other.codes)]));

type Codes = NonNullable<FieldProfile['codes']>;

/** The share of rows that would have to change their code to turn one into the other: half the sum of differences. */
function distance(a: Codes, b: Codes): number {
  const codes = new Set([...a.keys(), ...b.keys()]);
  return [...codes].reduce((sum, code) => sum + Math.abs((a.get(code) ?? 0) - (b.get(code) ?? 0)), 0) / 2;
}

/** Maximum of codes of a field that are stored of a batch, the most frequent first. */
const maxCodes = 50;
/** Minimum of rows for a code to be stored: fewer might be identifiable persons. */
const minOfCode = 5;

/** Shares of codes in the form stored of a batch with this number of rows, in thousandths: they outlive the rows. */
export const storedCodes = (codes: ReadonlyMap<string, number>, rows: number): ReadonlyMap<string, number> =>
  new Map(
    [...codes]
      .filter(([, share]) => share * rows >= minOfCode)
      .sort(([, a], [, b]) => b - a)
      .slice(0, maxCodes)
      .map(([code, share]) => [code, Math.round(share * 1_000) / 1_000]),
  );

/** `12.3` of 0.1234 */
const percent = (share: number): number => Math.round(share * 1_000) / 10;
