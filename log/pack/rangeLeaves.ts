/**
 * The leaves of a range of a file. Each is decoded into a shared buffer, hashed and checked; the next replaces it. Retaining the bytes of
 * a hundred thousand entries would cost more than all of that. The bytes of an entry are decoded again on request.
 */
import type { Problem } from '../../terms/problem.ts';
import { base64Into, fromBase64 } from '../base64.ts';
import { hashLength, sha256Into } from '../hash.ts';
import { maxLeafLength } from '../leafBytes.ts';
import { leafProblem } from '../parseLeaf.ts';
import { mayRecordDestruction } from './destroyedAmong.ts';
import type { ProvenEntry } from './provenEntry.ts';

export interface RangeLeaves {
  readonly length: number;
  /** their hashes (RFC 6962 §2.1), concatenated */
  readonly hashes: Buffer;
  /** faults of form of a leaf, by its place */
  readonly malformed: ReadonlyMap<number, Problem>;
  /** @param nth place of a well-formed leaf @param index of the leaf in the log */
  entry(nth: number, index: number): ProvenEntry;
}

/** A buffer for leaves being read, large enough for more than ten of the longest. One is used for all ranges of a pack in turn. */
export const roomOfLeaves = (): Buffer => Buffer.allocUnsafe(1024 * 1024);

/** @param texts base64 @param refuse called with the place of the first text that is not base64, or too long for a leaf */
export function readRangeLeaves(
  texts: readonly unknown[],
  room: Buffer,
  refuse: (nth: number) => never,
): RangeLeaves {
  const hashes = Buffer.alloc(texts.length * hashLength);
  const malformed = new Map<number, Problem>();
  const search = new DestructionSearch(room);
  let free = 0;
  for (const [nth, text] of texts.entries()) {
    if (typeof text !== 'string' || text.length > (maxLeafLength / 3) * 4 + 4) return refuse(nth);
    if (free + 1 + (text.length / 4) * 3 > room.length) {
      search.search(free);
      free = 0;
    }
    // the leaf prefix byte precedes it
    room[free] = 0;
    const length = base64Into(text, room, free + 1);
    if (length === undefined || length > maxLeafLength) return refuse(nth);
    const end = free + 1 + length;
    sha256Into(room.subarray(free, end), hashes, nth * hashLength);
    const problem = leafProblem(room.subarray(free + 1, end));
    if (problem !== undefined) malformed.set(nth, problem);
    search.add(free);
    free = end;
  }
  search.search(free);
  const { found } = search;
  return {
    length: texts.length,
    hashes,
    malformed,
    entry: (nth, index) => new RangeEntry(index, texts[nth] as string, found.has(nth)),
  };
}

class RangeEntry implements ProvenEntry {
  readonly index: number;
  readonly mayRecordDestruction: boolean;
  private readonly text: string;

  constructor(index: number, text: string, mayReport: boolean) {
    this.index = index;
    this.text = text;
    this.mayRecordDestruction = mayReport;
  }

  get bytes(): Uint8Array {
    // it was decoded before
    return fromBase64(this.text) ?? new Uint8Array(0);
  }
}

/** Selects leaves that may record a destruction. The buffer is searched as a whole: most buffers contain none, which one search shows. */
class DestructionSearch {
  readonly found = new Set<number>();
  private readonly room: Buffer;
  /** place of the first leaf in the buffer, and the offset of each leaf */
  private first = 0;
  private starts: number[] = [];

  constructor(room: Buffer) {
    this.room = room;
  }

  add(start: number): void {
    this.starts.push(start);
  }

  /** Searches the bytes before an end; they may be overwritten afterwards. */
  search(end: number): void {
    const { room, starts, first } = this;
    if (mayRecordDestruction(room.subarray(0, end)))
      for (const [at, start] of starts.entries())
        if (mayRecordDestruction(room.subarray(start, starts[at + 1] ?? end))) this.found.add(first + at);
    this.first += starts.length;
    this.starts = [];
  }
}
