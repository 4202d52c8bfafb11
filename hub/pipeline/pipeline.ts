/**
 * The request pipeline: every call of every listener passes the same steps.
 *
 *   bucket → authenticate (from the head) → admit body → digest → validate → operation → append the entry (denials too) → receipt → reply
 *
 * No reply leaves before its entry is durable. A claim that is lost in the append is decided again: `onConflict.ts`. Reads of staff without
 * personal data are counted (`countedReply.ts`); their reply does not leave before the count is durable.
 */
import { uuid7 } from '../../machine/uuid7.ts';
import { Problem } from '../../terms/problem.ts';
import { receiptOf } from '../log/receipt.ts';
import type { Caller } from '../identity/authentication/caller.ts';
import { asDeclared, currentEpoch, authenticate, admitBody, checkDigest, announce } from './requestChecks.ts';
import { answerOnce } from './answerOnce.ts';
import { append, withoutEntry, runAfterCommit } from './append.ts';
import { DecideAfresh } from './call.ts';
import type { CallerAuth } from './callers/callerAuth.ts';
import {
  maxAttempts,
  type BoundOperation,
  type Decided,
  type GateRequest,
  type GateServices,
  type Passage,
} from './passage.ts';
import { refused } from './refused.ts';
import { problemAnswer, type OutgoingReply } from './reply.ts';
import { replyParts } from './replyParts.ts';
import { takeFromBucket } from './rateLimit.ts';
import { beginTrace, ending } from './callTrace.ts';
import { measured } from './trace.ts';
import { countedReply } from './countedReply.ts';

/** Answers calls of one operation. Rejects only where the client has disconnected (ClientGone). */
export type Answering = (request: GateRequest) => Promise<OutgoingReply>;

export interface Gate {
  /** Binds one operation to a caller adapter, which decides who may call it and how its replies are sent. */
  open<C extends Caller>(door: CallerAuth<C>, operation: BoundOperation<C>): Answering;
}

export function createGate(services: GateServices): Gate {
  async function decide<C extends Caller>(passage: Passage<C>, attempt: number): Promise<Decided<C>> {
    const { operation, request } = passage;
    const epoch = await currentEpoch(services.current, services.audit);
    let caller: C | undefined;
    try {
      caller = await authenticate(services, passage, attempt);
      if (attempt === 1) beginTrace(services, passage, caller);
      operation.permit?.(caller);
      const announced = announce(passage, caller);
      const bytes = await admitBody(passage, announced);
      // reads changes that arrived during signature verification and body upload before anything is decided
      if (services.audit.epoch() !== epoch) {
        if (attempt >= maxAttempts) throw new Problem('log_busy');
        return await decide(passage, attempt + 1);
      }
      checkDigest(caller, bytes);
      const call = { bytes, body: request.checkBody(bytes), ...announced };
      const outcome = await answerOnce(services, passage, call);
      return { outcome: asDeclared(operation, outcome), caller, refusal: undefined, epoch, attempt };
    } catch (error) {
      const afresh = error instanceof DecideAfresh;
      if (afresh && attempt < maxAttempts) return decide(passage, attempt + 1);
      const refusal = afresh ? new Problem('log_busy') : error;
      return { ...refused(services, passage, refusal), caller, epoch, attempt };
    }
  }

  async function pass<C extends Caller>(passage: Passage<C>): Promise<OutgoingReply> {
    const { door, exchange, request } = passage;
    takeFromBucket(services, passage);
    const decided = await decide(passage, 1);
    if (decided.outcome.entry === 'none') return door.reply(request.head, { ...decided.outcome, exchange });
    const counted = await countedReply(services, passage, decided);
    if (counted !== undefined) return door.reply(request.head, counted);
    const appended = await measured(passage.trace, 'append', () =>
      append(services, passage, decided, decide),
    );
    services.logged?.(appended.draft.leaf);
    passage.trace?.entry(appended.draft.leaf);
    const receipt = receiptOf(appended);
    await runAfterCommit(services, passage, appended.draft.carried, receipt);
    return door.reply(request.head, replyParts(services, passage, appended, receipt));
  }

  function answer<C extends Caller>(passage: Passage<C>): Promise<OutgoingReply> {
    const { door, request, exchange } = passage;
    const failed = async (error: unknown): Promise<OutgoingReply> =>
      door.reply(request.head, { ...problemAnswer(withoutEntry(services, passage, error)), exchange });
    return ending(passage, pass(passage).catch(failed));
  }

  return {
    open: (door, operation) => (request) => {
      const now = services.database.now();
      return answer({ exchange: uuid7(now), now, arrived: performance.now(), door, operation, request });
    },
  };
}
