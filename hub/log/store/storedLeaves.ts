/**
 * Leaves as stored in rows, and their content: the hashed bytes, or those bytes packed (log/packing). All reads of the column `leaf` go
 * through this module.
 */
import { hashLength } from '../../../log/hash.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { maxLeafLength } from '../../../log/leafBytes.ts';
import { unpackLeaf } from '../../../log/packing/unpackLeaf.ts';

/** The column; empty if it is missing or too long for a leaf. Such a value was altered and could exceed a row. */
export const storedLeaf = `CASE WHEN octet_length(leaf) <= ${maxLeafLength} THEN leaf ELSE ''::bytea END AS leaf`;

/** The same for the hash column. */
export const storedHash = `CASE WHEN octet_length(hash) = ${hashLength} THEN hash ELSE ''::bytea END AS hash`;

/**
 * The leaf of a stored row. One that cannot be unpacked is returned as stored, as are altered bytes: its hash differs from the entry's,
 * and readers find that it is no leaf.
 */
export const leafOf = (stored: Uint8Array): Uint8Array => unpackLeaf(stored) ?? stored;

/** The same for bytes owned by the driver: the result may be retained. */
export const leafCopied = (stored: Uint8Array): Uint8Array => unpackLeaf(stored) ?? Buffer.from(stored);

/** Rows with unpacked leaves in place of the stored ones. */
export const withLeaves = <R extends { readonly leaf: Uint8Array }>(rows: readonly R[]): R[] =>
  rows.map((row) => ({ ...row, leaf: leafOf(row.leaf) }));

/** The content of a leaf of the log. @throws SyntaxError if its bytes are no leaf: nothing is reported of an unreadable entry */
export const leafContent = (leaf: Uint8Array): Leaf => JSON.parse(Buffer.from(leaf).toString('utf8')) as Leaf;

/** The same, undefined if it is not a leaf: for callers that must not fail because one entry was altered. Re-verification reports it. */
export function leafOrNone(leaf: Uint8Array): Leaf | undefined {
  try {
    const content: unknown = leafContent(leaf);
    return typeof content === 'object' && content !== null ? (content as Leaf) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
