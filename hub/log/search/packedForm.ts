/**
 * A form of packed leaves: the constant bytes around the slots that differ, as they occur in the packed leaf. Parts encode their own
 * length. If two packed leaves have the same bytes outside self-contained parts, each part therefore encodes the same range of the leaf.
 * Constant bytes need not be unpacked, and only the required slots are read.
 */
import type { Leaf } from '../../../log/leaf.ts';
import { PartReader, partsOf, type Part } from '../../../log/packing/partsOf.ts';
import { rawByteLength, rawForm, rawTextLength } from '../../../log/packing/rawForms.ts';
import { isMoment, followed, type FollowedLeaf } from './leaves.ts';
import { valueOf, type Slot } from './slotValues.ts';

/** The content of a slot: constant in all leaves of the form, literal characters, a range of the time, or another part. */
type Piece =
  | { readonly kind: 'same'; readonly text: string }
  | { readonly kind: 'signs'; readonly from: number; readonly to: number }
  | { readonly kind: 'time'; readonly from: number; readonly to: number }
  | { readonly kind: 'part'; readonly from: number; readonly to: number; readonly signs: number };

interface PackedSlot extends Slot {
  readonly pieces: readonly Piece[];
  /** a packed leaf of the form that was read before, its time and its slot value; the official of a case calls repeatedly */
  readonly before: { readonly bytes: Uint8Array; time: string; value: string | number | undefined };
}

/** The position of a slot in the leaf. */
export interface Placed {
  readonly slot: Slot;
  readonly from: number;
  readonly to: number;
}

export interface PackedForm {
  /** a packed leaf of the form */
  readonly packed: Uint8Array;
  /** begin and end of each range that is the same in all leaves, concatenated */
  readonly same: readonly number[];
  /** positions of the bytes of each id, and of the time */
  readonly ids: readonly number[];
  readonly time: number;
  /** slots that must be read: they are reported, or contain a value that only the general parser reads */
  readonly slots: readonly PackedSlot[];
  readonly base: FollowedLeaf;
  readonly like: Leaf;
}

/**
 * @param packed a packed leaf; it is retained
 * @param leaf the same leaf, unpacked, one character per byte
 * @param placed the slots that may differ between leaves
 * @returns undefined if the slots cannot be separated in the packed leaf
 */
export function packedFormOf(
  packed: Uint8Array,
  leaf: string,
  placed: readonly Placed[],
  { leaf: said, like }: { readonly leaf: Leaf; readonly like: Leaf },
): PackedForm | undefined {
  const parts = partsOf(packed);
  if (parts.some((part) => repeatsDiffering(part, placed))) return undefined;
  const found = new FoundSlots(packed, leaf, placed);
  for (const one of placed) {
    const own = parts.filter((part) => part.from < one.to && part.to > one.from);
    if (!found.add(one, own)) return undefined;
  }
  const { ids, timeAt: time, slots } = found;
  if (time < 0) return undefined;
  const same = between(found.differing, packed.length);
  return { packed, same, ids, time, slots, base: followed(said), like };
}

const touched = (placed: readonly Placed[], from: number, to: number): readonly Placed[] =>
  placed.filter((one) => one.from < to && one.to > from);

/** A constant range must not repeat a part that differs. */
function repeatsDiffering({ kind, from, to, of }: Part, placed: readonly Placed[]): boolean {
  if (kind !== 'copy' || touched(placed, of, of + to - from).length === 0) return false;
  return !placed.some((one) => one.from <= from && one.to >= to);
}

/** The slots of a leaf, found in its packed form. */
class FoundSlots {
  /** begin and end of each range that differs */
  readonly differing: number[][] = [];
  readonly ids: number[] = [];
  readonly slots: PackedSlot[] = [];
  timeAt = -1;
  private readonly packed: Uint8Array;
  private readonly leaf: string;
  private readonly placed: readonly Placed[];
  private readonly time: Placed | undefined;

  constructor(packed: Uint8Array, leaf: string, placed: readonly Placed[]) {
    this.packed = packed;
    this.leaf = leaf;
    this.placed = placed;
    this.time = placed.find(({ slot }) => slot.kind === 'time');
  }

  /** @param own the parts that it is in @returns false where it cannot be separated from other content */
  add(one: Placed, own: readonly Part[]): boolean {
    const { kind } = one.slot;
    const raw = rawOf(one, own);
    if (kind === 'time') {
      if (raw?.of !== rawForm.time) return false;
      this.differing.push([raw.body, raw.end]);
      this.timeAt = raw.body;
      return true;
    }
    if (kind === 'id' && raw?.of === rawForm.id) {
      this.differing.push([raw.body, raw.end]);
      this.ids.push(raw.body);
      return true;
    }
    return this.addPieces(one, own);
  }

  private addPieces({ slot, from, to }: Placed, own: readonly Part[]): boolean {
    const pieces: Piece[] = [];
    for (const part of own) {
      const piece = this.pieceOf(part, from, to);
      if (piece === undefined) return false;
      if (piece.kind === 'signs') this.differing.push([piece.from, piece.to]);
      if (piece.kind === 'part') this.differing.push([part.body, part.end]);
      pieces.push(piece);
    }
    if (pieces.every(({ kind }) => kind === 'same')) return true;
    // digests and ids are texts, with any bytes
    const isText = slot.kind === 'text' && own.every(({ kind, of }) => kind === 'raw' && of !== rawForm.time);
    if (slot.isFollowed || !isText)
      this.slots.push({
        ...slot,
        pieces,
        before: { bytes: new Uint8Array(this.packed.length), time: '', value: undefined },
      });
    return true;
  }

  /** The piece that a part contributes to the slot. */
  private pieceOf(part: Part, slotFrom: number, slotTo: number): Piece | undefined {
    const from = Math.max(slotFrom, part.from);
    const to = Math.min(slotTo, part.to);
    const isWhole = from === part.from && to === part.to;
    const place = part.body - part.from;
    switch (part.kind) {
      case 'run':
        return { kind: 'signs', from: place + from, to: place + to };
      case 'pairs':
      case 'raw':
        return isWhole ? { kind: 'part', from: part.at, to: part.end, signs: to - from } : undefined;
      case 'copy': {
        const { time } = this;
        const [source, stop] = [part.of, part.of + part.to - part.from];
        if (touched(this.placed, source, stop).length === 0) break;
        if (time === undefined || source < time.from || stop > time.to || !isWhole) return undefined;
        return { kind: 'time', from: source - time.from, to: stop - time.from };
      }
      case 'phrase':
    }
    return { kind: 'same', text: this.leaf.slice(from, to) };
  }
}

/** The part with the raw bytes of the slot, where it has no other content. */
function rawOf({ from, to }: Placed, [only]: readonly Part[]): Part | undefined {
  return only?.kind === 'raw' && only.from === from && only.to === to ? only : undefined;
}

/** The gaps between these ranges. */
function between(ranges: readonly (readonly number[])[], length: number): number[] {
  const edges = ranges.toSorted(([a = 0], [b = 0]) => a - b).flat();
  return [0, ...edges, length];
}

/** Reads leaves by these forms. */
export class PackedFormReader {
  private readonly parts = new PartReader();
  private readonly times = new TimeReader(this.parts);

  /** Returns the followed members of a packed leaf, undefined if the leaf does not have this form. */
  read(form: PackedForm, stored: Buffer, from: number, to: number): FollowedLeaf | undefined {
    const { packed, same, ids, slots } = form;
    if (to - from !== packed.length) return undefined;
    for (let nth = 0; nth < same.length; nth += 2) {
      const end = same[nth + 1] as number;
      for (let at = same[nth] as number; at < end; at += 1)
        if (stored[from + at] !== packed[at]) return undefined;
    }
    for (const id of ids)
      // of version 7, and of its variant
      if ((stored[from + id + 6] as number) >> 4 !== 7 || (stored[from + id + 8] as number) >> 6 !== 2)
        return undefined;
    const at = this.times.read(stored, from + form.time);
    if (at === undefined) return undefined;
    const leaf: Record<string, unknown> = { ...form.base, at };
    for (const slot of slots) {
      const { member, inner, before } = slot;
      if (!isAsBefore(slot, stored, from, at)) {
        before.value = this.valueIn(slot.kind, slot.pieces, stored, from, at);
        keep(slot, stored, from, at);
      }
      const { value } = before;
      if (value === undefined) return undefined;
      if (slot.isFollowed) leaf[member] = inner === undefined ? value : { [inner]: value };
    }
    return leaf as unknown as FollowedLeaf;
  }

  private valueIn(
    kind: Slot['kind'],
    pieces: readonly Piece[],
    stored: Buffer,
    leafAt: number,
    time: string,
  ): string | number | undefined {
    let signs = '';
    for (const piece of pieces) {
      if (piece.kind === 'same') signs += piece.text;
      else if (piece.kind === 'time') signs += time.slice(piece.from, piece.to);
      else if (piece.kind === 'signs')
        signs += stored.toString('latin1', leafAt + piece.from, leafAt + piece.to);
      else {
        const part = this.parts.read(stored, leafAt + piece.from, leafAt + piece.to, piece.signs);
        if (part === undefined) return undefined;
        signs += part;
      }
    }
    return valueOf(kind, signs);
  }
}

/** Whether the bytes from which a slot is read are unchanged. */
function isAsBefore(
  { pieces, before }: PackedSlot,
  stored: Uint8Array,
  leafAt: number,
  time: string,
): boolean {
  if (before.value === undefined) return false;
  for (const piece of pieces) {
    if (piece.kind === 'same') continue;
    for (let at = piece.from; at < piece.to; at += 1)
      if (
        piece.kind === 'time'
          ? time.charCodeAt(at) !== before.time.charCodeAt(at)
          : stored[leafAt + at] !== before.bytes[at]
      )
        return false;
  }
  return true;
}

function keep({ pieces, before }: PackedSlot, stored: Uint8Array, leafAt: number, time: string): void {
  before.time = time;
  for (const piece of pieces)
    if (piece.kind === 'signs' || piece.kind === 'part')
      for (let at = piece.from; at < piece.to; at += 1) before.bytes[at] = stored[leafAt + at] as number;
}

const dayLength = 86_400_000;

/** Entries of the same moment or day are adjacent, so the date is parsed once. */
class TimeReader {
  private readonly parts: PartReader;
  /** milliseconds as encoded in the packed leaf, and their day */
  private time = -1;
  private day = -1;
  private text: string | undefined;
  private readonly room = Buffer.alloc(rawTextLength[rawForm.time]);

  constructor(parts: PartReader) {
    this.parts = parts;
  }

  /** @param at position of its bytes @returns undefined for a time that no clock shows */
  read(stored: Buffer, at: number): string | undefined {
    const time = stored.readUIntBE(at, 6);
    if (time === this.time) return this.text;
    this.time = time;
    const day = Math.floor(time / dayLength);
    if (day !== this.day || this.text === undefined) {
      this.day = day;
      const text = this.parts.read(stored, at - 1, at + rawByteLength[rawForm.time], this.room.length);
      this.text = text !== undefined && isMoment(text) ? text : undefined;
      if (this.text !== undefined) this.room.write(this.text, 'latin1');
      return this.text;
    }
    const within = time - day * dayLength;
    const seconds = Math.floor(within / 1000);
    const minutes = Math.floor(seconds / 60);
    this.write(11, Math.floor(minutes / 60));
    this.write(14, minutes % 60);
    this.write(17, seconds % 60);
    const part = within - seconds * 1000;
    this.room[20] = 0x30 + Math.floor(part / 100);
    this.write(21, part % 100);
    return (this.text = this.room.toString('latin1'));
  }

  private write(at: number, two: number): void {
    this.room[at] = 0x30 + Math.floor(two / 10);
    this.room[at + 1] = 0x30 + (two % 10);
  }
}
