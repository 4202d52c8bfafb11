/** What a stream may do in the pipeline once its first entry is durable: each part is admitted like a separate call. */
import { signStreamStatement } from '../../certs/streamEnd.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { Problem } from '../../terms/problem.ts';
import type { ConflictingClaim, QuotaClaim } from '../log/draft.ts';
import { entry } from '../log/entry.ts';
import { receiptOf } from '../log/receipt.ts';
import type { Caller, DepartmentCaller } from '../identity/authentication/caller.ts';
import { DecideAfresh, type Answer, type EntryToBe, type StreamEntry, type StreamPassage } from './call.ts';
import { currentEpoch } from './requestChecks.ts';
import { actorOf } from './entryOf.ts';
import { maxAttempts, type GateServices, type Passage } from './passage.ts';
import type { StreamedBody } from './reply.ts';

/** @throws TypeError for a caller adapter without streams */
export function streamBody<C extends Caller>(
  services: GateServices,
  passage: Passage<C>,
  caller: Caller | undefined,
  stream: NonNullable<Answer['stream']>,
): StreamedBody {
  const { streams } = passage.door;
  if (streams === undefined || caller?.kind !== 'department')
    throw new TypeError(`${passage.operation.id} is on a listener without streams`);
  const { exchange } = passage;
  const request = caller.signatureHash;
  const append = (reported: StreamEntry, more: AppendedMore): Promise<string> =>
    appendOf(services, passage, caller, reported, more);

  const part: StreamPassage['part'] = async (make) => {
    for (let attempt = 1; ; attempt += 1) {
      const epoch = await currentEpoch(services.current, services.audit);
      streams.checkAuthorised(caller);
      const at = entryToBe(services);
      let made: StreamEntry | undefined;
      try {
        const next = await make(at);
        made = next;
        await append(next, { at, epoch });
        return next;
      } catch (error) {
        if (error instanceof Lost && error.claim === 'quotas' && made !== undefined)
          throw exhausted(services, made);
        if (!(error instanceof DecideAfresh || error instanceof Lost)) throw error;
        if (attempt >= maxAttempts) throw new Problem('log_busy', {}, { cause: error });
      }
    }
  };
  return (signal) =>
    stream({
      exchange,
      request,
      signal,
      part,
      sign: (statement) =>
        signStreamStatement({ v: 1, stream: exchange, request, ...statement }, streams.key),
      end: (reported, digest) => append(reported, { at: entryToBe(services), digest }),
    });
}

/** Another entry took what this one claims. */
class Lost extends Error {
  readonly claim: ConflictingClaim;

  constructor(claim: ConflictingClaim) {
    super(`lost ${claim}`);
    this.claim = claim;
  }
}

interface AppendedMore {
  readonly at: EntryToBe;
  /** fences the entry; absent: it records what happened, even if the registries changed since */
  readonly epoch?: number;
  readonly digest?: Uint8Array;
}

function entryToBe({ database }: GateServices): EntryToBe {
  const now = database.now();
  return { id: uuid7(now), now };
}

async function appendOf<C extends Caller>(
  { audit }: GateServices,
  { operation }: Passage<C>,
  caller: DepartmentCaller,
  { facts, claims, subjects, work, privatePart, confirm, atOnce }: StreamEntry,
  { at, epoch, digest }: AppendedMore,
): Promise<string> {
  const appended = await audit.append(
    entry({
      exchange: at.id,
      now: at.now,
      operation: operation.id,
      kind: operation.kind === 'none' ? 'inspect' : operation.kind,
      actor: actorOf(caller),
      facts,
      request: caller.signatureHash,
      answer: digest === undefined ? undefined : { status: 200, digest },
      epoch,
      subjects,
      claims: { ...claims, ...(epoch === undefined ? {} : { epoch }) },
      work,
      confirm,
      privatePart,
      atOnce,
      carried: undefined,
      decideAgain: (lost) => {
        throw new Lost(lost);
      },
    }),
  );
  return receiptOf(appended);
}

function exhausted({ audit }: GateServices, { claims }: StreamEntry): Problem {
  const isSpent = (claim: QuotaClaim): boolean => (audit.taken(claim) ?? 0) + claim.calls > claim.max;
  const spent = claims?.quotas?.find(isSpent);
  return new Problem('quota_exhausted', {}, spent === undefined ? {} : { at: spent.of });
}
