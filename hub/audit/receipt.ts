import { receiptText, type Openings } from '../../log/receipt/receipt.ts';
import type { Leaf } from '../../log/leaf.ts';
import type { Appended } from './draft.ts';

/**
 * The header `datong-receipt` for an entry that is durable.
 * @param openings salts of the commitments that the caller itself may check: that of its reply
 */
export function receiptOf<D extends { readonly leaf: Leaf }>(
  { draft, index, leaf, proof, checkpoint }: Appended<D>,
  openings: Openings,
): string {
  return receiptText({
    exchange: draft.leaf.id,
    leaf,
    openings,
    proof: { index, path: proof, checkpoint },
  });
}
