/** One call through the exchange listener, as its operation sees it, and what the operation answers. */
import type { RequestMessage } from '../../certs/message.ts';
import type { Leaf } from '../../log/leaf.ts';
import { Problem } from '../../terms/problem.ts';
import type { Claims, LostClaim } from '../audit/draft.ts';
import type { Caller } from '../identity/caller.ts';
import type { Transaction } from '../store/transaction.ts';

export interface Call {
  /** uuid version 7 of this exchange */
  readonly id: string;
  readonly operation: string;
  readonly message: RequestMessage;
  /** Unix milliseconds, database clock; one per exchange */
  readonly now: number;
  readonly caller: Caller;
  /** path parameters, decoded and matched against openapi.yaml */
  readonly params: Readonly<Record<string, string>>;
  /** the parsed JSON body where the operation takes JSON, undefined otherwise; validated against openapi.yaml */
  readonly body: unknown;
}

/** What an operation says about its entry; the gate fills in id, time, actor, request and reply. */
export type LeafFacts = Partial<
  Omit<Leaf, 'v' | 'id' | 'at' | 'operation' | 'actor' | 'request' | 'reply' | 'status' | 'code'>
>;

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** An answer with an entry of its own, which is durable before the answer leaves. */
export interface LoggedOutcome extends Answer {
  readonly facts: LeafFacts;
  readonly claims?: Omit<Claims, 'nonce' | 'epoch'>;
  /** log tokens of the subjects in the answer */
  readonly subjects?: readonly Uint8Array[];
  readonly work?: (transaction: Transaction) => Promise<void>;
  readonly bumpsEpoch?: boolean;
  /** decide again after this claim was lost; absent = the call is answered afresh */
  readonly whenLost?: (claim: LostClaim) => Promise<Outcome> | Outcome;
  /** told when its caller is refused at that point (a certificate was revoked meanwhile): this outcome will not be */
  readonly whenBarred?: (problem: Problem) => Promise<void> | void;
  /** told the receipt once the entry is durable; what it throws is reported, the answer stands */
  readonly whenDurable?: (receipt: string) => Promise<void> | void;
}

/** An answer that moves no rows and is told by a later entry: a part of an upload, whose batch has one at its commit. */
export interface UnloggedOutcome extends Answer {
  readonly entry: 'later';
}

/** A refusal with what is known of the exchange; it gets an entry like an answer. */
export interface DeniedOutcome {
  readonly problem: Problem;
  readonly facts: LeafFacts;
}

export type Outcome = LoggedOutcome | UnloggedOutcome | DeniedOutcome;

/** An operation of the exchange listener. What it throws becomes a denial: a Problem with its code, anything else as internal_error. */
export type ExchangeOperation = (call: Call) => Promise<Outcome> | Outcome;

/** Thrown by an outcome's work when the ground it was decided on has changed: nothing is logged, the call is decided afresh. */
export class DecideAfresh extends Error {}

/** A JSON answer. */
export function jsonAnswer(status: number, value: unknown): Answer {
  return { status, contentType: 'application/json', body: Buffer.from(JSON.stringify(value), 'utf8') };
}

/** Runs a walk so that what refuses it is logged with what is known of the exchange. */
export async function telling(facts: LeafFacts, walk: () => Promise<Outcome> | Outcome): Promise<Outcome> {
  try {
    return await walk();
  } catch (error) {
    if (error instanceof Problem && error.status < 500) return { problem: error, facts };
    throw error;
  }
}
