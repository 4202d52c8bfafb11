/**
 * `datong-idempotency-key`: the same key with the same bytes gets the first answer, with an entry that names the first exchange; other
 * bytes under the key are refused. Only finished answers are kept, in the transaction of their entry.
 */
import { createHash } from 'node:crypto';
import { Problem } from '../../terms/problem.ts';
import type { Database } from '../store/database.ts';
import { keepOutcome, storedOutcome, type StoredOutcome } from '../store/idempotency.ts';
import { DecideAfresh, type Call, type ExchangeOperation, type LoggedOutcome, type Outcome } from './call.ts';

/** An operation that may be repeated under a key. */
export function idempotent(database: Database, operation: ExchangeOperation): ExchangeOperation {
  return async (call) => {
    const key = call.caller.signed['idempotency-key'];
    if (key === undefined) return operation(call);
    const name = { department: call.caller.department, operation: call.operation, key };
    const requestDigest = digestOf(call);
    const stored = await storedOutcome(database.app, name);
    if (stored !== undefined) return repeated(stored, requestDigest);
    return keeping(await operation(call), { ...name, requestDigest, exchange: call.id });
  };
}

const digestOf = ({ message }: Call): string =>
  createHash('sha256')
    .update(`${message.method} ${message.targetUri}\n`)
    .update(message.body)
    .digest('base64url');

function repeated(stored: StoredOutcome, requestDigest: string): Outcome {
  if (stored.requestDigest !== requestDigest)
    return { problem: new Problem('idempotency_conflict'), facts: {} };
  const { status, contentType, body, exchange } = stored;
  return { status, contentType, body, facts: { repeatOf: exchange } };
}

type Kept = Omit<StoredOutcome, 'status' | 'contentType' | 'body'>;

/** The outcome, kept together with its entry; what is decided again after a lost claim is kept likewise. */
function keeping(outcome: Outcome, kept: Kept): Outcome {
  if ('problem' in outcome || 'entry' in outcome || outcome.status === 202) return outcome;
  const { status, contentType, body, work, whenLost } = outcome;
  const keepingOutcome: LoggedOutcome = {
    ...outcome,
    work: async (transaction) => {
      await work?.(transaction);
      const mine = await keepOutcome(transaction, { ...kept, status, contentType, body });
      if (!mine) throw new DecideAfresh(); // a call with the same key was first: its answer is this one's too
    },
    ...(whenLost === undefined ? {} : { whenLost: async (claim) => keeping(await whenLost(claim), kept) }),
  };
  return keepingOutcome;
}
