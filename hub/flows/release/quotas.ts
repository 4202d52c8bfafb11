/** The amounts that an answer counts against the limits of its agreement, in the flush of its entry. */
import type { PermittedFact, Permission, PlanRef } from '../../../policies/decision.ts';
import { dayInChina } from '../../../terms/civilDate.ts';
import type { Claims, QuotaClaim } from '../../log/draft.ts';
import type { AllowedOutcome } from '../../pipeline/call.ts';

/**
 * The key under which calls are counted together: one department, a contractor separate from its principal, one dataset and one purpose.
 */
export const quotaCounter = ({ agreement, consumer, purpose, dataset }: PlanRef): string =>
  `${agreement} ${consumer} ${purpose} ${dataset}`;

/**
 * An answer with rows, counted.
 * @param taken number of calls: a batch counts one for each subject, so that it cannot bypass the look-up limit
 */
export function counted(
  outcome: AllowedOutcome,
  permission: Permission,
  now: number,
  taken: { readonly calls: number; readonly rows: number },
): AllowedOutcome {
  const quotas = quotasOf(permission, now, { bytes: outcome.body.length, ...taken });
  if (quotas.length === 0) return outcome;
  const { claims, ...answer } = outcome;
  return { claims: Object.assign({}, claims, { quotas }), ...answer };
}

/** The daily limits of an agreement, and what follows `quotaCounter` in the counter of each. */
export const dailyLimits = [
  { of: 'calls', limit: 'callsPerDay', suffix: '' },
  { of: 'rows', limit: 'rowsPerDay', suffix: ' rows' },
  { of: 'bytes', limit: 'bytesPerDay', suffix: ' bytes' },
] as const;

/** The amounts counted against the agreement's daily limits; withheld rows are not counted. */
export function quotasOf(
  { limits, plan }: Permission,
  now: number,
  taken: { readonly calls?: number; readonly rows?: number; readonly bytes?: number },
): readonly QuotaClaim[] {
  const counter = quotaCounter(plan);
  const day = dayInChina(now);
  return dailyLimits.flatMap(({ of, limit, suffix }) => {
    const [calls, max] = [taken[of], limits[limit]];
    return calls === undefined || max === undefined
      ? []
      : [{ of, counter: `${counter}${suffix}`, day, calls, max }];
  });
}

/** A fact check counts against its own limit and the limit for this subject, so that values cannot be found by trial. */
export function quotasOfFact(
  plan: PlanRef,
  { id, limits }: PermittedFact,
  token: Uint8Array,
  now: number,
): Pick<Claims, 'quotas'> {
  const counter = `${quotaCounter(plan)} fact ${id}`;
  const day = dayInChina(now);
  const calls: QuotaClaim = { of: 'calls', counter, day, calls: 1, max: limits.callsPerDay };
  const { perSubjectPerDay: max } = limits;
  if (max === undefined) return { quotas: [calls] };
  const about = `${counter} ${Buffer.from(token).toString('base64url')}`;
  return { quotas: [calls, { of: 'subject', counter: about, day, calls: 1, max }] };
}

/** Size limits of one answer or file. */
export interface ReleaseLimits {
  /** rows of one batch query, whose whole answer is held in memory */
  readonly batchRows: number;
  /** cells of one statistics cube, totals included */
  readonly cubeCells: number;
  /** bytes of one file of rows */
  readonly exportBytes: number;
}

export const defaultReleaseLimits: ReleaseLimits = {
  batchRows: 20_000,
  cubeCells: 1_000,
  exportBytes: 2 ** 30,
};
