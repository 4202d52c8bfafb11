/** Input of the log from a caller, and the result once the entry is durable. */
import type { ConsentBasis } from './store/flush.ts';
import type { PrivatePart } from './store/privateParts.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Leaf, LeafActor } from '../../log/leaf.ts';
import type { TreeState } from '../../log/tree/growTree.ts';
import { defined } from '../../terms/defined.ts';

/** An amount counted against a daily limit. */
export interface QuotaClaim {
  /** subject of the limit, as replies name it */
  readonly of: 'calls' | 'rows' | 'bytes' | 'subject';
  /** key under which amounts are counted together; contains no tabs */
  readonly counter: string;
  /** YYYY-MM-DD */
  readonly day: string;
  /** calls, rows or another unit of the counter */
  readonly calls: number;
  readonly max: number;
}

/**
 * Claims that an entry takes in the same transaction. A lost claim rolls the entry back; the draft then supplies the entry to log instead.
 */
export interface Claims {
  /** the request's nonce, unique per key until it expires */
  readonly nonce?: { readonly keyid: string; readonly nonce: string; readonly expires: number };
  /** amounts counted against daily quotas: all are taken, or none */
  readonly quotas?: readonly QuotaClaim[];
  /** moves `dataset.current_batch` from one batch to the next */
  readonly publish?: { readonly dataset: string; readonly from: string | null; readonly to: string };
  /** the state_epoch under which the decision was made; absent = no fence */
  readonly epoch?: number;
}

export type ConflictingClaim = keyof Claims;

/** Consents and private part of an answer, written with the flush itself. */
export interface AtOnce {
  readonly basis: ConsentBasis;
  /** the work that the basis replaces: a draft with other or further work runs that work instead */
  readonly insteadOf: (transaction: Transaction) => Promise<void>;
}

/** A draft of one entry. `D` is the caller's own draft type, so the caller's reply travels with it. */
export interface EntryDraft<D> {
  readonly leaf: Leaf;
  readonly claims: Claims;
  /**
   * log tokens of the subjects (16 bytes each, concatenated, sorted), with the salt of the leaf's commitment; stored apart and deletable
   */
  readonly subjects?: { readonly tokens: Uint8Array; readonly salt: Uint8Array };
  /** The part that the leaf commits to and receipts do not show, if no `work` stores it. It is written with the flush, and is deletable. */
  readonly privatePart?: PrivatePart;
  /**
   * Adds to the leaf what depends on its index. Called with the head locked or about to be swapped; may be called again for another index.
   */
  readonly placed?: (leaf: Leaf, index: number) => Leaf;
  /** Writes rows that change together with the entry. Such a draft has its own flush; the swap of the head comes last. */
  readonly work?: (transaction: Transaction) => Promise<void>;
  /**
   * A name. Works of one name run one after the other in this process; all that wait share one transaction. They commute, and each has the
   * same effect as alone.
   */
  readonly together?: string;
  /**
   * Called in the transaction of the work, after the swap of the head. It sees everything appended before; later changes are appended
   * later. An error that it throws rolls everything back.
   */
  readonly confirm?: (transaction: Transaction) => Promise<void>;
  /** The effect of `work` and `confirm` if nothing has changed since: one statement with the flush, tried before them. */
  readonly atOnce?: AtOnce;
  /** true for activations, revocations, suspensions: the entry increments state_epoch */
  readonly bumpsEpoch?: boolean;
  /** returns the draft to log when a claim is lost (a denial, or the same request decided again) */
  readonly whenLost: (claim: ConflictingClaim) => D | Promise<D>;
}

/** The durable entry with everything a receipt needs. Proof and checkpoint cover the flush that made it durable. */
export interface Appended<D> {
  /** the draft that was finally written */
  readonly draft: D;
  readonly index: number;
  /** the leaf's bytes as they were hashed */
  readonly leaf: Uint8Array;
  /** audit path to the checkpoint's root, the leaf's sibling first */
  readonly proof: readonly Uint8Array[];
  /** C2SP signed note */
  readonly checkpoint: string;
  /** statements that link earlier keys of the log to the key that signed, newest last */
  readonly rotations: readonly string[];
}

export interface AuditLog {
  /**
   * Resolves when the entry is durable.
   * @throws Problem log_unavailable (503) when it cannot be made durable, log_busy (503) when the queue is full
   */
  append<D extends EntryDraft<D>>(draft: D): Promise<Appended<D>>;
  /**
   * Fast check whether this process has seen the nonce. The claim is decisive.
   * @param exchange the exchange being decided again, which may still own its nonce
   */
  hasNonce(keyid: string, nonce: string, exchange?: string): boolean;
  /** The amount taken from a claim's counter on its day, as far as this process knows, its own entries included. */
  taken(claim: QuotaClaim): number | undefined;
  /** state_epoch as of the last head this process has seen */
  epoch(): number;
  /** newest checkpoint (C2SP signed note) */
  checkpoint(): string;
  /**
   * The newest checkpoint while the database answers: it includes what other processes appended until a second ago, and that of an idle log
   * has a time of the last ten seconds.
   */
  freshCheckpoint(): Promise<string>;
  /**
   * The current tree in the database. It includes entries of other processes that no checkpoint of this process covers yet.
   * @throws Problem log_inconsistent if no process of this hub sealed it, and the database's error
   */
  storedTree(): Promise<TreeState>;
  /** Ends after the queue is flushed. */
  close(): Promise<void>;
}

/* The actor of an entry, as data. The log does not know callers, tokens or sockets, only which facts were proven and which were claimed. */

/** Claims of an unproven caller about itself; an entry names them `claimed…`. */
interface Claimed {
  readonly department?: string | undefined;
  readonly keyid?: string | undefined;
  /** id of a staff token */
  readonly token?: string | undefined;
}

export interface Actor {
  readonly proven: LeafActor;
  readonly claimed?: Claimed | undefined;
}

/** The hub itself: its start, its jobs, and calls that it finishes after the caller has disconnected. */
export const theHub: Actor = { proven: { staff: 'hub' } };

/** The facts about an actor that the leaf contains. */
export function actorFacts({
  proven,
  claimed,
}: Actor): Pick<Leaf, 'actor' | 'claimedDepartment' | 'claimedKeyid' | 'change'> {
  if (claimed === undefined) return { actor: proven };
  const { department, keyid, token } = claimed;
  return {
    actor: proven,
    ...defined({ claimedDepartment: department, claimedKeyid: keyid }),
    ...(token === undefined ? {} : { change: { claimedToken: token } }),
  };
}
