/**
 * `datong-idempotency-key`: a repeated key with the same bytes returns the first answer, with an entry that names the first exchange.
 * Different bytes under the same key are refused. Only final answers are stored, in the transaction of their entry. A call that arrives
 * while the first is in progress waits for it in that transaction, then returns its answer.
 */
import { createHash } from 'node:crypto';
import { joinedHeaders } from '../../certs/signatures/headers.ts';
import { Problem } from '../../terms/problem.ts';
import type { Caller } from '../identity/authentication/caller.ts';
import { storeOutcome, storedOutcome, type StoredOutcome } from './store/idempotency.ts';
import { DecideAfresh, denied, type Call, type Outcome } from './call.ts';
import { headerOf } from './requestChecks.ts';
import type { BoundOperation, GateServices, Passage } from './passage.ts';

/** The caller and key of a call, before it is answered. */
type Keyed = Omit<StoredOutcome, 'status' | 'contentType' | 'body'>;

/** Returns the operation's outcome, or the stored answer of an identical earlier call. */
export async function answerOnce<C extends Caller>(
  { database }: GateServices,
  { operation }: Passage<C>,
  call: Call<C>,
): Promise<Outcome> {
  const keyed = keyedCall(call, operation);
  if (keyed === undefined) return operation.run(call);
  const storedAnswer = async (): Promise<Outcome | undefined> => {
    const first = await storedOutcome(database.app, keyed);
    return first === undefined ? undefined : repeated(first, keyed);
  };
  const answered = await storedAnswer();
  if (answered !== undefined) return answered;
  try {
    const outcome = await operation.run(call);
    // the refusal may result from the effects of the first call, so its stored answer is checked
    return outcome.entry === 'deny'
      ? ((await storedAnswer()) ?? outcome)
      : withStoredAnswer(outcome, keyed, operation);
  } catch (error) {
    const answeredSince = await storedAnswer();
    if (answeredSince === undefined) throw error;
    return answeredSince;
  }
}

const acts: ReadonlySet<BoundOperation<Caller>['kind']> = new Set(['intake', 'consent', 'management']);

/** Acts, intake calls, and calls that create something are repeatable under a key. */
function keyedCall<C extends Caller>(
  call: Call<C>,
  { id, kind, creates }: BoundOperation<C>,
): Keyed | undefined {
  if (!creates && !acts.has(kind)) return undefined;
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
    requestDigest: digestOf(call, kind === 'release' && caller.kind === 'department' ? caller.signed : {}),
    exchange,
  };
}

/** @param signed headers that decide what is released */
const digestOf = (
  { operation, params, query, bytes, head }: Call,
  { 'idempotency-key': _key, ...signed }: Readonly<Record<string, string>>,
): string => {
  const hash = createHash('sha256')
    .update(JSON.stringify([operation, params, query]))
    .update(bytes);
  // the attributes of an event in binary mode
  const attributes = [...joinedHeaders(head.rawHeaders)].filter(([name]) => name.startsWith('ce-'));
  if (attributes.length > 0) hash.update(JSON.stringify(attributes.sort()));
  if (Object.keys(signed).length > 0) hash.update(JSON.stringify(Object.entries(signed).sort()));
  return hash.digest('base64url');
};

function repeated(first: StoredOutcome, { requestDigest }: Keyed): Outcome {
  if (first.requestDigest !== requestDigest) return denied(new Problem('idempotency_conflict'), {});
  const { status, contentType, body, exchange } = first;
  if (contentType === '') return denied(new Problem('secret_shown_once', { exchange }), {});
  return { entry: 'allow', status, contentType, body, facts: { repeatOf: exchange } };
}

/**
 * Stores the outcome together with its entry. An outcome decided again after a lost claim is stored likewise. Of an answer with a secret
 * only the fact is stored, without content type and body: a repetition is refused, and does nothing twice.
 */
function withStoredAnswer(
  outcome: Outcome,
  keyed: Keyed,
  operation: Pick<BoundOperation<Caller>, 'kind' | 'secret'>,
): Outcome {
  const { kind, secret } = operation;
  // a batch still being checked is answered differently later; a proposal is complete once it is pending
  const underWay = kind === 'intake' && outcome.entry === 'allow' && outcome.status === 202;
  if (outcome.entry !== 'allow' || underWay) return outcome;
  const { status, work, whenLost } = outcome;
  const { contentType, body } =
    secret && outcome.withoutSecret !== true ? { contentType: '', body: Buffer.alloc(0) } : outcome;
  return {
    ...outcome,
    // it would run without work, which stores the answer
    atOnce: undefined,
    work: async (transaction) => {
      // runs first: it waits for another call with the same key to end, before anything here can conflict with its changes
      const mine = await storeOutcome(transaction, { ...keyed, status, contentType, body });
      if (!mine) throw new DecideAfresh();
      await work?.(transaction);
    },
    whenLost: whenLost && (async (claim) => withStoredAnswer(await whenLost(claim), keyed, operation)),
  };
}
