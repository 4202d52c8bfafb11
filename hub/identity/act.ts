/**
 * A prepared and checked management act of identity, not yet done. Appending its log entry does it, in the transaction of the entry. So
 * no row changes without an entry, and no entry reports a change that failed.
 */
import type { Authority } from '../../certs/authority/createAuthority.ts';
import type { Leaf } from '../../log/leaf.ts';
import type { Reader } from '../platform/database/reader.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Directory } from './directory/directory.ts';

/** The exchange that an act belongs to. */
export interface ActContext {
  /** id of the future entry, UUID version 7 */
  readonly exchange: string;
  /** Unix milliseconds, database clock */
  readonly now: number;
}

/** What an act is prepared with: the last argument of each act. `Identity.prepare` passes it. */
export interface ActDependencies {
  /** as of the log's newest epoch */
  readonly directory: Directory;
  readonly reader: Reader;
  readonly authority: Authority;
  /** the hub's public origin */
  readonly origin: string;
}

export interface Act<R> {
  /** reply to return once the entry is durable */
  readonly reply: R;
  /** names, codes and digests for the entry; never a secret */
  readonly change: NonNullable<Leaf['change']>;
  /** absent where nothing changes (the same was registered before) @throws Problem when another call came first */
  readonly work?: (transaction: Transaction) => Promise<void>;
  readonly bumpsEpoch: boolean;
}
