/** What a caller hands to the log, and what it gets back once the entry is durable. */
import type { ConsentGround } from './store/flush.ts';
import type { PrivatePart } from './store/privateParts.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Leaf, LeafActor } from '../../log/leaf.ts';
import type { TreeState } from '../../log/tree/growTree.ts';

/** Something counted against a limit of a day. */
export interface QuotaClaim {
  /** what the limit is of, as replies name it */
  readonly of: 'calls' | 'rows' | 'bytes' | 'subject';
  /** what is counted together; no tabs */
  readonly counter: string;
  /** YYYY-MM-DD */
  readonly day: string;
  /** calls, rows or whatever the counter counts */
  readonly calls: number;
  readonly max: number;
}

/** Things an entry takes in the same transaction. Losing one rolls the entry back and asks the draft what to log instead. */
export interface Claims {
  /** the request's nonce, unique per key until it expires */
  readonly nonce?: { readonly keyid: string; readonly nonce: string; readonly expires: number };
  /** what is counted against quotas of the day: all of them are taken, or none */
  readonly quotas?: readonly QuotaClaim[];
  /** moves `dataset.current_batch` from one batch to the next */
  readonly publish?: { readonly dataset: string; readonly from: string | null; readonly to: string };
  /** the state_epoch this was decided under; absent = no fence */
  readonly epoch?: number;
}

export type ConflictingClaim = keyof Claims;

/** An answer's consents and private part, to go with the flush itself. */
export interface AtOnce {
  readonly ground: ConsentGround;
  /** the work that the ground stands for: a draft whose work is another, or does more, is written with that */
  readonly insteadOf: (transaction: Transaction) => Promise<void>;
}

/** One entry to be. `D` is the caller's own kind of draft, so that its reply travels with it. */
export interface EntryDraft<D> {
  readonly leaf: Leaf;
  readonly claims: Claims;
  /** log tokens of the subjects (16 bytes each, one behind the other, sorted), with the salt of the leaf's commitment; stored apart and deletable */
  readonly subjects?: { readonly tokens: Uint8Array; readonly salt: Uint8Array };
  /** What the leaf commits to apart from what receipts show, where no work stores it: it goes with the flush, and is deletable. */
  readonly privatePart?: PrivatePart;
  /** What the leaf says of the place it comes to stand at, with the head locked or about to be swapped: may be asked again for another place. */
  readonly placed?: (leaf: Leaf, index: number) => Leaf;
  /** Rows that change together with the entry. Such a draft has a flush of its own; the swap of the head comes last. */
  readonly work?: (transaction: Transaction) => Promise<void>;
  /**
   * A name: works of one name run one after the other in this process, as many in one transaction as wait. They commute, and each does
   * what it does alone.
   */
  readonly together?: string;
  /**
   * Asked in the transaction of the work, behind the swap of the head: all that was appended before is seen, and whatever changes later is
   * appended later. What it throws rolls everything back.
   */
  readonly confirm?: (transaction: Transaction) => Promise<void>;
  /** What `work` and `confirm` come to where nothing has changed since: one statement with the flush, tried before them. */
  readonly atOnce?: AtOnce;
  /** true for activations, revocations, suspensions: state_epoch grows with the entry */
  readonly bumpsEpoch?: boolean;
  /** what to log instead when a claim is lost (a denial, or the same decided again) */
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
  /** statements that lead from earlier keys of the log to the one that signed, the newest last */
  readonly rotations: readonly string[];
}

export interface AuditLog {
  /**
   * Resolves when the entry is durable.
   * @throws Problem log_unavailable (503) when it cannot be made durable, log_busy (503) when the queue is full
   */
  append<D extends EntryDraft<D>>(draft: D): Promise<Appended<D>>;
  /**
   * A quick first look: has this process seen the nonce? The claim decides.
   * @param exchange which is being decided again and may still hold its own nonce
   */
  hasNonce(keyid: string, nonce: string, exchange?: string): boolean;
  /** What is taken of a claim's counter on its day, as far as this process knows: its own entries included. */
  taken(claim: QuotaClaim): number | undefined;
  /** state_epoch as of the last head this process has seen */
  epoch(): number;
  /** newest checkpoint (C2SP signed note) */
  checkpoint(): string;
  /**
   * The tree as the database has it now, entries of other processes included that no checkpoint of this one covers yet.
   * @throws Problem log_inconsistent where no process of this hub sealed it, and the database's error
   */
  storedTree(): Promise<TreeState>;
  /** Ends after the queue is flushed. */
  close(): Promise<void>;
}

/* Who acted, as data: the log knows of no callers, tokens or sockets, only of what was proven of somebody and what was merely said. */

/** What an unproven caller said of itself; an entry names it `claimed…`. */
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

/** The hub itself: its start, its jobs, what it finishes when nobody waits any more. */
export const theHub: Actor = { proven: { staff: 'hub' } };

/** What the leaf says of an actor. */
export function actorFacts({
  proven,
  claimed,
}: Actor): Pick<Leaf, 'actor' | 'claimedDepartment' | 'claimedKeyid' | 'change'> {
  if (claimed === undefined) return { actor: proven };
  const { department, keyid, token } = claimed;
  return {
    actor: proven,
    ...(department === undefined ? {} : { claimedDepartment: department }),
    ...(keyid === undefined ? {} : { claimedKeyid: keyid }),
    ...(token === undefined ? {} : { change: { claimedToken: token } }),
  };
}
