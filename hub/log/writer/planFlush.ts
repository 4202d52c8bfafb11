/** Plans a batch of drafts on a head of the log. */
import { growTree, type Growth } from '../../../log/tree/growTree.ts';
import type { Flush, PointerMove, QuotaTaken } from '../store/flush.ts';
import { headRow, type HeadSeal, type LogHead } from '../head.ts';
import type { Waiting } from './waiting.ts';

/** Quota claims of a batch, summed by counter and day, in the same order for all processes. */
export function quotasOf(batch: readonly Waiting[]): QuotaTaken[] {
  const sums = new Map<string, QuotaTaken>();
  for (const { claims } of batch) {
    for (const { counter, day, calls, max } of claims.quotas ?? []) {
      const before = sums.get(`${counter}\t${day}`);
      sums.set(`${counter}\t${day}`, {
        counter,
        day,
        calls: calls + (before?.calls ?? 0),
        max: Math.min(max, before?.max ?? max),
      });
    }
  }
  return [...sums.values()];
}

export const pointersOf = (batch: readonly Waiting[]): PointerMove[] =>
  batch.flatMap(({ claims }) => (claims.publish === undefined ? [] : [claims.publish]));

/** A batch planned on a head: the statement to send, and the head and proofs once it is durable. */
export interface FlushPlan {
  readonly batch: readonly Waiting[];
  readonly flush: Flush;
  readonly head: LogHead;
  readonly growth: Growth;
  readonly first: number;
}

export function planFlush(batch: readonly Waiting[], on: LogHead, seal: HeadSeal): FlushPlan {
  const growth = growTree(
    on.tree,
    batch.map((waiting) => waiting.hash),
  );
  const bumps = batch.filter((waiting) => waiting.bumpsEpoch).length;
  const head = { tree: growth.state, epoch: on.epoch + bumps };
  return {
    batch,
    growth,
    head,
    first: on.tree.size,
    flush: {
      from: { size: on.tree.size, root: on.tree.root, epoch: on.epoch },
      to: headRow(head, seal),
      entries: batch.map((waiting) => waiting.entry),
      quotas: quotasOf(batch),
      pointers: pointersOf(batch),
    },
  };
}
