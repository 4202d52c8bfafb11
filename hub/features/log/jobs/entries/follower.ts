/** Who reads the log as it grows: each entry is fetched and parsed once, for everybody who follows. */
import type { FollowedEntry } from '../../../../log/search/storedReader.ts';

/** A chunk of the search index, or as much of it as there is. Destroyed entries are not in it. */
export interface ReadChunk {
  readonly number: number;
  /** first and last index + 1 */
  readonly from: number;
  readonly to: number;
  readonly entries: readonly FollowedEntry[];
}

export interface Follower {
  /** index of the first entry that it has not seen, as it stands in the database */
  readonly next: number;
  /** Takes a chunk, ascending; what lies before `next` it has seen. */
  take(chunk: ReadChunk): void | Promise<void>;
  /** Writes down what it has made of everything before `to`. */
  end(to: number): Promise<void>;
}

/** Sees what is read anyway: without a mark, so it reads for itself what it misses. */
export interface Onlooker {
  /** Takes a chunk; of one it may be told again, or of a part of it. */
  take(chunk: ReadChunk): void;
  /** Nothing more comes for now. */
  end(): Promise<void>;
}
