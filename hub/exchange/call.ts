/** One call through the exchange listener, as its operation sees it, and what the operation answers. */
import type { RequestMessage } from '../../certs/message.ts';
import type { Leaf } from '../../log/leaf.ts';
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
export type LeafFacts = Pick<Leaf, 'kind'> &
  Partial<Omit<Leaf, 'v' | 'id' | 'at' | 'operation' | 'actor' | 'request' | 'reply' | 'status'>>;

export interface Outcome {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly facts: LeafFacts;
  readonly claims?: Omit<Claims, 'nonce'>;
  /** log tokens of the subjects in the answer */
  readonly subjects?: readonly Uint8Array[];
  readonly work?: (transaction: Transaction) => Promise<void>;
  readonly bumpsEpoch?: boolean;
  /** decide again after the claim was lost; absent = the claim's own denial */
  readonly whenLost?: (claim: LostClaim) => Promise<Outcome> | Outcome;
}

export type ExchangeOperation = (call: Call) => Promise<Outcome> | Outcome;
