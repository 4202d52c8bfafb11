import { appendFlush } from '../../store/auditFlush.ts';
import { lockPointers, lockQuotas } from '../../store/auditHead.ts';
import type { Transaction } from '../../store/transaction.ts';
import { lay, pointersOf, quotasOf, type Laid, type Lost } from './compose.ts';
import type { LogState } from './logState.ts';
import type { Waiting } from './waiting.ts';

export interface WrittenInSteps {
  /** the winners, undefined when there was none */
  readonly laid: Laid | undefined;
  readonly lost: readonly Lost[];
  /** entries of a former try that did become durable */
  readonly arrived: readonly { readonly waiting: Waiting; readonly index: number }[];
}

/**
 * A flush that lost something, repeated in one transaction: lock what is claimed, in the order of every flush, then the head; read what
 * others appended; tell who lost; write the others.
 */
export async function writeInSteps(
  client: Transaction,
  batch: readonly Waiting[],
  state: LogState,
): Promise<WrittenInSteps> {
  await client.query('BEGIN');
  try {
    const rows = {
      quotas: await lockQuotas(client, quotasOf(batch)),
      pointers: await lockPointers(
        client,
        pointersOf(batch).map((move) => move.dataset),
      ),
    };
    const arrivedAt = await state.catchUp(client, new Set(batch.map((waiting) => waiting.exchange)));
    const arrived: { waiting: Waiting; index: number }[] = [];
    const lost: Lost[] = [];
    const winners: Waiting[] = [];
    for (const waiting of batch) {
      const index = arrivedAt.get(waiting.exchange);
      const claim = index === undefined ? state.lossOf(waiting, rows) : undefined;
      if (index !== undefined) arrived.push({ waiting, index });
      else if (claim !== undefined) lost.push({ waiting, claim });
      else winners.push(waiting);
    }
    const laid = winners.length === 0 ? undefined : lay(winners, state.head, state.seal);
    if (laid !== undefined) await appendFlush(client, laid.flush);
    await client.query('COMMIT');
    if (laid !== undefined) state.won(laid);
    return { laid, lost, arrived };
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}
