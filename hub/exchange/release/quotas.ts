/** What an answer counts against the limits of its agreement, in the flush of its entry. */
import type { PermittedFact, Permission, PlanRef } from '../../../policies/decision.ts';
import { civilDateInChina, civilDateText } from '../../../terms/civilDate.ts';
import type { Claims, QuotaClaim } from '../../audit/draft.ts';
import type { AllowedOutcome } from '../../gate/call.ts';

/** Whose calls are counted together: those of one department, a contractor apart from its principal, on one dataset for one purpose. */
export const quotaCounter = ({ agreement, consumer, purpose, dataset }: PlanRef): string =>
  `${agreement} ${consumer} ${purpose} ${dataset}`;

/** Everything is counted by the day of mainland China. */
export const quotaDay = (now: number): string => civilDateText(civilDateInChina(now));

/**
 * An answer with rows, counted.
 * @param taken calls: a batch of subjects counts as so many, so that it opens no way around the limit of look-ups
 */
export function counted(
  outcome: AllowedOutcome,
  { limits, plan }: Permission,
  now: number,
  taken: { readonly calls: number; readonly rows: number },
): AllowedOutcome {
  const { callsPerDay, rowsPerDay, bytesPerDay } = limits;
  const counter = quotaCounter(plan);
  const day = quotaDay(now);
  const claims: readonly (QuotaClaim | undefined)[] = [
    callsPerDay === undefined
      ? undefined
      : { of: 'calls', counter, day, calls: taken.calls, max: callsPerDay },
    rowsPerDay === undefined
      ? undefined
      : { of: 'rows', counter: `${counter} rows`, day, calls: taken.rows, max: rowsPerDay },
    bytesPerDay === undefined
      ? undefined
      : { of: 'bytes', counter: `${counter} bytes`, day, calls: outcome.body.length, max: bytesPerDay },
  ];
  const quotas = claims.filter((one) => one !== undefined);
  return quotas.length === 0 ? outcome : { ...outcome, claims: { ...outcome.claims, quotas } };
}

/** A fact asked: of its own limit, and of the one about this subject, so that no value is found out by trying. */
export function quotasOfFact(
  plan: PlanRef,
  { id, limits }: PermittedFact,
  token: Uint8Array,
  now: number,
): Pick<Claims, 'quotas'> {
  const counter = `${quotaCounter(plan)} fact ${id}`;
  const day = quotaDay(now);
  const calls: QuotaClaim = { of: 'calls', counter, day, calls: 1, max: limits.callsPerDay };
  const { perSubjectPerDay: max } = limits;
  if (max === undefined) return { quotas: [calls] };
  const about = `${counter} ${Buffer.from(token).toString('base64url')}`;
  return { quotas: [calls, { of: 'subject', counter: about, day, calls: 1, max }] };
}
