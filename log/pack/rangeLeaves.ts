/**
 * The leaves of a range as a file holds them. Each is decoded, hashed and checked where it lies, and the next takes its place: keeping the bytes of
 * a hundred thousand entries costs more than all of that. Whoever asks for an entry's bytes has them decoded once more.
 */
import type { Problem } from '../../terms/problem.ts';
import { base64Into, fromBase64 } from '../base64.ts';
import { hashLength, sha256Into } from '../hash.ts';
import { maxLeafLength } from '../leafBytes.ts';
import { leafProblem } from '../parseLeaf.ts';
import { mayTellDestruction } from './destroyedAmong.ts';
import type { ProvenEntry } from './provenEntry.ts';

export interface RangeLeaves {
  readonly length: number;
  /** their hashes (RFC 6962 §2.1), one behind another */
  readonly hashes: Buffer;
  /** what is wrong with the form of a leaf, by its place */
  readonly malformed: ReadonlyMap<number, Problem>;
  /** @param nth place of a well-formed leaf @param index what it has in the log */
  entry(nth: number, index: number): ProvenEntry;
}

/** Where leaves lie while they are read: of the longest, more than ten. One serves all ranges of a pack, one after another. */
export const roomOfLeaves = (): Buffer => Buffer.allocUnsafe(1024 * 1024);

/** @param texts base64 @param refuse told the place of the first that is none, or too long for a leaf */
export function readRangeLeaves(
  texts: readonly unknown[],
  room: Buffer,
  refuse: (nth: number) => never,
): RangeLeaves {
  const hashes = Buffer.alloc(texts.length * hashLength);
  const malformed = new Map<number, Problem>();
  const telling = new Telling(room);
  let free = 0;
  for (const [nth, text] of texts.entries()) {
    if (typeof text !== 'string' || text.length > (maxLeafLength / 3) * 4 + 4) return refuse(nth);
    if (free + 1 + (text.length / 4) * 3 > room.length) {
      telling.search(free);
      free = 0;
    }
    // the mark of a leaf stands before it
    room[free] = 0;
    const length = base64Into(text, room, free + 1);
    if (length === undefined || length > maxLeafLength) return refuse(nth);
    const end = free + 1 + length;
    sha256Into(room.subarray(free, end), hashes, nth * hashLength);
    const problem = leafProblem(room.subarray(free + 1, end));
    if (problem !== undefined) malformed.set(nth, problem);
    telling.add(free);
    free = end;
  }
  telling.search(free);
  const { found } = telling;
  return {
    length: texts.length,
    hashes,
    malformed,
    entry: (nth, index) => new RangeEntry(index, texts[nth] as string, found.has(nth)),
  };
}

class RangeEntry implements ProvenEntry {
  readonly index: number;
  readonly mayTell: boolean;
  private readonly text: string;

  constructor(index: number, text: string, mayReport: boolean) {
    this.index = index;
    this.text = text;
    this.mayTell = mayReport;
  }

  get bytes(): Uint8Array {
    // it was decoded before
    return fromBase64(this.text) ?? new Uint8Array(0);
  }
}

/** Which leaves may tell a destruction. A room is searched as a whole: one in which none does, and most are such, is done at once. */
class Telling {
  readonly found = new Set<number>();
  private readonly room: Buffer;
  /** place of the first leaf in the room, and where each begins */
  private first = 0;
  private starts: number[] = [];

  constructor(room: Buffer) {
    this.room = room;
  }

  add(start: number): void {
    this.starts.push(start);
  }

  /** Searches what lies before an end; others may take its place then. */
  search(end: number): void {
    const { room, starts, first } = this;
    if (mayTellDestruction(room.subarray(0, end)))
      for (const [at, start] of starts.entries())
        if (mayTellDestruction(room.subarray(start, starts[at + 1] ?? end))) this.found.add(first + at);
    this.first += starts.length;
    this.starts = [];
  }
}
