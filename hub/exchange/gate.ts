/**
 * The gate of the exchange listener: every call passes it in the same steps.
 *
 *   bucket → authenticate → validate → the operation's walk → append the entry (denials too) → receipt → signed reply
 *
 * No reply leaves before its entry is durable.
 */
import { Problem, problemDocument } from '../../terms/problem.ts';
import { uuid7 } from '../../terms/uuid7.ts';
import type { Appended, LostClaim } from '../audit/draft.ts';
import { Refusal } from '../identity/refusal.ts';
import type { Caller } from '../identity/caller.ts';
import {
  DecideAfresh,
  type DeniedOutcome,
  type LoggedOutcome,
  type Outcome,
  type UnloggedOutcome,
} from './call.ts';
import { currentEpoch } from './currentEpoch.ts';
import { pathFacts, problemOf, withoutEffects } from './denial.ts';
import { entryDraft, type ExchangeDraft } from './entry.ts';
import type { Gate, GateInput, GateServices } from './gateServices.ts';
import { signedReply, type OutgoingReply } from './reply.ts';

/** How often a call is decided again because the registries changed under it. */
const mostAttempts = 4;

/** One call on its way through the gate. */
interface Passage {
  readonly id: string;
  readonly now: number;
  readonly input: GateInput;
}

/** What came of it so far. */
interface Decided {
  readonly outcome: LoggedOutcome | UnloggedOutcome | DeniedOutcome;
  readonly caller: Caller | undefined;
  readonly refusal: Refusal | undefined;
  readonly epoch: number;
  readonly attempt: number;
}

export function createGate(services: GateServices): Gate {
  const { audit, signer } = services;

  async function decideAfresh(passage: Passage, attempt: number): Promise<Decided> {
    const epoch = await currentEpoch(services.current, audit);
    let caller: Caller | undefined;
    try {
      caller = services.authenticate(passage.input.message, passage.input.peer, passage.now, passage.id);
      const body = passage.input.parseBody();
      const operation = services.operations.get(passage.input.operation);
      if (operation === undefined) throw new Problem('not_found');
      const { id, now, input } = passage;
      const outcome = await operation({
        id,
        operation: input.operation,
        message: input.message,
        now,
        caller,
        params: input.params,
        body,
      });
      return { outcome, caller, refusal: undefined, epoch, attempt };
    } catch (error) {
      const refusal = error instanceof Refusal ? error : undefined;
      const facts = pathFacts(passage.input.params);
      return { outcome: { problem: asProblem(passage, error), facts }, caller, refusal, epoch, attempt };
    }
  }

  function asProblem(passage: Passage, error: unknown): Problem {
    if (error instanceof Problem && error.status < 500) return error;
    report(passage, error);
    return problemOf(error);
  }

  const report = ({ id, input }: Passage, error: unknown): void =>
    services.report({ exchange: id, operation: input.operation, error });

  /** What is logged instead when another entry took what this one claims. */
  async function afterLoss(passage: Passage, decided: Decided, claim: LostClaim): Promise<Decided> {
    const denied = (problem: Problem): Decided => ({
      ...decided,
      outcome: { problem, facts: 'facts' in decided.outcome ? withoutEffects(decided.outcome.facts) : {} },
    });
    if (claim === 'nonce') return denied(new Problem('nonce_replayed', {}, { check: 'nonce' }));
    if (decided.attempt >= mostAttempts) return denied(new Problem('log_busy'));
    const attempt = decided.attempt + 1;
    const { outcome } = decided;
    if (!('whenLost' in outcome)) {
      return claim === 'quota' ? denied(new Problem('quota_exhausted')) : decideAfresh(passage, attempt);
    }
    try {
      const epoch = await currentEpoch(services.current, audit);
      const caller = await stillStanding(passage, outcome);
      return { outcome: await outcome.whenLost(claim), caller, refusal: undefined, epoch, attempt };
    } catch (error) {
      return denied(asProblem(passage, error));
    }
  }

  /** The caller, asked again after something changed. @throws Problem or Refusal, once the outcome knows that it will not be */
  async function stillStanding({ input, now, id }: Passage, outcome: LoggedOutcome): Promise<Caller> {
    try {
      return services.authenticate(input.message, input.peer, now, id);
    } catch (error) {
      await outcome.whenBarred?.(problemOf(error));
      throw error;
    }
  }

  function draftOf(
    passage: Passage,
    decided: Decided & { outcome: LoggedOutcome | DeniedOutcome },
  ): ExchangeDraft {
    const { operation } = passage.input;
    return entryDraft({
      id: passage.id,
      now: passage.now,
      operation,
      kind: services.kindOf(operation),
      caller: decided.caller,
      refusal: decided.refusal,
      epoch: decided.epoch,
      outcome: decided.outcome,
      whenLost: async (claim) => {
        const again = await afterLoss(passage, decided, claim);
        const { outcome } = again;
        return draftOf(passage, {
          ...again,
          outcome: 'entry' in outcome ? { problem: new Problem('log_busy'), facts: {} } : outcome,
        });
      },
    });
  }

  async function logged(passage: Passage, decided: Decided): Promise<OutgoingReply> {
    const { outcome } = decided;
    if ('entry' in outcome)
      return signedReply(signer, passage.input.message, { ...outcome, exchange: passage.id });
    let appended: Appended<ExchangeDraft>;
    try {
      appended = await audit.append(draftOf(passage, { ...decided, outcome }));
    } catch (error) {
      if (error instanceof DecideAfresh && decided.attempt < mostAttempts) {
        return logged(passage, await decideAfresh(passage, decided.attempt + 1));
      }
      const problem = asProblem(passage, error instanceof DecideAfresh ? new Problem('log_busy') : error);
      if ('problem' in outcome || problem.status >= 500) return unlogged(passage, problem);
      // refused by the rows that were to change with the entry: that refusal is the entry then
      return logged(passage, { ...decided, outcome: { problem, facts: withoutEffects(outcome.facts) } });
    }
    const { draft } = appended;
    const receipt = draft.receiptOf(appended);
    await tell(passage, draft, receipt);
    return signedReply(signer, passage.input.message, { ...draft.reply, exchange: passage.id, receipt });
  }

  /** The entry stands: what fails from here on cannot take the answer back. */
  async function tell(passage: Passage, draft: ExchangeDraft, receipt: string): Promise<void> {
    try {
      await draft.whenDurable?.(receipt);
    } catch (error) {
      report(passage, error);
    }
  }

  /** A refusal that could not be logged, or need not be: signed, without receipt. It gives nothing away. */
  function unlogged(passage: Passage, problem: Problem): OutgoingReply {
    return signedReply(signer, passage.input.message, {
      status: problem.status,
      contentType: 'application/problem+json',
      body: Buffer.from(JSON.stringify(problemDocument(problem)), 'utf8'),
      exchange: passage.id,
      headers: problem.extras.headers ?? {},
    });
  }

  return {
    async answer(input) {
      const now = services.now();
      const passage: Passage = { id: uuid7(now), now, input };
      const wait = services.buckets.take(input.peer?.serial ?? '', now);
      if (wait > 0) {
        services.overload.count(input.operation);
        const headers = { 'retry-after': String(Math.ceil(wait)) };
        return unlogged(passage, new Problem('too_many_requests', {}, { headers }));
      }
      try {
        return await logged(passage, await decideAfresh(passage, 1));
      } catch (error) {
        return unlogged(passage, asProblem(passage, error)); // the registries could not be read
      }
    },
  };
}

export type { Gate, GateInput, GateServices, Outcome, OutgoingReply };
