/** Reading what the index and subject tokens promise, so that nobody who reads it passes over what is gone. */
import { destructionUnit } from '../../../log/destruction.ts';
import { leafHash, sameHash } from '../../../log/hash.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { entriesAt, type StoredEntry } from '../store/entries.ts';
import { destructionsBetween, type DestructionRow } from '../store/retention.ts';
import type { Pool } from '../../platform/database/database.ts';
import { tellingLeaves } from '../retention/destroyed.ts';
import { findEntries, indexesOf, type EntryQuestion, type Found } from './findEntries.ts';
import { leafIn } from './leaves.ts';
import { addPlace, both, chunkSize, countPlaces, noPlaces } from './places.ts';

/** What is read of an entry. */
interface Read {
  readonly index: number;
  /** undefined where it was not asked for */
  readonly leaf: Uint8Array | undefined;
  /** the leaf hash that was stored with it */
  readonly hash: Uint8Array;
}

/** An entry that was promised. Whether it answers, its leaf says. */
export interface Promised<Entry> {
  readonly index: number;
  /** as it is stored; undefined where no row is left */
  readonly entry: Entry | undefined;
  /** undefined where it is gone, or was not asked for */
  readonly leaf: Leaf | undefined;
  /** the log does not have it any more: its row is not there, or holds other bytes than were hashed, or none that are a leaf */
  readonly gone: boolean;
}

interface Reading<Entry> {
  /** entries read at once to begin with: what is rare lies in many chunks */
  readonly portion: number;
  /** those at these indexes that are there, in any order */
  readonly read: (reader: Pool, indexes: readonly number[]) => Promise<readonly Entry[]>;
}

/**
 * The newest first, a portion at a time. What was destroyed because its time was over, as entries of the log tell it, is not promised.
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
    // whoever reads on reads thinly: a chunk at once at the least
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

/** Chunks of which it is read at once whether somebody claims that they were destroyed. */
const window = 512;
/** Chunks that wait for one another at most: claims of them are judged at once. */
const maxWaiting = 256;

/** What was found and is not read yet, the newest first. */
class Waiting {
  /** what is promised for certain */
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

  /** A claimed chunk counts with what stays of it: it is not known yet whether the log tells of it. */
  isFull(least: number): boolean {
    return this.indexes.length + this.count >= least || this.chunks.length >= maxWaiting;
  }

  /** Judges what is claimed of the chunks that wait. */
  async settle(): Promise<void> {
    const reported = await tellingLeaves(
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

/** What is found of a chunk that was destroyed: a unit is a chunk. */
function without({ chunk, places }: Found, { first, stays }: DestructionRow): Found {
  const staying = noPlaces();
  for (const index of stays)
    if (index >= first && index < first + chunkSize) addPlace(staying, index - first);
  return { chunk, places: both(places, staying) };
}

/** The same with all that is stored of an entry. */
export const promisedEntries = (
  reader: Pool,
  question: EntryQuestion,
  end: number,
  portion: number,
): AsyncGenerator<readonly Promised<StoredEntry>[]> =>
  promisedBy(reader, question, end, { portion, read: entriesAt });

/** Which of these entries are promised to a question, descending. @param indexes descending */
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
