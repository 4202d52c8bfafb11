/** One draft in progress, with its waiting caller. */
import { prepareLeaf, type PreparedLeaf } from '../../../log/leafBytes.ts';
import type { LeafPacker } from '../../../log/packing/packLeaf.ts';
import { Problem } from '../../../terms/problem.ts';
import type { FlushEntry, ConsentBasis } from '../store/flush.ts';
import { checkNonce, columnsOf } from '../columns.ts';
import type { Appended, Claims, EntryDraft, ConflictingClaim } from '../draft.ts';

/** Limit of decisions per draft: more repetitions indicate a fault instead of a competing claim. */
const maxLosses = 40;

/** The place of an appended entry. */
export interface Place {
  readonly index: number;
  readonly proof: readonly Uint8Array[];
  readonly checkpoint: string;
  readonly rotations: readonly string[];
}

/** The writer's view of a draft, independent of the caller's type. */
export interface Waiting {
  readonly exchange: string;
  readonly claims: Claims;
  readonly bumpsEpoch: boolean;
  readonly work: EntryDraft<never>['work'];
  readonly together: string | undefined;
  readonly confirm: EntryDraft<never>['confirm'];
  /** undefined if the work does more than that */
  readonly basis: ConsentBasis | undefined;
  readonly hash: Uint8Array;
  readonly entry: FlushEntry;
  /** the index that `placeAt` has set last */
  readonly plannedAt: number | undefined;
  /** Sets the index that the entry gets, for a leaf that contains it. @throws Problem log_entry_invalid */
  placeAt(index: number): void;
  /** Replaces the draft with the one that its caller supplies. @throws the caller's error */
  lose(claim: ConflictingClaim): Promise<void>;
  settle(place: Place): void;
  fail(error: unknown): void;
}

/** @throws Problem log_entry_invalid */
export const waitingFor = <D extends EntryDraft<D>>(
  draft: D,
  packer: LeafPacker,
  resolve: (appended: Appended<D>) => void,
  reject: (error: unknown) => void,
): Waiting => new WaitingDraft(draft, packer, resolve, reject);

class WaitingDraft<D extends EntryDraft<D>> implements Waiting {
  private readonly packer: LeafPacker;
  private readonly resolve: (appended: Appended<D>) => void;
  private readonly reject: (error: unknown) => void;
  private draft: D;
  private prepared: Prepared;
  private losses = 0;
  plannedAt: number | undefined;

  constructor(
    draft: D,
    packer: LeafPacker,
    resolve: (appended: Appended<D>) => void,
    reject: (error: unknown) => void,
  ) {
    this.draft = draft;
    this.packer = packer;
    this.resolve = resolve;
    this.reject = reject;
    this.prepared = prepare(draft, packer);
  }

  get exchange(): string {
    return this.draft.leaf.id;
  }

  get claims(): Claims {
    return this.prepared.claims;
  }

  get bumpsEpoch(): boolean {
    return this.draft.bumpsEpoch === true;
  }

  get work(): Waiting['work'] {
    return this.draft.work;
  }

  get together(): string | undefined {
    return this.draft.together;
  }

  get confirm(): Waiting['confirm'] {
    return this.draft.confirm;
  }

  get basis(): ConsentBasis | undefined {
    const { atOnce, work } = this.draft;
    return atOnce?.insteadOf === work ? atOnce?.basis : undefined;
  }

  get hash(): Uint8Array {
    return this.prepared.leaf.hash;
  }

  get entry(): FlushEntry {
    return this.prepared.entry;
  }

  async lose(claim: ConflictingClaim): Promise<void> {
    this.losses += 1;
    if (this.losses > maxLosses) throw new Problem('log_unavailable', {}, { check: claim });
    this.draft = await this.draft.whenLost(claim);
    this.prepared = prepare(this.draft, this.packer, claim === 'nonce');
  }

  placeAt(index: number): void {
    this.plannedAt = index;
    const { draft } = this;
    if (draft.placed === undefined) return;
    this.prepared = prepare({ ...draft, leaf: draft.placed(draft.leaf, index) }, this.packer);
  }

  settle(place: Place): void {
    this.resolve({ draft: this.draft, leaf: this.prepared.leaf.bytes, ...place });
  }

  fail(error: unknown): void {
    this.reject(error);
  }
}

interface Prepared {
  readonly leaf: PreparedLeaf;
  readonly entry: FlushEntry;
  readonly claims: Claims;
}

/** @param replayed the nonce belongs to another exchange: the denial of this one is written without it */
function prepare(
  {
    leaf,
    claims: wanted,
    subjects,
    privatePart,
  }: Pick<EntryDraft<never>, 'leaf' | 'claims' | 'subjects' | 'privatePart'>,
  packer: LeafPacker,
  replayed = false,
): Prepared {
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
