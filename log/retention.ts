/** Retention of entries: the class of each, and the end of its period. Pure functions that need only the entry. */
import { chinaOffsetMs } from '../terms/civilDate.ts';
import type { Leaf } from './leaf.ts';

/**
 * Minimum years of retention for records of the use of personal or important data (PIPL art. 56, Network Data Security Regulations art.
 * 12). No rule may be shorter, for any dataset: a dataset's sharing class may change after its entries were written.
 */
export const leastYears = 3;

/**
 * `exchange`: rows delivered and received, including refused calls. `reading`: accesses without delivered rows, generated rows, and
 * refused acts. Everything else is `authority`, the basis of other decisions: approvals, agreements, policy, keys, persons, consents,
 * destructions. It is retained without limit, so it outlasts each entry that was decided under it.
 */
export const retentionClasses = ['exchange', 'reading'] as const;
export type RetentionClass = (typeof retentionClasses)[number];

const exchanged: readonly string[] = ['release', 'intake', 'return', 'overload'];

function classOf({ kind, decision }: Pick<Leaf, 'kind' | 'decision'>): RetentionClass | 'authority' {
  if (exchanged.includes(kind)) return 'exchange';
  return kind === 'inspect' || kind === 'sandbox' || decision === 'deny' ? 'reading' : 'authority';
}

/** Years by `ruleId`; entries without a rule, or with undefined years, are retained without limit. */
export type RetentionRules = ReadonlyMap<string, number | undefined>;

/** The id of a rule: the class, or the class at one dataset. */
export const ruleId = (stored: RetentionClass, dataset?: string): string =>
  dataset === undefined ? stored : `${stored}@${dataset}`;

/** Years for which an entry is retained; undefined: no limit. A dataset's own rule takes precedence over that of the class. */
export function yearsOf(
  leaf: Pick<Leaf, 'kind' | 'decision' | 'dataset'>,
  rules: RetentionRules,
): number | undefined {
  const stored = classOf(leaf);
  if (stored === 'authority') return undefined;
  const own = leaf.dataset === undefined ? undefined : ruleId(stored, leaf.dataset);
  return own !== undefined && rules.has(own) ? rules.get(own) : rules.get(stored);
}

/**
 * The same day and time in China this number of years earlier. All of a 29 February falls on the last millisecond of 28 February where that
 * year has no 29th: a later moment gives no earlier result, so what may be destroyed may still be when it is recorded.
 * @param moment Unix milliseconds
 */
export function yearsBefore(moment: number, years: number): number {
  const date = new Date(moment + chinaOffsetMs);
  const month = date.getUTCMonth();
  date.setUTCFullYear(date.getUTCFullYear() - years);
  // 29 February has become 1 March
  if (date.getUTCMonth() !== month) date.setUTCHours(0, 0, 0, -1);
  return date.getTime() - chinaOffsetMs;
}
