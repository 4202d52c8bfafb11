/**
 * The gate of the exchange listener: every call passes it in the same steps.
 *
 *   bucket → authenticate → validate → the operation's walk → append the entry (denials too) → receipt → signed reply
 *
 * No reply leaves before its entry is durable.
 */
import type { RequestMessage } from '../../certs/message.ts';
import type { EntryKind } from '../../log/leaf.ts';
import { datasetId, providerOf } from '../../terms/ids.ts';
import { Problem, problemDocument } from '../../terms/problem.ts';
import { uuid7 } from '../../terms/uuid7.ts';
import type { AuditLog, LostClaim } from '../audit/draft.ts';
import { Refusal } from '../identity/refusal.ts';
import type { Caller, TlsPeer } from '../identity/caller.ts';
import type { Buckets } from './bucket.ts';
import type {
  DeniedOutcome,
  ExchangeOperation,
  LeafFacts,
  LoggedOutcome,
  Outcome,
  UnloggedOutcome,
} from './call.ts';
import { entryDraft, type ExchangeDraft } from './entry.ts';
import type { Overload } from './overload.ts';
import { signedReply, type OutgoingReply, type ReplySigner } from './reply.ts';

export interface GateInput {
  readonly operation: string;
  readonly message: RequestMessage;
  readonly peer: TlsPeer | undefined;
  readonly params: Readonly<Record<string, string>>;
  /** parses and validates the body against openapi.yaml; called after authentication. @throws Problem */
  readonly parseBody: () => unknown;
}

export interface Gate {
  /** Never rejects: whatever goes wrong becomes a reply. */
  answer(input: GateInput): Promise<OutgoingReply>;
}

export interface GateServices {
  readonly audit: AuditLog;
  /** the registries as of the log's newest epoch; resolves at once when nothing changed */
  readonly current: () => Promise<void> | undefined;
  /** @throws Problem or Refusal */
  readonly authenticate: (
    message: RequestMessage,
    peer: TlsPeer | undefined,
    nowMs: number,
    exchange: string,
  ) => Caller;
  readonly operations: ReadonlyMap<string, ExchangeOperation>;
  /** kind of the entry of an operation's denials */
  readonly kindOf: (operation: string) => EntryKind;
  readonly signer: ReplySigner;
  readonly buckets: Buckets;
  readonly overload: Overload;
  /** Unix milliseconds, database clock */
  readonly now: () => number;
  /** told of failures that are the hub's own; must not throw */
  readonly report: (failure: {
    readonly exchange: string;
    readonly operation: string;
    readonly error: unknown;
  }) => void;
}

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
    await services.current();
    const epoch = audit.epoch();
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
    services.report({ exchange: passage.id, operation: passage.input.operation, error });
    return error instanceof Problem ? error : new Problem('internal_error', {}, { cause: error });
  }

  /** What is logged instead when another entry took what this one claims. */
  async function afterLoss(passage: Passage, decided: Decided, claim: LostClaim): Promise<Decided> {
    const denied = (problem: Problem): Decided => ({
      ...decided,
      outcome: { problem, facts: 'facts' in decided.outcome ? decided.outcome.facts : {} },
    });
    if (claim === 'nonce') return denied(new Problem('nonce_replayed', {}, { check: 'nonce' }));
    if (decided.attempt >= mostAttempts) return denied(new Problem('log_busy'));
    const attempt = decided.attempt + 1;
    const { outcome } = decided;
    if (!('whenLost' in outcome)) {
      return claim === 'quota' ? denied(new Problem('quota_exhausted')) : decideAfresh(passage, attempt);
    }
    try {
      await services.current();
      const epoch = audit.epoch();
      const { message, peer } = passage.input;
      const caller = services.authenticate(message, peer, passage.now, passage.id);
      return { outcome: await outcome.whenLost(claim), caller, refusal: undefined, epoch, attempt };
    } catch (error) {
      return denied(asProblem(passage, error));
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
    try {
      const draft = draftOf(passage, { ...decided, outcome });
      const appended = await audit.append(draft);
      const receipt = appended.draft.receiptOf(appended);
      await appended.draft.whenDurable?.(receipt);
      return signedReply(signer, passage.input.message, {
        ...appended.draft.reply,
        exchange: passage.id,
        receipt,
      });
    } catch (error) {
      const problem = asProblem(passage, error);
      if ('problem' in outcome || problem.status >= 500) return unlogged(passage, problem);
      // refused by the rows that were to change with the entry: that refusal is the entry then
      return logged(passage, { ...decided, outcome: { problem, facts: outcome.facts } });
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

/** What the path alone says of a call that was refused before its walk began. */
function pathFacts(params: Readonly<Record<string, string>>): LeafFacts {
  const { dataset } = params;
  if (dataset === undefined) return {};
  try {
    const id = datasetId(dataset);
    return { dataset: id, provider: providerOf(id) };
  } catch {
    return {};
  }
}

export type { Outcome, OutgoingReply };
