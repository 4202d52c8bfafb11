/** Reads stored leaves for followers of the log: for leaves of a known form only the differing members, without unpacking. */
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
 * Reads the stored entry in range `from … to − 1` of these bytes, which the driver may own. The result must not be changed, because leaves
 * share it.
 */
type StoredReader = (index: number, bytes: Buffer, from: number, to: number) => FollowedEntry;

export interface FollowedEntry {
  readonly index: number;
  /** undefined if the bytes are no longer a valid leaf */
  readonly leaf: FollowedLeaf | undefined;
  /** a leaf that equals this one except for the differing members; the same object for all leaves of one form */
  readonly like: Leaf | undefined;
  /** day of its time, China time zone; undefined without a leaf */
  readonly day: string | undefined;
}

/** Remembers forms for the lifetime of the reader. Its results equal those of `leafIn`. */
export function storedReader(): StoredReader {
  const known = new KnownForms<number, PackedForm>({ maxForms: 2_048, alike: 32, toLearn: 64 });
  const byForm = new PackedFormReader();
  const readLeaf = leafReader();
  const days = new Days();
  // shared state of consecutive entries, so that closures are created once instead of per entry
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
    // leaves of one form have the same length, packed and unpacked
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

/** Entries `from … to − 1` as followers of the log read them, ascending. */
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

/** Adjacent entries usually have the same day, and no day begins within an hour: its text is computed once and shared. */
class Days {
  /** `YYYY-MM-DDThh`, the beginning of times */
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
