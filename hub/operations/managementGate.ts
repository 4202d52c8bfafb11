/**
 * The gate of management: every call of the staff listener, and enrolment, passes it.
 *
 *   (address, token, body and shape were checked by the listener) → stored outcome → operation → append the entry (denials too) → reply
 *
 * A refusal by the listener passes it too, so that it is logged. No reply leaves before its entry is durable.
 */
import { createHash } from 'node:crypto';
import { Problem } from '../../terms/problem.ts';
import { uuid7 } from '../../terms/uuid7.ts';
import type { LostClaim } from '../audit/draft.ts';
import { Turns } from '../audit/writer/turns.ts';
import { buckets } from '../exchange/bucket.ts';
import { bothCurrent, currentEpoch } from '../exchange/currentEpoch.ts';
import { keepOutcome, storedOutcome, type IdempotencyKey } from '../store/idempotency.ts';
import type { ManagedCall, ManagedOperation, ManagedOutcome } from './managed.ts';
import {
  claimOf,
  leafOf,
  problemAnswer,
  receiptFor,
  replyOf,
  sealed,
  type Answer,
  type ManagementDraft,
  type ManagementInput,
  type ManagementReply,
} from './managementEntry.ts';
import type { Services } from './services.ts';

export interface ManagementGate {
  /** Never rejects. @param run the operation, or a function that throws why the listener refused the call */
  answer(input: ManagementInput, run: ManagedOperation): Promise<ManagementReply>;
}

/** Calls of strangers from one address: so many at once, so many a second. Beyond that they are refused without an entry. */
const strangers = { burst: 20, rate: 2 };
const mostAttempts = 4;

interface Passage {
  readonly call: ManagedCall;
  readonly input: ManagementInput;
  readonly run: ManagedOperation;
  /** ends this call's turn, once it has one */
  endTurn?: () => void;
}

export function managementGate(services: Services): ManagementGate {
  const { audit, database } = services;
  const calls = buckets(services.strangers ?? strangers);
  /** Acts that lost to others are decided again one at a time, so that acts done at once all come through. */
  const turns = new Turns();

  /** @throws Problem, of the operation or the listener */
  async function decide(passage: Passage, attempt: number): Promise<ManagementDraft> {
    const epoch = await currentEpoch(
      () => bothCurrent(services.identity.current(), services.registry.refresh()),
      audit,
    );
    const outcome = await passage.run(passage.call, services);
    return draftOf(passage, outcome, epoch, attempt);
  }

  function draftOf(
    passage: Passage,
    outcome: ManagedOutcome,
    epoch: number,
    attempt: number,
  ): ManagementDraft {
    const answer: Answer = {
      status: outcome.status,
      contentType: 'application/json',
      body: Buffer.from(JSON.stringify(outcome.body)),
    };
    const work = workOf(passage, outcome, answer);
    return {
      ...sealed(answer, {
        ...leafOf(passage.call),
        kind: 'management',
        decision: 'allow',
        ...outcome.facts,
        epoch,
      }),
      claims: outcome.fenced === true ? { epoch } : {},
      ...(work === undefined ? {} : { work }),
      ...(outcome.bumpsEpoch === undefined ? {} : { bumpsEpoch: outcome.bumpsEpoch }),
      whenLost: async (claim) => {
        if (claim !== 'epoch' || attempt >= mostAttempts) return denialOf(passage, new Problem('log_busy'));
        try {
          passage.endTurn ??= await turns.take(false);
          return await decide(passage, attempt + 1);
        } catch (error) {
          return denialOf(passage, asProblem(passage, error));
        }
      },
    };
  }

  /** The rows of the outcome and its stored answer, in the transaction of the entry. */
  function workOf(passage: Passage, outcome: ManagedOutcome, answer: Answer): ManagedOutcome['work'] {
    const key = idempotencyKey(passage.input);
    if (key === undefined) return outcome.work;
    return async (transaction) => {
      await outcome.work?.(transaction);
      const kept = {
        ...key,
        requestDigest: requestDigest(passage.input),
        ...answer,
        exchange: passage.call.exchange,
      };
      if (!(await keepOutcome(transaction, kept))) throw new Problem('idempotency_conflict');
    };
  }

  function denialOf(passage: Passage, problem: Problem): ManagementDraft {
    const draft: ManagementDraft = {
      ...sealed(problemAnswer(problem, passage.call.exchange), {
        ...leafOf(passage.call),
        kind: 'management',
        decision: 'deny',
        code: problem.code,
        ...claimOf(passage.input),
      }),
      claims: {},
      whenLost: (_claim: LostClaim) => draft,
    };
    return draft;
  }

  function asProblem({ call }: Passage, error: unknown): Problem {
    if (error instanceof Problem && error.status < 500) return error;
    services.report({ exchange: call.exchange, operation: call.operation, error });
    return error instanceof Problem ? error : new Problem('internal_error', {}, { cause: error });
  }

  async function logged(passage: Passage, draft: ManagementDraft): Promise<ManagementReply> {
    const appended = await audit.append(draft);
    return replyOf(passage.call.exchange, appended.draft.answer, receiptFor(appended));
  }

  /** A refusal in the transaction (another call was first) rolled everything back: it is logged as the denial it became. */
  async function pass(passage: Passage): Promise<ManagementReply> {
    try {
      return await logged(passage, await decide(passage, 1));
    } catch (error) {
      const problem = asProblem(passage, error);
      if (problem.code === 'log_unavailable' || problem.code === 'log_busy') throw problem;
      return await logged(passage, denialOf(passage, problem));
    }
  }

  /** The first answer to the same bytes under the same key, with an entry that names the first exchange. */
  async function repeated(passage: Passage): Promise<ManagementReply | undefined> {
    const key = idempotencyKey(passage.input);
    const stored = key === undefined ? undefined : await storedOutcome(database.app, key);
    if (stored === undefined || stored.requestDigest !== requestDigest(passage.input)) return undefined;
    const draft: ManagementDraft = {
      ...sealed(stored, {
        ...leafOf(passage.call),
        kind: 'management',
        decision: 'allow',
        repeatOf: stored.exchange,
      }),
      claims: {},
      whenLost: () => draft,
    };
    return logged(passage, draft);
  }

  return {
    async answer(input, run) {
      const now = database.now();
      const exchange = uuid7(now);
      const passage: Passage = { call: { ...input, exchange, now }, input, run };
      try {
        const wait = input.staff === undefined ? calls.take(input.address, now) : 0;
        if (wait > 0) {
          services.metrics.refused('too_many_requests');
          return replyOf(exchange, problemAnswer(tooMany(wait), undefined), undefined);
        }
        return (await repeated(passage)) ?? (await pass(passage));
      } catch (error) {
        const problem = error instanceof Problem ? error : asProblem(passage, error);
        return replyOf(exchange, problemAnswer(problem, undefined), undefined);
      } finally {
        passage.endTurn?.();
      }
    },
  };
}

/** A reply with a secret is never stored, so a repetition is a new call. */
function idempotencyKey(input: ManagementInput): IdempotencyKey | undefined {
  if (input.idempotencyKey === undefined || input.staff === undefined || input.secret) return undefined;
  return {
    department: `staff:${input.staff.tokenId}`,
    operation: input.operation,
    key: input.idempotencyKey,
  };
}

function requestDigest(input: ManagementInput): string {
  return createHash('sha256')
    .update(JSON.stringify([input.operation, input.params, input.query]))
    .update(input.bytes)
    .digest('base64url');
}

function tooMany(wait: number): Problem {
  const seconds = Math.ceil(wait);
  return new Problem('too_many_attempts', { seconds }, { headers: { 'retry-after': String(seconds) } });
}
