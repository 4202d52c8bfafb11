/**
 * A management act of this room: what will change, prepared and checked, not yet done. It is done by the append of its entry, in the
 * entry's transaction, so no row changes without an entry and no entry tells of a change that failed.
 */
import type { Authority } from '../../certs/authority/createAuthority.ts';
import type { Leaf } from '../../log/leaf.ts';
import type { Reader } from '../platform/database/reader.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Directory } from './directory/directory.ts';

/** The exchange an act belongs to. */
export interface ActContext {
  /** id of the entry to be, uuid version 7 */
  readonly exchange: string;
  /** Unix milliseconds, database clock */
  readonly now: number;
}

/** What an act is prepared on: the last argument of each. `Identity.prepare` hands it over. */
export interface Ground {
  /** as of the log's newest epoch */
  readonly directory: Directory;
  readonly reader: Reader;
  readonly authority: Authority;
  /** the hub's public origin */
  readonly origin: string;
}

export interface Act<R> {
  /** what to answer once the entry is durable */
  readonly reply: R;
  /** names, codes and digests for the entry; never a secret */
  readonly change: NonNullable<Leaf['change']>;
  /** absent where nothing changes (the same was registered before) @throws Problem when another call was first */
  readonly work?: (transaction: Transaction) => Promise<void>;
  readonly bumpsEpoch: boolean;
}
