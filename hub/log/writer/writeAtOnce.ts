import type { Mutex } from '../../../machine/mutex.ts';
import type { AuditConnection } from '../store/connection.ts';
import { flushLoss } from '../store/flush.ts';
import { appendWithConsents, areNewer } from '../store/flushWithConsents.ts';
import { isConnectionLoss } from '../../platform/database/failure.ts';
import type { LostClaim } from '../draft.ts';
import { lay, type Laid } from './lay.ts';
import type { LogState } from './logState.ts';
import { nextBatch } from './nextBatch.ts';
import type { Waiting } from './waiting.ts';

/** Who writes, with what. */
export interface Pen {
  readonly connection: AuditConnection;
  readonly mutex: Mutex;
  readonly state: LogState;
}

/**
 * An answer that rests on consents, written in one statement where none of its scope is newer than what it was decided on.
 * @returns what was written, or the claim that was lost; undefined where its work is to be done step by step
 * @throws the database's error; Unreachable
 */
export async function writeAtOnce(
  { connection, mutex, state }: Pen,
  waiting: Waiting,
): Promise<Laid | LostClaim | undefined> {
  const { ground } = waiting;
  if (ground === undefined) return undefined;
  const release = await mutex.acquire(false);
  connection.hold();
  try {
    if (state.stale) return undefined;
    const [lost] = nextBatch([waiting], state).lost;
    if (lost !== undefined) return lost.claim;
    waiting.placeAt(state.head.tree.size);
    const client = connection.current ?? (await connection.get());
    const laid = lay([waiting], state.head, state.seal);
    state.won(laid, await appendWithConsents(client, laid.flush, ground));
    return laid;
  } catch (error) {
    const loss = flushLoss(error);
    if (areNewer(error)) return undefined;
    if (loss === 'quotas' || loss === 'publish') return loss;
    state.stale = true;
    if (loss === 'head') return undefined;
    if (isConnectionLoss(error)) connection.drop();
    throw error;
  } finally {
    connection.letGo();
    release();
  }
}
