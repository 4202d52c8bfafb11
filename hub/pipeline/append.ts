import { Problem } from '../../terms/problem.ts';
import type { Appended } from '../log/draft.ts';
import type { Entry } from '../log/entry.ts';
import type { Caller } from '../identity/authentication/caller.ts';
import { afterLoss } from './afterLoss.ts';
import { attemptOf, DecideAfresh, denied } from './call.ts';
import { entryOf, type Carried, type ToLog } from './entryOf.ts';
import { mostAttempts, type Decide, type Decided, type GateServices, type Passage } from './passage.ts';
import { asProblem, withoutEffects } from './refused.ts';
import { Unlogged } from './unlogged.ts';

/**
 * Makes the entry durable, whatever it takes: decided again where a claim was lost, a denial where the rows that were to change with it
 * refused.
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
      draftOf(toLog(await afterLoss(services, passage, one, claim, decide))),
    );
  }

  async function afterRefusal(one: ToLog<C>, error: unknown): Promise<ToLog<C>> {
    const afresh = error instanceof DecideAfresh;
    if (afresh && one.attempt < mostAttempts) return toLog(await decide(passage, one.attempt + 1));
    const problem = asProblem(services, passage, afresh ? new Problem('log_busy') : error);
    if (one.outcome.entry === 'deny' || problem.status >= 500) throw new Unlogged(problem);
    // refused by the rows that were to change with the entry: that refusal is the entry then
    await one.outcome.whenBarred?.(problem);
    const attempt = Math.max(one.attempt, mostAttempts);
    return {
      ...one,
      attempt,
      outcome: denied(problem, withoutEffects(one.outcome.facts), attemptOf(one.outcome)),
    };
  }
}

/** What has claimed nothing never comes here; were it so, nothing would be said of it. */
function toLog<C extends Caller>({ outcome, ...decided }: Decided<C>): ToLog<C> {
  return { ...decided, outcome: outcome.entry === 'none' ? denied(new Problem('log_busy'), {}) : outcome };
}
