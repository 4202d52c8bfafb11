/** Selects the waiting drafts of the next flush. */
import type { ConflictingClaim } from '../draft.ts';
import type { LogState } from './logState.ts';
import type { Waiting } from './waiting.ts';

const maxEntries = 1000;
const maxBytes = 4_000_000;
/** maximum turns of the event loop in which more drafts are gathered */
const maxTurns = 6;

export interface Lost {
  readonly waiting: Waiting;
  readonly claim: ConflictingClaim;
}

/**
 * Waits for further drafts of pending input, turn after turn while each turn adds some: a flush costs hub and database about the same for
 * twice as many. A single draft waits for one turn.
 * @param waiting returns the number of waiting drafts
 */
export async function gathered(waiting: () => number): Promise<void> {
  let before = 0;
  for (let turn = 0; turn < maxTurns && waiting() > before; turn += 1) {
    before = waiting();
    await new Promise(setImmediate);
  }
}

/** The first drafts of the queue that fit together. Those that can no longer win are returned separately. */
export function nextBatch(
  queue: readonly Waiting[],
  { head, quotas, lostNonces: conflictingNonces }: Pick<LogState, 'head' | 'quotas' | 'lostNonces'>,
): { readonly batch: Waiting[]; readonly lost: Lost[]; readonly taken: number } {
  const batch: Waiting[] = [];
  const lost: Lost[] = [];
  const published = new Set<string>();
  let bytes = 0;
  let taken = 0;
  for (const waiting of queue) {
    const { epoch, quotas: wanted = [], publish } = waiting.claims;
    bytes += waiting.entry.stored.length;
    if (batch.length === maxEntries || (batch.length > 0 && bytes > maxBytes)) break;
    if (publish !== undefined && published.has(publish.dataset)) break;
    taken += 1;
    if (conflictingNonces.has(waiting.exchange)) lost.push({ waiting, claim: 'nonce' });
    else if (epoch !== undefined && epoch !== head.epoch) lost.push({ waiting, claim: 'epoch' });
    else if (wanted.some((quota) => quotas.isExhausted(quota))) lost.push({ waiting, claim: 'quotas' });
    else {
      batch.push(waiting);
      if (publish !== undefined) published.add(publish.dataset);
      // later drafts were decided under the old epoch and must not be logged after the new one
      if (waiting.bumpsEpoch) break;
    }
  }
  return { batch, lost, taken };
}
