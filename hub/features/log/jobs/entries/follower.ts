/** Followers of the growing log: each entry is fetched and parsed once for all of them. */
import type { FollowedEntry } from '../../../../log/search/storedReader.ts';

/** A chunk of the search index, or its available part. Destroyed entries are not included. */
export interface ReadChunk {
  readonly number: number;
  /** first and last index + 1 */
  readonly from: number;
  readonly to: number;
  readonly entries: readonly FollowedEntry[];
}

export interface Follower {
  /** index of the first entry not yet processed, as stored in the database */
  readonly next: number;
  /** Processes a chunk; chunks are ascending. Entries before `next` were already processed. */
  take(chunk: ReadChunk): void | Promise<void>;
  /** Stores the results for all entries before `to`. */
  end(to: number): Promise<void>;
}

/** Receives what is read, without a stored position. It reads missed entries itself. */
export interface Onlooker {
  /** Receives a chunk, which may repeat an earlier one, whole or in part. */
  take(chunk: ReadChunk): void;
  /** No further chunk follows for now. */
  end(): Promise<void>;
}
