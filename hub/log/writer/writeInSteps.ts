import { appendFlush } from '../store/flush.ts';
import { lockPointers, lockQuotas } from '../store/head.ts';
import { transactionOn, type Transaction } from '../../platform/database/transaction.ts';
import { lay, pointersOf, quotasOf, type Laid } from './lay.ts';
import type { Lost } from './nextBatch.ts';
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
 * A flush that lost something, repeated in one transaction: read what others appended, lock what is claimed, in the order of every flush,
 * then the head; read the rest; tell who lost; write the others.
 */
export async function writeInSteps(
  client: Transaction,
  batch: readonly Waiting[],
  state: LogState,
): Promise<WrittenInSteps> {
  const mine = new Set(batch.map((waiting) => waiting.exchange));
  const before = await state.approach(client, mine);
  const written = await transactionOn(client, async () => {
    const rows = {
      quotas: await lockQuotas(client, quotasOf(batch)),
      pointers: await lockPointers(
        client,
        pointersOf(batch).map((move) => move.dataset),
      ),
    };
    const arrivedAt = new Map([...before, ...(await state.catchUp(client, mine))]);
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
    const taken = laid === undefined ? [] : await appendFlush(client, laid.flush);
    return { laid, lost, arrived, taken };
  });
  if (written.laid !== undefined) state.won(written.laid, written.taken);
  return written;
}
