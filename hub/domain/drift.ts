/** Drift: how a snapshot differs from the one that readers see, in numbers that name nobody. Pure. */
import type { IntakeRules } from './intakeRules.ts';

/** What one batch looks like. */
export interface Profile {
  readonly rows: number;
  readonly fields: ReadonlyMap<string, FieldProfile>;
}

export interface FieldProfile {
  /** share of rows without a value, 0–1 */
  readonly empty: number;
  /** different values for each row with one, 0–1 */
  readonly distinct: number;
  /** share of rows with each code, of fields that have a list of codes */
  readonly codes?: ReadonlyMap<string, number>;
}

interface DriftFinding {
  readonly code: 'batch_grown' | 'batch_field_emptied' | 'batch_codes_shifted';
  readonly facts: Readonly<Record<string, string | number>>;
}

/** Smaller snapshots than this shrink, grow and change as they like. */
export const worthGuarding = 100;

/** Fields that are named one by one, those that moved most first. */
const mostFields = 10;

/** What moved further than the rules allow; nothing where either batch is too small to say. */
export function drift(now: Profile, before: Profile, rules: IntakeRules): readonly DriftFinding[] {
  const { mayGrow, mayEmpty, mayShift } = rules;
  const findings: DriftFinding[] = [];
  if (before.rows < worthGuarding) return findings;
  if (mayGrow !== undefined && now.rows > before.rows * (1 + mayGrow))
    findings.push({ code: 'batch_grown', facts: { rows: now.rows, reference: before.rows } });
  if (now.rows < worthGuarding) return findings;
  const pairs = [...now.fields].flatMap(([field, here]) => {
    const there = before.fields.get(field);
    return there === undefined ? [] : [{ field, here, there }];
  });
  if (mayEmpty !== undefined) {
    const emptied = pairs.map(({ field, here, there }) => ({
      field,
      here,
      there,
      by: here.empty - there.empty,
    }));
    for (const { field, here, there } of furthest(emptied, mayEmpty))
      findings.push({
        code: 'batch_field_emptied',
        facts: { field, now: percent(here.empty), before: percent(there.empty) },
      });
  }
  if (mayShift !== undefined) {
    const shifted = pairs.map(({ field, here, there }) => ({ field, by: distance(here.codes, there.codes) }));
    for (const { field, by } of furthest(shifted, mayShift))
      findings.push({ code: 'batch_codes_shifted', facts: { field, share: percent(by) } });
  }
  return findings;
}

const furthest = <Moved extends { readonly by: number }>(moved: readonly Moved[], most: number): Moved[] =>
  moved
    .filter(({ by }) => by > most)
    .sort((a, b) => b.by - a.by)
    .slice(0, mostFields);

/** Which share of rows would have to change its code to make one of the other: half the sum of differences. */
function distance(a: FieldProfile['codes'], b: FieldProfile['codes']): number {
  if (a === undefined || b === undefined) return 0;
  const codes = new Set([...a.keys(), ...b.keys()]);
  return [...codes].reduce((sum, code) => sum + Math.abs((a.get(code) ?? 0) - (b.get(code) ?? 0)), 0) / 2;
}

/** `12.3` of 0.1234 */
const percent = (share: number): number => Math.round(share * 1_000) / 10;
