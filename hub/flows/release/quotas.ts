/** What an answer counts against the limits of its agreement, in the flush of its entry. */
import type { PermittedFact, Permission, PlanRef } from '../../../policies/decision.ts';
import { dayInChina } from '../../../terms/civilDate.ts';
import type { Claims, QuotaClaim } from '../../log/draft.ts';
import type { AllowedOutcome } from '../../pipeline/call.ts';

/** Whose calls are counted together: those of one department, a contractor apart from its principal, on one dataset for one purpose. */
export const quotaCounter = ({ agreement, consumer, purpose, dataset }: PlanRef): string =>
  `${agreement} ${consumer} ${purpose} ${dataset}`;

/**
 * An answer with rows, counted.
 * @param taken calls: a batch of subjects counts as so many, so that it opens no way around the limit of look-ups
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

/** What is taken of the agreement's limits of a day; what is left out is not counted. */
export function quotasOf(
  { limits, plan }: Permission,
  now: number,
  taken: { readonly calls?: number; readonly rows?: number; readonly bytes?: number },
): readonly QuotaClaim[] {
  const counter = quotaCounter(plan);
  const day = dayInChina(now);
  const limited = [
    { of: 'calls', counter, calls: taken.calls, max: limits.callsPerDay },
    { of: 'rows', counter: `${counter} rows`, calls: taken.rows, max: limits.rowsPerDay },
    { of: 'bytes', counter: `${counter} bytes`, calls: taken.bytes, max: limits.bytesPerDay },
  ] as const;
  return limited.flatMap(({ of, counter, calls, max }) =>
    calls === undefined || max === undefined ? [] : [{ of, counter, day, calls, max }],
  );
}

/** A fact asked: of its own limit, and of the one about this subject, so that no value is found out by trying. */
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

/** How much one answer, or one file, may hold. */
export interface ReleaseLimits {
  /** rows of one batch query, whose answer is held in memory whole */
  readonly batchRows: number;
  /** cells of one cube of statistics, totals and all */
  readonly cubeCells: number;
  /** bytes of one file of rows */
  readonly exportBytes: number;
}

export const defaultReleaseLimits: ReleaseLimits = {
  batchRows: 20_000,
  cubeCells: 1_000,
  exportBytes: 2 ** 30,
};
