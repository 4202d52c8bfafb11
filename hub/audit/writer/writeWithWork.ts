import { connectionForWork } from '../../store/auditConnection.ts';
import { appendFlush, flushLoss } from '../../store/auditFlush.ts';
import type { Pool } from '../../store/database.ts';
import type { Transaction } from '../../store/transaction.ts';
import type { LostClaim } from '../draft.ts';
import { lay, nextBatch, type Laid } from './compose.ts';
import type { LogState } from './logState.ts';
import type { Turns } from './turns.ts';
import type { Waiting } from './waiting.ts';

/**
 * Rows that change with an entry: the work first, outside of every turn, then the swap of the head as the transaction's end. A head lost
 * to another process costs a savepoint, not the work.
 * @returns what was written, or the claim that was lost (then nothing was)
 */
export async function writeWithWork(
  pool: Pool,
  turns: Turns,
  state: LogState,
  waiting: Waiting,
  work: NonNullable<Waiting['work']>,
): Promise<Laid | LostClaim> {
  const client = await connectionForWork(pool);
  let broken: Error | undefined;
  const onError = (error: Error): void => {
    broken = error;
  };
  client.on('error', onError); // a connection that dies between two statements must not end the process
  let endTurn: (() => void) | undefined;
  try {
    await client.query('BEGIN');
    await work(client);
    await client.query('SAVEPOINT before_swap');
    endTurn = await turns.take(true);
    const result = await swap(client, state, waiting);
    await client.query(typeof result === 'string' ? 'ROLLBACK' : 'COMMIT');
    if (typeof result !== 'string') state.won(result);
    return result;
  } catch (error) {
    if (endTurn !== undefined) state.stale = true;
    await client.query('ROLLBACK').catch((failed: unknown) => {
      broken = failed as Error;
    });
    throw error;
  } finally {
    endTurn?.();
    client.off('error', onError);
    client.release(broken);
  }
}

async function swap(client: Transaction, state: LogState, waiting: Waiting): Promise<Laid | LostClaim> {
  for (;;) {
    if (state.stale) await state.catchUp(client, new Set());
    const [lost] = nextBatch([waiting], state).lost;
    if (lost !== undefined) return lost.claim;
    const laid = lay([waiting], state.head, state.seal);
    try {
      await appendFlush(client, laid.flush);
      return laid;
    } catch (error) {
      const loss = flushLoss(error);
      if (loss === undefined) throw error;
      await client.query('ROLLBACK TO SAVEPOINT before_swap');
      if (loss !== 'head') return loss;
      state.stale = true;
    }
  }
}
