/** The only place that builds leaves: callers supply the event and the actor and receive the draft to append. */
import { replyCommitment } from '../../log/commitment.ts';
import { newSalt } from '../../machine/newKeyPair.ts';
import type { EntryKind, Leaf } from '../../log/leaf.ts';
import type { Openings } from '../../log/receipt/receipt.ts';
import { type Claims, type EntryDraft, type ConflictingClaim, actorFacts, type Actor } from './draft.ts';
import { subjectsOf, type SubjectTokens } from './subjects.ts';
import { defined } from '../../terms/defined.ts';

/** Facts of an event other than actor, time and operation. */
export type LeafFacts = Partial<
  Omit<
    Leaf,
    | 'v'
    | 'id'
    | 'at'
    | 'kind'
    | 'operation'
    | 'decision'
    | 'code'
    | 'actor'
    | 'claimedDepartment'
    | 'claimedKeyid'
    | 'subjects'
    | 'request'
    | 'reply'
    | 'status'
    | 'epoch'
  >
>;

export interface EntryParts<T> {
  /** uuid version 7 */
  readonly exchange: string;
  /** Unix milliseconds, database clock */
  readonly now: number;
  readonly operation: string;
  readonly kind: EntryKind;
  readonly actor: Actor;
  /** problem code of a denial; absent if it was allowed */
  readonly code?: string | undefined;
  readonly facts?: LeafFacts | undefined;
  /** base64url SHA-256 of the request's signature bytes */
  readonly request?: string | undefined;
  /** status and SHA-256 (32 bytes) of the answer: the leaf commits to the digest; the receipt contains the salt */
  readonly answer?: { readonly status: number; readonly digest: Uint8Array } | undefined;
  /** state_epoch under which it was decided */
  readonly epoch?: number | undefined;
  /** log tokens of the subjects */
  readonly subjects?: SubjectTokens | undefined;
  readonly claims?: Claims | undefined;
  readonly work?: EntryDraft<never>['work'] | undefined;
  /** see `EntryDraft` */
  readonly together?: EntryDraft<never>['together'] | undefined;
  /** see `EntryDraft` */
  readonly privatePart?: EntryDraft<never>['privatePart'] | undefined;
  /** see `EntryDraft` */
  readonly placed?: EntryDraft<never>['placed'] | undefined;
  /** see `EntryDraft` */
  readonly confirm?: EntryDraft<never>['confirm'] | undefined;
  /** see `EntryDraft` */
  readonly atOnce?: EntryDraft<never>['atOnce'] | undefined;
  readonly bumpsEpoch?: boolean | undefined;
  /** data that the caller receives back once the entry is durable */
  readonly carried: T;
  /** returns the entry to log when a claim is lost; absent if nothing is claimed */
  readonly decideAgain?: ((lost: ConflictingClaim) => Promise<Entry<T>> | Entry<T>) | undefined;
}

/** A draft entry, with the salts that its receipt opens and the data of its caller. */
export interface Entry<T> extends EntryDraft<Entry<T>> {
  readonly openings: Openings;
  readonly carried: T;
}

export function entry<T>(parts: EntryParts<T>): Entry<T> {
  const { code, facts, request, answer, epoch, work, together, placed, confirm, atOnce, bumpsEpoch } = parts;
  const { carried, decideAgain, privatePart } = parts;
  const salt = answer === undefined ? undefined : newSalt();
  const subjects = subjectsOf(parts.subjects ?? []);
  const made: Entry<T> = {
    leaf: {
      v: 1,
      id: parts.exchange,
      at: new Date(parts.now).toISOString(),
      kind: parts.kind,
      operation: parts.operation,
      decision: code === undefined ? 'allow' : 'deny',
      ...defined({ code }),
      ...actorFacts(parts.actor),
      ...facts,
      ...defined({ subjects: subjects?.leaf, request }),
      ...(answer === undefined || salt === undefined
        ? {}
        : { reply: replyCommitment(answer.digest, salt), status: answer.status }),
      ...defined({ epoch }),
    },
    claims: parts.claims ?? {},
    ...defined({
      subjects: subjects?.stored,
      work,
      together,
      privatePart,
      placed,
      confirm,
      atOnce,
      bumpsEpoch,
    }),
    openings: salt === undefined ? {} : { reply: salt },
    carried,
    whenLost: decideAgain ?? (() => made),
  };
  return made;
}
