/** One call in the request pipeline: its input, its dependencies, and its result so far. */
import type { Leaf } from '../../log/leaf.ts';
import type { EntryKind } from '../../log/leaf.ts';
import type { AuditLog } from '../log/draft.ts';
import type { ViewCounts } from '../log/viewCounts.ts';
import type { Mutex } from '../../machine/mutex.ts';
import type { Caller, CallHead } from '../identity/authentication/caller.ts';
import type { Refusal } from '../identity/authentication/refusal.ts';
import type { Database } from '../platform/database/database.ts';
import type { Buckets } from './bucket.ts';
import type { Announced, Call, Outcome } from './call.ts';
import type { CallerAuth } from './callers/callerAuth.ts';
import type { Overload } from './overload.ts';
import type { ReportFailure } from './reply.ts';
import type { CallTrace, Tracing } from './trace.ts';

/** A call as the listener passes it on. */
export interface GateRequest {
  readonly head: CallHead;
  /** the security scheme that openapi.yaml requires of this call; undefined where none is required */
  readonly scheme: string | undefined;
  /** as sent, matched against the address alone */
  readonly params: Readonly<Record<string, string>>;
  /** Checks parameters and headers against openapi.yaml. @returns the parameters of the query. @throws Problem invalid_request */
  readonly checkHead: () => Readonly<Record<string, string>>;
  /** Reads the whole body, once it is admitted. @throws Problem body_too_large, hub_busy; ClientGone */
  readonly readBody: () => Promise<Uint8Array>;
  /** @returns the parsed JSON, checked against openapi.yaml. @throws Problem unsupported_media_type, malformed_json, invalid_request */
  readonly checkBody: (bytes: Uint8Array) => unknown;
}

/** An operation, bound to what it works with. */
export interface BoundOperation<C extends Caller> {
  readonly id: string;
  /** kind of its entries; `none`: public material or health, which leave none, in every case */
  readonly kind: EntryKind | 'none';
  /** its reply holds a secret shown once: it is never stored */
  readonly secret: boolean;
  /** declares an answer 201 or 202: a call that arrives twice would create something twice */
  readonly creates: boolean;
  /** declared `x-stream`: its answer may be made while it leaves */
  readonly stream: boolean;
  /** declared `x-connection`: its answer may open a connection */
  readonly connection: boolean;
  /** declared `x-counted`: calls of staff are counted by person and day and have no entry each */
  readonly counted: boolean;
  /** checks that this caller may call it. @throws Problem */
  readonly permit?: ((caller: C) => void) | undefined;
  /** checks that the body of this call may be read. @throws Problem */
  readonly admit?: ((call: Announced<C>) => Promise<void> | void) | undefined;
  readonly run: (call: Call<C>) => Promise<Outcome> | Outcome;
}

export interface GateServices {
  readonly audit: AuditLog;
  readonly database: Database;
  /** updates the registries to the log's newest epoch; undefined when nothing changed */
  readonly current: () => Promise<void> | undefined;
  /** calls of one caller, as far as the caller is known before authentication */
  readonly calls: Buckets;
  /** entries that unauthenticated callers of one address may cause */
  readonly strangers: Buckets;
  readonly overload: Overload;
  /** held by a management act that lost a claim to others */
  readonly acts: Mutex;
  readonly report: ReportFailure;
  /** counts reads of operations declared `x-counted`; without it each of them has an entry */
  readonly views?: Pick<ViewCounts, 'count'>;
  /** called once the entry of a call is durable */
  readonly logged?: (leaf: Leaf) => void;
  /** absent where hub.json names no receiver of traces */
  readonly tracing?: Tracing | undefined;
}

export interface Passage<C extends Caller> {
  readonly exchange: string;
  /** Unix milliseconds, database clock */
  readonly now: number;
  /** value of performance.now() */
  readonly arrived: number;
  readonly door: CallerAuth<C>;
  readonly operation: BoundOperation<C>;
  readonly request: GateRequest;
  /** the body, once read: it is read once, even if the call is decided several times */
  bytes?: Uint8Array;
  /** releases the mutex of acts of management, once this call holds it */
  releaseActs?: () => void;
  /** once its caller is known, if the call is traced */
  trace?: CallTrace | undefined;
}

export interface Decided<C extends Caller> {
  readonly outcome: Outcome;
  readonly caller: C | undefined;
  /** why the caller is not authenticated */
  readonly refusal: Refusal | undefined;
  readonly epoch: number;
  readonly attempt: number;
}

/** Runs the steps from `authenticate` to `operation`. */
export type Decide<C extends Caller> = (passage: Passage<C>, attempt: number) => Promise<Decided<C>>;

/** How often a call is decided again because the registries changed during the decision. */
export const maxAttempts = 4;

/**
 * The same limit for an outcome whose work is done and that only claims again. Each loss is another call's success, and the work should
 * not be wasted.
 */
export const maxLosses = 32;
