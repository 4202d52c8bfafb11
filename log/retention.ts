/** How long entries are kept: the class of each, and when it is over. Pure, so that whoever has an entry can tell. */
import type { Leaf } from './leaf.ts';

/**
 * Years that records of the use of personal or important data are kept at least (PIPL art. 56, Network Data Security Regulations art. 12).
 * No rule goes below, for no dataset: a dataset's sharing class may change after its entries were written.
 */
export const leastYears = 3;

/**
 * `exchange`: rows in and out, refused ones too; `reading`: what was looked at without rows leaving, invented rows too, and acts that were refused. Everything else
 * is `authority`, what others were decided by: approvals, agreements, policy, keys, persons, consents, destructions. It is kept for ever,
 * so it outlasts each entry that was decided under it.
 */
export const retentionClasses = ['exchange', 'reading'] as const;
export type RetentionClass = (typeof retentionClasses)[number];

const exchanged: readonly string[] = ['release', 'intake', 'return', 'overload'];

function classOf({ kind, decision }: Pick<Leaf, 'kind' | 'decision'>): RetentionClass | 'authority' {
  if (exchanged.includes(kind)) return 'exchange';
  return kind === 'inspect' || kind === 'sandbox' || decision === 'deny' ? 'reading' : 'authority';
}

/** Years by `ruleId`; what has no rule, or one whose years are undefined, is kept for ever. */
export type RetentionRules = ReadonlyMap<string, number | undefined>;

/** What a rule is known by: the class, or the class at one dataset. */
export const ruleId = (stored: RetentionClass, dataset?: string): string =>
  dataset === undefined ? stored : `${stored}@${dataset}`;

/** Years for which an entry is kept; undefined: for ever. A dataset's own rule goes before that of the class. */
export function yearsOf(
  leaf: Pick<Leaf, 'kind' | 'decision' | 'dataset'>,
  rules: RetentionRules,
): number | undefined {
  const stored = classOf(leaf);
  if (stored === 'authority') return undefined;
  const own = leaf.dataset === undefined ? undefined : ruleId(stored, leaf.dataset);
  return own !== undefined && rules.has(own) ? rules.get(own) : rules.get(stored);
}

/** The same day and time so many years earlier. @param moment Unix milliseconds */
export function yearsBefore(moment: number, years: number): number {
  const date = new Date(moment);
  date.setUTCFullYear(date.getUTCFullYear() - years);
  return date.getTime();
}
