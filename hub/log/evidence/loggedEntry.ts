import { toBase64 } from '../../../log/base64.ts';
import type { StoredEntry } from '../store/entries.ts';
import type { ErasedPart } from '../erasure.ts';
import type { OpenedPart } from './privateOf.ts';
import { entryFindings, type HeldSubjects } from './reverify.ts';

/** An entry as auditors get it. */
export interface LoggedEntry {
  readonly index: number;
  /** base64 of the leaf's bytes */
  readonly leaf: string;
  /** base64 of the leaf hash that was stored with it; an altered leaf no longer has it */
  readonly hash: string;
  /** present when search columns or subject tokens were altered: a search may have missed this entry */
  readonly columns?: 'altered';
  readonly private?: OpenedPart;
  /** found by whom a call named and got nothing of: it was denied, or nobody was there */
  readonly attempt?: true;
}

/**
 * @param subjects what the entry's subject rows come to, where they were read too, and what an erasure left of them
 * @param opened what it commits to, for those who may read it
 */
export const loggedEntry = (
  entry: StoredEntry,
  subjects: { readonly rows: readonly HeldSubjects[]; readonly erased: ErasedPart | undefined } | undefined,
  opened: OpenedPart | undefined,
): LoggedEntry => ({
  index: entry.index,
  leaf: toBase64(entry.leaf),
  hash: toBase64(entry.hash),
  ...(entryFindings(entry, subjects?.rows, subjects?.erased).length === 0
    ? {}
    : { columns: 'altered' as const }),
  ...(opened === undefined ? {} : { private: opened }),
});
