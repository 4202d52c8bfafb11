/** Reads the entries that the index and subject tokens promise, so that missing entries are reported instead of skipped. */
import { destructionUnit } from '../../../log/destruction.ts';
import { leafHash, sameHash } from '../../../log/hash.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { entriesAt, type StoredEntry } from '../store/entries.ts';
import { destructionsBetween, type DestructionRow } from '../store/retention.ts';
import type { Pool } from '../../platform/database/database.ts';
import { recordingLeaves } from '../retention/destroyed.ts';
import { findEntries, indexesOf, type EntryQuestion, type Found } from './findEntries.ts';
import { leafIn } from './leaves.ts';
import { addPlace, both, chunkSize, countPlaces, noPlaces } from './places.ts';

/** The members read of an entry. */
interface Read {
  readonly index: number;
  /** undefined if it was not requested */
  readonly leaf: Uint8Array | undefined;
  /** the leaf hash stored with it */
  readonly hash: Uint8Array;
}

/** A promised entry. Its leaf decides whether it answers. */
export interface Promised<Entry> {
  readonly index: number;
  /** as stored; undefined if its row is missing */
  readonly entry: Entry | undefined;
  /** undefined if it is missing or was not requested */
  readonly leaf: Leaf | undefined;
  /** the log has lost it: its row is missing, contains other bytes than were hashed, or is not a valid leaf */
  readonly gone: boolean;
}

interface Reading<Entry> {
  /** entries of the first read: rare entries are spread over many chunks */
  readonly portion: number;
  /** the stored entries at these indexes, in any order */
  readonly read: (reader: Pool, indexes: readonly number[]) => Promise<readonly Entry[]>;
}

/**
 * Yields the newest first, in portions. Entries that the log reports as destroyed after their retention period are not promised.
 * @param end only entries below this index
 */
export async function* promisedBy<Entry extends Read>(
  reader: Pool,
  question: EntryQuestion,
  end: number,
  { portion, read }: Reading<Entry>,
): AsyncGenerator<readonly Promised<Entry>[]> {
  let least = portion;
  const waiting = new Waiting(reader);
  const readNext = async (): Promise<readonly Promised<Entry>[]> => {
    const indexes = waiting.indexes.splice(0, least);
    // later portions have few hits: read at least one chunk at once
    least = Math.max(portion, Math.min(2 * least, chunkSize));
    const there = new Map((await read(reader, indexes)).map((entry) => [entry.index, entry]));
    return indexes.map((index) => promised(index, there.get(index)));
  };
  for await (const found of findEntries(reader, question, end)) {
    await waiting.add(found);
    if (!waiting.isFull(least)) continue;
    await waiting.settle();
    while (waiting.indexes.length >= least) yield await readNext();
  }
  await waiting.settle();
  while (waiting.indexes.length > 0) yield await readNext();
}

function promised<Entry extends Read>(index: number, entry: Entry | undefined): Promised<Entry> {
  if (entry === undefined) return { index, entry, leaf: undefined, gone: true };
  const { leaf: bytes, hash } = entry;
  if (bytes === undefined) return { index, entry, leaf: undefined, gone: false };
  const leaf = sameHash(leafHash(bytes), hash) ? leafIn(bytes) : undefined;
  return { index, entry, leaf, gone: leaf === undefined };
}

/** Chunks for which destruction claims are read at once. */
const window = 512;
/** Maximum of queued chunks: their claims are judged at once. */
const maxWaiting = 256;

/** Entries found and not read yet, newest first. */
class Waiting {
  /** entries promised for certain */
  readonly indexes: number[] = [];
  private readonly reader: Pool;
  private chunks: { readonly found: Found; readonly claim: DestructionRow | undefined }[] = [];
  private count = 0;
  /** of the chunks from `from` on, by the index of their first entry */
  private claims: ReadonlyMap<number, DestructionRow> = new Map();
  private from = Infinity;

  constructor(reader: Pool) {
    this.reader = reader;
  }

  async add(found: Found): Promise<void> {
    if (found.chunk < this.from) await this.readClaims(found.chunk);
    const claim = this.claims.get(found.chunk * destructionUnit);
    this.chunks.push({ found, claim });
    this.count += countPlaces((claim === undefined ? found : without(found, claim)).places);
  }

  /** Counts only the remaining entries of a claimed chunk, because it is not known yet whether the log records the destruction. */
  isFull(least: number): boolean {
    return this.indexes.length + this.count >= least || this.chunks.length >= maxWaiting;
  }

  /** Judges the claims of the queued chunks. */
  async settle(): Promise<void> {
    const reported = await recordingLeaves(
      this.reader,
      this.chunks.flatMap(({ claim }) => claim ?? []),
    );
    for (const { found, claim } of this.chunks)
      for (const index of indexesOf(
        claim !== undefined && reported.has(claim) ? without(found, claim) : found,
      ))
        this.indexes.push(index);
    this.chunks = [];
    this.count = 0;
  }

  private async readClaims(chunk: number): Promise<void> {
    this.from = Math.max(0, chunk - window + 1);
    const rows = await destructionsBetween(this.reader, {
      from: this.from * destructionUnit,
      to: (chunk + 1) * destructionUnit,
      width: destructionUnit,
    });
    this.claims = new Map(rows.map((row) => [row.first, row]));
  }
}

/** The entries found in a destroyed chunk that remain: a unit is a chunk. */
function without({ chunk, places }: Found, { first, stays }: DestructionRow): Found {
  const staying = noPlaces();
  for (const index of stays)
    if (index >= first && index < first + chunkSize) addPlace(staying, index - first);
  return { chunk, places: both(places, staying) };
}

/** The same with all stored columns of an entry. */
export const promisedEntries = (
  reader: Pool,
  question: EntryQuestion,
  end: number,
  portion: number,
): AsyncGenerator<readonly Promised<StoredEntry>[]> =>
  promisedBy(reader, question, end, { portion, read: entriesAt });

/** The entries among these that are promised to a question, descending. @param indexes descending */
export async function promisedAmong(
  reader: Pool,
  question: EntryQuestion,
  indexes: readonly number[],
): Promise<readonly number[]> {
  const [newest, oldest] = [indexes[0], indexes.at(-1)];
  if (newest === undefined || oldest === undefined) return [];
  const wanted = new Set(indexes);
  const promised: number[] = [];
  for await (const found of findEntries(reader, question, newest + 1)) {
    const mine = indexesOf(found);
    promised.push(...mine.filter((index) => wanted.has(index)));
    if ((mine.at(-1) ?? 0) <= oldest) break;
  }
  return promised;
}
