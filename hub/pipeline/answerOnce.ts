/**
 * `datong-idempotency-key`: the same key with the same bytes gets the first answer, with an entry that names the first exchange; other
 * bytes under the key are refused. Only finished answers are kept, in the transaction of their entry. A call that comes while the first
 * is under way waits for it there, and then gets its answer.
 */
import { createHash } from 'node:crypto';
import { Problem } from '../../terms/problem.ts';
import type { Caller } from '../identity/authentication/caller.ts';
import { storeOutcome, storedOutcome, type StoredOutcome } from './store/idempotency.ts';
import { DecideAfresh, denied, type Call, type Outcome } from './call.ts';
import { headerOf } from './requestChecks.ts';
import type { BoundOperation, GateServices, Passage } from './passage.ts';

/** Whose call it is and under which key, before it was answered. */
type Keyed = Omit<StoredOutcome, 'status' | 'contentType' | 'body'>;

/** The operation's outcome, or the answer that the same call got before. */
export async function answerOnce<C extends Caller>(
  { database }: GateServices,
  { operation }: Passage<C>,
  call: Call<C>,
): Promise<Outcome> {
  const keyed = keyedCall(call, operation);
  if (keyed === undefined) return operation.run(call);
  const before = async (): Promise<Outcome | undefined> => {
    const first = await storedOutcome(database.app, keyed);
    return first === undefined ? undefined : repeated(first, keyed);
  };
  const answered = await before();
  if (answered !== undefined) return answered;
  try {
    const outcome = await operation.run(call);
    // what refuses this call may be what the first one has done meanwhile
    return outcome.entry === 'deny' ? ((await before()) ?? outcome) : keeping(outcome, keyed, operation.kind);
  } catch (error) {
    const meanwhile = await before();
    if (meanwhile === undefined) throw error;
    return meanwhile;
  }
}

const acts: ReadonlySet<BoundOperation<Caller>['kind']> = new Set(['intake', 'consent', 'management']);

/** Only acts and intake are repeated under a key. A reply with a secret is never kept, so its repetition is a new call. */
function keyedCall<C extends Caller>(
  call: Call<C>,
  { id, kind, secret }: BoundOperation<C>,
): Keyed | undefined {
  if (secret || !acts.has(kind)) return undefined;
  const { caller, head, exchange } = call;
  const name =
    caller.kind === 'department'
      ? { department: caller.department, key: caller.signed['idempotency-key'] }
      : caller.kind === 'staff'
        ? { department: `staff:${caller.tokenId}`, key: headerOf(head, 'datong-idempotency-key') }
        : undefined;
  if (name?.key === undefined) return undefined;
  return {
    department: name.department,
    key: name.key,
    operation: id,
    requestDigest: digestOf(call),
    exchange,
  };
}

const digestOf = ({ operation, params, query, bytes }: Call): string =>
  createHash('sha256')
    .update(JSON.stringify([operation, params, query]))
    .update(bytes)
    .digest('base64url');

function repeated(first: StoredOutcome, { requestDigest }: Keyed): Outcome {
  if (first.requestDigest !== requestDigest) return denied(new Problem('idempotency_conflict'), {});
  const { status, contentType, body, exchange } = first;
  return { entry: 'allow', status, contentType, body, facts: { repeatOf: exchange } };
}

/** The outcome, kept together with its entry; what is decided again after a lost claim is kept likewise. */
function keeping(outcome: Outcome, keyed: Keyed, kind: BoundOperation<Caller>['kind']): Outcome {
  // a batch that is still being checked has another answer later; a proposal has been made once it waits
  const underWay = kind === 'intake' && outcome.entry === 'allow' && outcome.status === 202;
  if (outcome.entry !== 'allow' || underWay) return outcome;
  const { status, contentType, body, work, whenLost } = outcome;
  return {
    ...outcome,
    work: async (transaction) => {
      // first of all: it waits for another call with the same key to end, before anything here can collide with what that one did
      const mine = await storeOutcome(transaction, { ...keyed, status, contentType, body });
      if (!mine) throw new DecideAfresh();
      await work?.(transaction);
    },
    whenLost: whenLost && (async (claim) => keeping(await whenLost(claim), keyed, kind)),
  };
}
