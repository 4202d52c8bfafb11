/**
 * Leaves as rows hold them, and what they are: the bytes that were hashed, or those bytes packed (log/packing). Whoever reads the column `leaf`
 * reads it through here.
 */
import { hashLength } from '../../../log/hash.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { maxLeafLength } from '../../../log/leafBytes.ts';
import { unpackLeaf } from '../../../log/packing/unpackLeaf.ts';

/** The column, nothing in the place of what is too long for a leaf or not there: somebody altered it, and it could be more than a row can hold. */
export const storedLeaf = `CASE WHEN octet_length(leaf) <= ${maxLeafLength} THEN leaf ELSE ''::bytea END AS leaf`;

/** The same of the hash beside it. */
export const storedHash = `CASE WHEN octet_length(hash) = ${hashLength} THEN hash ELSE ''::bytea END AS hash`;

/**
 * The leaf of a stored row. One that cannot be read stays as it is stored, as bytes that somebody altered do: it has not the hash of its
 * entry, and whoever reads it finds that it is no leaf.
 */
export const leafOf = (stored: Uint8Array): Uint8Array => unpackLeaf(stored) ?? stored;

/** The same of bytes that are the driver's own: what comes of them may be kept. */
export const leafCopied = (stored: Uint8Array): Uint8Array => unpackLeaf(stored) ?? Buffer.from(stored);

/** Rows with their leaves in the place of what is stored of them. */
export const withLeaves = <R extends { readonly leaf: Uint8Array }>(rows: readonly R[]): R[] =>
  rows.map((row) => ({ ...row, leaf: leafOf(row.leaf) }));

/** What a leaf of the log says. @throws SyntaxError where its bytes are no leaf: nothing is told of an entry that cannot be read */
export const saidIn = (leaf: Uint8Array): Leaf => JSON.parse(Buffer.from(leaf).toString('utf8')) as Leaf;

/** The same, undefined where it is none: for whom one entry that was altered is no reason to fail with all others. Re-verification tells of it. */
export function leafOrNone(leaf: Uint8Array): Leaf | undefined {
  try {
    const said: unknown = saidIn(leaf);
    return typeof said === 'object' && said !== null ? (said as Leaf) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
