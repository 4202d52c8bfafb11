/** One call as its operation receives it, and the operation's answer. Both are the same on every listener. */
import type { StreamStatement } from '../../certs/streamEnd.ts';
import { Problem } from '../../terms/problem.ts';
import type { AtOnce, Claims, ConflictingClaim } from '../log/draft.ts';
import type { PrivatePart } from '../log/store/privateParts.ts';
import type { LeafFacts } from '../log/entry.ts';
import type { SubjectTokens } from '../log/subjects.ts';
import type { Caller, CallHead } from '../identity/authentication/caller.ts';
import type { BodyOf, NameOf, OperationId, PathOf, QueryOf, ReplyOf, StatusOf } from './contract.ts';
import type { FrameChannel } from './frameChannel.ts';
import type { CallTrace } from './trace.ts';
import type { Transaction } from '../platform/database/transaction.ts';

interface Head<C extends Caller, Name, Path, Query> {
  /** uuid version 7 of this exchange and of its entry */
  readonly exchange: string;
  /** operationId */
  readonly operation: Name;
  /** Unix milliseconds, database clock; one per exchange */
  readonly now: number;
  readonly caller: C;
  readonly head: CallHead;
  /** path parameters, decoded and matched against openapi.yaml */
  readonly params: Path;
  /** parameters of the query, matched against openapi.yaml */
  readonly query: Query;
  /** undefined for a call that is not traced */
  readonly trace?: CallTrace | undefined;
}

interface Whole<C extends Caller, Name, Path, Query, Body> extends Head<C, Name, Path, Query> {
  /** the body as received; its digest was signed */
  readonly bytes: Uint8Array;
  /** the parsed JSON body where the operation takes JSON, undefined otherwise; validated against openapi.yaml */
  readonly body: Body;
}

/** A call whose caller is known and whose body has not been read yet. */
export type Announced<C extends Caller = Caller, Id extends OperationId | undefined = undefined> = Head<
  C,
  NameOf<Id>,
  PathOf<Id>,
  QueryOf<Id>
>;

/**
 * A validated call. `Call<StaffCaller, 'listRisks'>` has the parameters and the body that openapi.yaml gives this operation;
 * `Call<StaffCaller>` is a call of any operation.
 */
export type Call<C extends Caller = Caller, Id extends OperationId | undefined = undefined> = Whole<
  C,
  NameOf<Id>,
  PathOf<Id>,
  QueryOf<Id>,
  BodyOf<Id>
>;

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
  /** further headers, unsigned: Retry-After, the cookie of a session */
  readonly headers?: Readonly<Record<string, string>>;
  /** for an operation declared `x-stream`: generates the body while it is sent; `body` is empty then */
  readonly stream?: ((passage: StreamPassage) => AsyncIterable<Uint8Array>) | undefined;
  /** for an operation declared `x-stream` on the staff listener: notices for a page that stays open; `body` is empty then */
  readonly notices?: ((reader: NoticeReader) => AsyncIterable<Uint8Array>) | undefined;
  /** for an operation declared `x-connection`, with status 101: takes over the connection once the answer was sent */
  readonly connect?: ((connection: OpenedConnection) => void) | undefined;
}

/** Who reads the notices of an open page. */
export interface NoticeReader {
  /** aborted when the reader has disconnected */
  readonly signal: AbortSignal;
  /** The caller as authenticated and permitted at this moment; it does not count as use of the session. @throws Problem, Refusal */
  readonly caller: () => Promise<Caller>;
}

/** A connection that an answer with status 101 opened. */
export interface OpenedConnection {
  readonly channel: FrameChannel;
  /** Appends the entry that records its end, even if the registries changed since its start. */
  readonly end: (entry: Pick<StreamEntry, 'facts' | 'work'>) => Promise<void>;
}

/** Log tokens of the subjects that a refused call named; computed once it is refused. */
export type Attempt = () => readonly Uint8Array[];

/** What an open stream may do: append an entry before the bytes it records leave, and sign statements about itself. */
export interface StreamPassage {
  /** id of the exchange that opened the stream */
  readonly exchange: string;
  /** base64url SHA-256 of the signature of its request */
  readonly request: string;
  /** aborted when the reader has disconnected */
  readonly signal: AbortSignal;
  /** signs with the hub's key */
  sign(statement: Omit<StreamStatement, 'v' | 'stream' | 'request'>): string;
  /**
   * Makes the next part under the newest epoch, checks that the caller is still authorised, and appends the part's entry. The part is made
   * again if the registries changed since its start. @returns what was made, once its entry is durable
   * @throws Problem
   */
  part<T extends StreamEntry>(make: (entry: EntryToBe) => Promise<T>): Promise<T>;
  /** Appends the last entry, even if the registries changed. @param digest SHA-256 of all bytes that left @returns its receipt */
  end(entry: StreamEntry, digest: Uint8Array): Promise<string>;
}

/** The id and the decision time of a separate entry (Unix milliseconds, database clock). */
export interface EntryToBe {
  readonly id: string;
  readonly now: number;
}

export type StreamEntry = Pick<
  LoggedEffects,
  'facts' | 'claims' | 'subjects' | 'work' | 'privatePart' | 'confirm' | 'atOnce'
>;

/** What an answer has done, recorded by a separate entry that is durable before the answer leaves. */
export interface LoggedEffects {
  readonly facts: LeafFacts;
  readonly claims?: Omit<Claims, 'nonce' | 'epoch'> | undefined;
  /** log tokens of the subjects in the answer */
  readonly subjects?: SubjectTokens | undefined;
  /** log tokens of the subjects that the call named, for the entry if the call is refused after all */
  readonly attempt?: Attempt | undefined;
  /** rows that change in the transaction of the entry: both commit or neither does */
  readonly work?: ((transaction: Transaction) => Promise<void>) | undefined;
  /** works with the same name run one after another in this process, several in one transaction */
  readonly together?: string | undefined;
  /** what the leaf commits to separately, where no work stores it */
  readonly privatePart?: PrivatePart | undefined;
  /** runs after the swap of the log's head, in the transaction of the work. @throws DecideAfresh */
  readonly confirm?: ((transaction: Transaction) => Promise<void>) | undefined;
  /** equals work and confirm where nothing has changed; runs as one statement with the flush */
  readonly atOnce?: AtOnce | undefined;
  /** of an operation declared `x-secret`: this answer has no secret, so it is stored for a repetition */
  readonly withoutSecret?: boolean | undefined;
  readonly bumpsEpoch?: boolean | undefined;
  /** decide again after this claim was lost; absent = the call is answered afresh */
  readonly whenLost?: ((claim: ConflictingClaim) => Promise<Outcome> | Outcome) | undefined;
  /** called when the entry will not be written: its caller is refused by then (a certificate was revoked), or its own work was */
  readonly whenBarred?: ((problem: Problem) => Promise<void> | void) | undefined;
  /** receives the receipt once the entry is durable; an error it throws is reported and does not change the answer */
  readonly whenDurable?: ((receipt: string) => Promise<void> | void) | undefined;
}

/** When an outcome was decided. */
interface DecidedAt {
  /** Unix milliseconds, database clock: its entry has this time; undefined: that of the arrival */
  readonly at?: number | undefined;
}

export interface AllowedOutcome extends Answer, LoggedEffects, DecidedAt {
  readonly entry: 'allow';
}

/** A refusal with the known facts of the exchange; it gets an entry like an answer. */
export interface DeniedOutcome extends DecidedAt {
  readonly entry: 'deny';
  readonly problem: Problem;
  readonly facts: LeafFacts;
  readonly subjects?: readonly Uint8Array[] | undefined;
  /** the outcome is already stored: it is returned as it is, even if the registries changed, and not decided again */
  readonly isFinal?: boolean;
}

/** An answer whose body is complete when it is sent. */
export type WholeAnswer = Omit<Answer, 'stream' | 'notices' | 'connect'>;

/** An answer without an entry: public material, health, or a part of an upload, whose batch has an entry at its commit. */
export interface UnloggedOutcome extends WholeAnswer {
  readonly entry: 'none';
}

export type Outcome = AllowedOutcome | DeniedOutcome | UnloggedOutcome;

/** Answers a call. An error it throws becomes a denial: a Problem with its code, any other as internal_error. */
export type Run<C extends Caller, S> = (call: Call<C>, services: S) => Promise<Outcome> | Outcome;

/**
 * Thrown by an operation, or by its outcome's work, when the data it was decided on has changed. Nothing is logged, and the call is
 * decided again.
 */
export class DecideAfresh extends Error {}

const json = (status: number, value: unknown, spaces = 0): Answer => ({
  status,
  contentType: 'application/json',
  body: Buffer.from(`${JSON.stringify(value)}${' '.repeat(spaces)}`, 'utf8'),
});

type Replies<Id extends OperationId, More extends readonly unknown[]> = {
  [S in StatusOf<Id>]: [status: S, value: ReplyOf<Id, S>, ...more: More];
}[StatusOf<Id>];

/** A JSON answer with an entry, for any operation: its body is not checked. */
export const allowedJson = (
  status: number,
  value: unknown,
  effects: LoggedEffects,
  spaces?: number,
): AllowedOutcome => ({
  entry: 'allow',
  ...json(status, value, spaces),
  ...effects,
});

/**
 * A JSON answer with an entry: `allowed<'showRisk'>(200, view, { facts })`. Status and body are checked against openapi.yaml. `spaces` are
 * appended to the body where its length must not disclose its content.
 */
export const allowed = allowedJson as <Id extends OperationId = never>(
  ...reply: Replies<Id, [effects: LoggedEffects, spaces?: number]>
) => AllowedOutcome;

export const denied = (problem: Problem, facts: LeafFacts, attempt?: Attempt): DeniedOutcome => ({
  entry: 'deny',
  problem,
  facts,
  subjects: attempt?.(),
});

/** A JSON answer without an entry, for any operation: its body is not checked. */
export const unloggedJson = (status: number, value: unknown): UnloggedOutcome => ({
  entry: 'none',
  ...json(status, value),
});

/** A JSON answer without an entry: `unlogged<'healthz'>(200, state)`. */
export const unlogged = unloggedJson as <Id extends OperationId = never>(
  ...reply: Replies<Id, []>
) => UnloggedOutcome;

/** Failures caused by a provider, of any status: the call is refused, and no failure of the hub is reported. */
const ofProvider: ReadonlySet<string> = new Set(['provider_unavailable', 'provider_answer_invalid']);

/** Runs a flow so that its refusal is logged with the known facts of the exchange. */
export async function withFacts<Result>(
  facts: LeafFacts,
  flow: () => Promise<Result> | Result,
  attempt?: Attempt,
): Promise<Result | DeniedOutcome> {
  try {
    return await flow();
  } catch (error) {
    if (error instanceof Problem && (error.status < 500 || ofProvider.has(error.code)))
      return denied(error, facts, attempt);
    throw error;
  }
}

/** A refusal whose work is done. */
export const final = (outcome: DeniedOutcome): DeniedOutcome => ({ ...outcome, isFinal: true });

/** The log tokens for the subjects that a call named, used if its answer is refused after all. */
export const attemptOf = (outcome: AllowedOutcome | DeniedOutcome): Attempt | undefined =>
  outcome.entry === 'allow' ? outcome.attempt : () => outcome.subjects ?? [];
