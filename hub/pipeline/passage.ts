/** One call on its way through the gate: what the gate is asked, what it needs, and what came of the call so far. */
import type { Leaf } from '../../log/leaf.ts';
import type { EntryKind } from '../../log/leaf.ts';
import type { AuditLog } from '../log/draft.ts';
import type { Mutex } from '../../machine/mutex.ts';
import type { Caller, CallHead } from '../identity/authentication/caller.ts';
import type { Refusal } from '../identity/authentication/refusal.ts';
import type { Database } from '../platform/database/database.ts';
import type { Buckets } from './bucket.ts';
import type { Announced, Call, Outcome } from './call.ts';
import type { CallerAuth } from './callers/callerAuth.ts';
import type { Overload } from './overload.ts';
import type { ReportFailure } from './reply.ts';

/** A call as the listener hands it over. */
export interface GateRequest {
  readonly head: CallHead;
  /** the scheme that openapi.yaml's `security` asks of this very call; undefined where nothing is asked */
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
  /** kind of its entries; `none`: public material or health, which leave none, whatever becomes of the call */
  readonly kind: EntryKind | 'none';
  /** its reply holds a secret shown once: it is never stored */
  readonly secret: boolean;
  /** declared `x-stream`: its answer may be made while it leaves */
  readonly stream: boolean;
  /** declared `x-connection`: its answer may open a connection */
  readonly connection: boolean;
  /** whether this caller may do it at all. @throws Problem */
  readonly permit?: ((caller: C) => void) | undefined;
  /** whether a body of this call may be read at all. @throws Problem */
  readonly admit?: ((call: Announced<C>) => Promise<void> | void) | undefined;
  readonly run: (call: Call<C>) => Promise<Outcome> | Outcome;
}

export interface GateServices {
  readonly audit: AuditLog;
  readonly database: Database;
  /** the registries as of the log's newest epoch; undefined when nothing changed */
  readonly current: () => Promise<void> | undefined;
  /** calls of one caller, as far as it can be told before authentication */
  readonly calls: Buckets;
  /** entries that unproven callers of one address may cause */
  readonly strangers: Buckets;
  readonly overload: Overload;
  /** held by an act of management that lost to others */
  readonly acts: Mutex;
  readonly report: ReportFailure;
  /** the entry of a call is durable */
  readonly logged?: (leaf: Leaf) => void;
}

export interface Passage<C extends Caller> {
  readonly exchange: string;
  /** Unix milliseconds, database clock */
  readonly now: number;
  readonly door: CallerAuth<C>;
  readonly operation: BoundOperation<C>;
  readonly request: GateRequest;
  /** the body, once it was read: it is read once, however often the call is decided */
  bytes?: Uint8Array;
  /** releases the mutex of acts of management, once this call holds it */
  releaseActs?: () => void;
}

export interface Decided<C extends Caller> {
  readonly outcome: Outcome;
  readonly caller: C | undefined;
  /** why the caller is not known */
  readonly refusal: Refusal | undefined;
  readonly epoch: number;
  readonly attempt: number;
}

/** Runs the steps from `authenticate` to `operation`. */
export type Decide<C extends Caller> = (passage: Passage<C>, attempt: number) => Promise<Decided<C>>;

/** How often a call is decided again because the registries changed under it. */
export const maxAttempts = 4;

/** The same for an outcome whose work is done and only claims afresh: each loss is another's success, and the work must not be in vain. */
export const maxLosses = 32;
