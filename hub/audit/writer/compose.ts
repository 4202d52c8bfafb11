/** Which waiting drafts go into the next flush. */
import { growTree, type Growth } from '../../../log/tree/growTree.ts';
import type { Flush, PointerMove, QuotaTaken } from '../../store/auditFlush.ts';
import type { LostClaim } from '../draft.ts';
import { headRow, type HeadSeal, type LogHead } from '../head.ts';
import type { LogState } from './logState.ts';
import type { Waiting } from './waiting.ts';

const mostEntries = 1000;
const mostCharacters = 4_000_000;

export interface Lost {
  readonly waiting: Waiting;
  readonly claim: LostClaim;
}

/** The first of the queue that fit together. Those that cannot win any more are told apart. */
export function nextBatch(
  queue: readonly Waiting[],
  { head, quotas, lostNonces }: Pick<LogState, 'head' | 'quotas' | 'lostNonces'>,
): { readonly batch: Waiting[]; readonly lost: Lost[]; readonly taken: number } {
  const batch: Waiting[] = [];
  const lost: Lost[] = [];
  const published = new Set<string>();
  let characters = 0;
  let taken = 0;
  for (const waiting of queue) {
    const { epoch, quota, publish } = waiting.claims;
    characters += waiting.entry.text.length;
    if (batch.length === mostEntries || (batch.length > 0 && characters > mostCharacters)) break;
    if (publish !== undefined && published.has(publish.dataset)) break;
    taken += 1;
    if (lostNonces.has(waiting.exchange)) lost.push({ waiting, claim: 'nonce' });
    else if (epoch !== undefined && epoch !== head.epoch) lost.push({ waiting, claim: 'epoch' });
    else if (quota !== undefined && quotas.isExhausted(quota)) lost.push({ waiting, claim: 'quota' });
    else {
      batch.push(waiting);
      if (publish !== undefined) published.add(publish.dataset);
      // what follows was decided under the old epoch and must not be logged behind the new one
      if (waiting.bumpsEpoch) break;
    }
  }
  return { batch, lost, taken };
}

/** Quota claims of a batch, added up by agreement and day, in one order for everybody. */
export function quotasOf(batch: readonly Waiting[]): QuotaTaken[] {
  const sums = new Map<string, QuotaTaken>();
  for (const { claims } of batch) {
    if (claims.quota === undefined) continue;
    const { agreement, day, calls, max } = claims.quota;
    const before = sums.get(`${agreement}\t${day}`);
    sums.set(`${agreement}\t${day}`, {
      agreement,
      day,
      calls: calls + (before?.calls ?? 0),
      max: Math.min(max, before?.max ?? max),
    });
  }
  return [...sums.values()];
}

export const pointersOf = (batch: readonly Waiting[]): PointerMove[] =>
  batch.flatMap(({ claims }) => (claims.publish === undefined ? [] : [claims.publish]));

/** A batch laid upon a head: the statement to send, and the head and proofs once it is durable. */
export interface Laid {
  readonly batch: readonly Waiting[];
  readonly flush: Flush;
  readonly head: LogHead;
  readonly growth: Growth;
  readonly first: number;
}

export function lay(batch: readonly Waiting[], on: LogHead, seal: HeadSeal): Laid {
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
