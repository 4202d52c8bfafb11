import { toBase64url } from '../../../log/base64.ts';
import { opens } from '../../../log/commitment.ts';
import { parseLeaf } from '../../../log/parseLeaf.ts';
import type { CanonicalValue } from '../../../terms/canonicalJson.ts';
import { Problem } from '../../../terms/problem.ts';
import type { StoredEntry } from '../store/entries.ts';
import { privatePartsOf } from '../store/privateParts.ts';
import type { Reader } from '../../platform/database/reader.ts';

/**
 * The value that an entry commits to under `private`, as returned to the data office's auditors: withheld rows by reason, ids of consents.
 */
export interface OpenedPart {
  readonly value: CanonicalValue;
  /** base64url; the reader verifies the commitment with it */
  readonly salt: string;
  /** whether value and salt open the leaf's commitment; false if either was altered */
  readonly opens: boolean;
}

/** The private parts of these entries, by index, each compared with its leaf. The private part of an entry may have been deleted. */
export async function privateOf(
  reader: Reader,
  entries: readonly StoredEntry[],
): Promise<ReadonlyMap<number, OpenedPart>> {
  const committed = entries.flatMap((entry) => {
    const commitment = commitmentOf(entry);
    return commitment === undefined ? [] : [{ ...commitment, index: entry.index }];
  });
  if (committed.length === 0) return new Map();
  const parts = await privatePartsOf(
    reader,
    committed.map(({ exchange }) => exchange),
  );
  const opened = new Map<number, OpenedPart>();
  for (const { index, exchange, commitment } of committed) {
    const part = parts.get(exchange);
    if (part === undefined) continue;
    const { value, salt } = part;
    opened.set(index, { value, salt: toBase64url(salt), opens: opens(commitment, value, salt) });
  }
  return opened;
}

function commitmentOf({
  leaf,
}: StoredEntry): { readonly exchange: string; readonly commitment: string } | undefined {
  try {
    const { id, private: commitment } = parseLeaf(leaf);
    return commitment === undefined ? undefined : { exchange: id, commitment };
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
