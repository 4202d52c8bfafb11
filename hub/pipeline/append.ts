import { Problem } from '../../terms/problem.ts';
import type { Appended } from '../log/draft.ts';
import type { Entry } from '../log/entry.ts';
import type { Caller } from '../identity/authentication/caller.ts';
import { onConflict } from './onConflict.ts';
import { attemptOf, DecideAfresh, denied } from './call.ts';
import { entryOf, type Carried, type ToLog } from './entryOf.ts';
import { maxAttempts, type Decide, type Decided, type GateServices, type Passage } from './passage.ts';
import { asProblem, withoutEffects } from './refused.ts';
import { Unlogged, ClientGone } from './unlogged.ts';

/**
 * Makes the entry durable. A lost claim is decided again. A refusal by the rows that change with the entry is logged as a denial.
 * @throws Unlogged where the entry cannot be written
 */
export async function append<C extends Caller>(
  services: GateServices,
  passage: Passage<C>,
  first: Decided<C>,
  decide: Decide<C>,
): Promise<Appended<Entry<Carried>>> {
  let decided = toLog(first);
  for (;;) {
    try {
      return await services.audit.append(draftOf(decided));
    } catch (error) {
      decided = await afterRefusal(decided, error);
    }
  }

  function draftOf(one: ToLog<C>): Entry<Carried> {
    return entryOf(passage, one, async (claim) =>
      draftOf(toLog(await onConflict(services, passage, one, claim, decide))),
    );
  }

  async function afterRefusal(one: ToLog<C>, error: unknown): Promise<ToLog<C>> {
    const afresh = error instanceof DecideAfresh;
    if (afresh && one.attempt < maxAttempts) return toLog(await decide(passage, one.attempt + 1));
    const problem = asProblem(services, passage, afresh ? new Problem('log_busy') : error);
    if (one.outcome.entry === 'deny' || problem.status >= 500) throw new Unlogged(problem);
    // the rows that change with the entry refused it: that refusal becomes the entry
    await one.outcome.whenBarred?.(problem);
    const attempt = Math.max(one.attempt, maxAttempts);
    return {
      ...one,
      attempt,
      outcome: {
        ...denied(problem, withoutEffects(one.outcome.facts), attemptOf(one.outcome)),
        at: one.outcome.at,
      },
    };
  }
}

/**
 * Only outcomes with an entry lose claims, so an outcome without one never reaches this point. If it did, it would be denied without any
 * facts.
 */
function toLog<C extends Caller>({ outcome, ...decided }: Decided<C>): ToLog<C> {
  return { ...decided, outcome: outcome.entry === 'none' ? denied(new Problem('log_busy'), {}) : outcome };
}

/** The refusal that leaves without an entry. @throws ClientGone where the client has disconnected */
export function withoutEntry<C extends Caller>(
  services: GateServices,
  passage: Passage<C>,
  error: unknown,
): Problem {
  if (error instanceof ClientGone) throw error;
  return error instanceof Unlogged ? error.problem : asProblem(services, passage, error);
}

/** Runs once the entry is durable. Later failures are reported and cannot revoke the answer. */
export async function runAfterCommit<C extends Caller>(
  services: GateServices,
  { exchange, operation }: Passage<C>,
  { whenDurable }: Carried,
  receipt: string,
): Promise<void> {
  try {
    await whenDurable?.(receipt);
  } catch (error) {
    services.report({ exchange, operation: operation.id, error });
  }
}
