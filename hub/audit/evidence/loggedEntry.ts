import { toBase64 } from '../../../log/base64.ts';
import type { StoredEntry } from '../../store/auditEntries.ts';
import { columnsAgree } from './reverify.ts';

/** An entry as auditors get it. */
export interface LoggedEntry {
  readonly index: number;
  /** base64 of the leaf's bytes */
  readonly leaf: string;
  /** base64 of the leaf hash that was stored with it; an altered leaf no longer has it */
  readonly hash: string;
  /** present when the search columns were altered: a search may have missed this entry */
  readonly columns?: 'altered';
}

export const loggedEntry = (entry: StoredEntry): LoggedEntry => ({
  index: entry.index,
  leaf: toBase64(entry.leaf),
  hash: toBase64(entry.hash),
  ...(columnsAgree(entry) ? {} : { columns: 'altered' as const }),
});
