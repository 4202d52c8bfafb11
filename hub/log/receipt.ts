import { receiptText } from '../../log/receipt/receipt.ts';
import type { Appended } from './draft.ts';
import type { Entry } from './entry.ts';

/** The header `datong-receipt` for a durable entry. */
export function receiptOf<T>(appended: Appended<Entry<T>>): string {
  const { draft, index, leaf, proof, checkpoint, rotations } = appended;
  return receiptText({
    exchange: draft.leaf.id,
    leaf,
    openings: draft.openings,
    proof: { index, path: proof, checkpoint, rotations },
  });
}
