/** One draft on its way into the log, with whoever waits for it. */
import { prepareLeaf, type PreparedLeaf } from '../../../log/leafBytes.ts';
import type { LeafPacker } from '../../../log/packing/packLeaf.ts';
import { Problem } from '../../../terms/problem.ts';
import type { FlushEntry } from '../../store/audit/flush.ts';
import type { ConsentGround } from '../../store/audit/flushWithConsents.ts';
import { checkNonce, columnsOf } from '../columns.ts';
import type { Appended, Claims, EntryDraft, LostClaim } from '../draft.ts';

/** A draft decided anew this often has met a fault, not a rival. */
const mostLosses = 40;

/** Where an entry came to stand. */
export interface Place {
  readonly index: number;
  readonly proof: readonly Uint8Array[];
  readonly checkpoint: string;
  readonly rotations: readonly string[];
}

/** What the writer knows of a draft, whatever its caller's own kind. */
export interface Waiting {
  readonly exchange: string;
  readonly claims: Claims;
  readonly bumpsEpoch: boolean;
  readonly work: EntryDraft<never>['work'];
  readonly confirm: EntryDraft<never>['confirm'];
  /** undefined where the work does more than that */
  readonly ground: ConsentGround | undefined;
  readonly hash: Uint8Array;
  readonly entry: FlushEntry;
  /** Says where the entry is about to stand, for a leaf that tells it. @throws Problem log_entry_invalid */
  placeAt(index: number): void;
  /** Puts what its caller wants logged instead in its place. @throws whatever the caller throws */
  lose(claim: LostClaim): Promise<void>;
  settle(place: Place): void;
  fail(error: unknown): void;
}

/** @throws Problem log_entry_invalid */
export function waitingFor<D extends EntryDraft<D>>(
  first: D,
  packer: LeafPacker,
  resolve: (appended: Appended<D>) => void,
  reject: (error: unknown) => void,
): Waiting {
  let draft = first;
  let prepared = prepare(first, packer);
  let losses = 0;
  return {
    get exchange() {
      return draft.leaf.id;
    },
    get claims() {
      return prepared.claims;
    },
    get bumpsEpoch() {
      return draft.bumpsEpoch === true;
    },
    get work() {
      return draft.work;
    },
    get confirm() {
      return draft.confirm;
    },
    get ground() {
      const { atOnce, work } = draft;
      return atOnce?.insteadOf === work ? atOnce?.ground : undefined;
    },
    get hash() {
      return prepared.leaf.hash;
    },
    get entry() {
      return prepared.entry;
    },
    lose: async (claim) => {
      losses += 1;
      if (losses > mostLosses) throw new Problem('log_unavailable', {}, { check: claim });
      draft = await draft.whenLost(claim);
      prepared = prepare(draft, packer, claim === 'nonce');
    },
    placeAt: (index) => {
      if (draft.placed === undefined) return;
      prepared = prepare({ ...draft, leaf: draft.placed(draft.leaf, index) }, packer);
    },
    settle: (place) => resolve({ draft, leaf: prepared.leaf.bytes, ...place }),
    fail: reject,
  };
}

/** @param replayed the nonce is another exchange's: the denial of this one is written without it */
function prepare(
  {
    leaf,
    claims: wanted,
    subjects,
    privatePart,
  }: Pick<EntryDraft<never>, 'leaf' | 'claims' | 'subjects' | 'privatePart'>,
  packer: LeafPacker,
  replayed = false,
): { readonly leaf: PreparedLeaf; readonly entry: FlushEntry; readonly claims: Claims } {
  const { nonce, ...others } = wanted;
  const claims: Claims = replayed && leaf.decision === 'deny' ? others : wanted;
  if (nonce !== undefined) checkNonce(nonce);
  const prepared = prepareLeaf(leaf);
  return {
    leaf: prepared,
    claims,
    entry: {
      stored: packer.pack(prepared.bytes),
      hash: prepared.hash,
      columns: columnsOf(leaf),
      ...(claims.nonce === undefined ? {} : { nonce: claims.nonce }),
      ...(subjects === undefined ? {} : { subjects }),
      ...(privatePart === undefined ? {} : { privatePart }),
    },
  };
}
