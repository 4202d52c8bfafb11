/** Reads leaves as rows hold them, for whoever follows the log: of those that are alike only what differs, without writing them out. */
import { dayOf } from '../../../log/entryQuestion.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { isPacked } from '../../../log/packing/unpackLeaf.ts';
import { storedBetween } from '../store/entries.ts';
import { leafOf } from '../store/storedLeaves.ts';
import type { Pool } from '../../platform/database/database.ts';
import type { FollowedLeaf } from './leaves.ts';
import { KnownForms } from './knownForms.ts';
import { leafReader } from './leafReader.ts';
import { packedFormOf, PackedFormReader, type PackedForm } from './packedForm.ts';

/**
 * What the row of an entry holds at `from … to − 1` of these bytes, which may be the driver's own. What it tells is not to be changed: leaves
 * share it.
 */
type StoredReader = (index: number, bytes: Buffer, from: number, to: number) => FollowedEntry;

export interface FollowedEntry {
  readonly index: number;
  /** undefined where the bytes are no leaf any more */
  readonly leaf: FollowedLeaf | undefined;
  /** a leaf that says the same but for what differs from one to the next; the same object for all that are alike */
  readonly like: Leaf | undefined;
  /** of its time, calendar of China; undefined where there is no leaf */
  readonly day: string | undefined;
}

/** Remembers forms for as long as it lives. What it tells is what `leafIn` tells of the leaf. */
export function storedReader(): StoredReader {
  const known = new KnownForms<number, PackedForm>({ kept: 2_048, alike: 32, toLearn: 64 });
  const byForm = new PackedFormReader();
  const readLeaf = leafReader();
  const days = new Days();
  // one entry after the other: what would be made for each of them is made once
  let [index, from, to] = [0, 0, 0];
  let bytes: Buffer = Buffer.alloc(0);
  const read = (form: PackedForm): FollowedEntry | undefined => {
    const leaf = byForm.read(form, bytes, from, to);
    return leaf && { index, leaf, like: form.like, day: days.of(leaf.at) };
  };
  return (ofEntry, stored, begin, end) => {
    [index, bytes, from, to] = [ofEntry, stored, begin, end];
    const same = known.asBefore(read);
    if (same !== undefined) return same;
    // those that are alike are of one length, and packed of one length
    const key = (to - from) * 0x1_0000 + (bytes[from + 1] ?? 0) * 0x100 + (bytes[from + 2] ?? 0);
    const alike = known.find(key, read);
    if (alike !== undefined) return alike;
    const own = bytes.subarray(from, to);
    const unpacked = leafOf(own);
    const { leaf, like, placed } = readLeaf(unpacked);
    if (placed !== undefined && leaf !== undefined && like !== undefined && isPacked(own))
      known.learn(key, () =>
        packedFormOf(Buffer.from(own), Buffer.from(unpacked).toString('latin1'), placed(), { leaf, like }),
      );
    return { index, leaf, like, day: leaf && days.of(leaf.at) };
  };
}

/** Entries `from … to − 1` as those who follow the log read them, ascending. */
export async function followedBetween(
  pool: Pool,
  from: number,
  to: number,
  read: StoredReader,
): Promise<FollowedEntry[]> {
  const entries: FollowedEntry[] = [];
  await storedBetween(pool, from, to, (index, bytes, begin, end) => {
    entries.push(read(index, bytes, begin, end));
  });
  return entries;
}

/** Days of entries that stand together are mostly one, and no day begins amid an hour: the same text of it is told of all. */
class Days {
  /** `YYYY-MM-DDThh`, as times begin in it */
  private hour = ' ';
  private day = '';

  of(at: string): string {
    if (at.startsWith(this.hour)) return this.day;
    this.hour = at.slice(0, 13);
    const day = dayOf(at);
    if (day !== this.day) this.day = day;
    return this.day;
  }
}
