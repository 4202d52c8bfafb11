/** The flush of one answer that rests on consents, with what its entry commits to apart, as one statement (`append_with_consents`). */
import type { ConsentScope } from '../../features/consents/store/readStandings.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { quotaStates, valuesOf, type Flush, type QuotaState } from './flush.ts';
import type { PrivatePart } from './privateParts.ts';

/** What goes with a flush. */
export interface ConsentGround {
  readonly scope: ConsentScope;
  /** the version that nothing of the scope may be newer than */
  readonly asOf: bigint;
  readonly private: PrivatePart;
}

const places = Array.from({ length: 30 }, (_, at) => `$${at + 1}`).join(', ');
const statement = { name: 'append_with_consents', text: `SELECT append_with_consents(${places}) AS taken` };

/**
 * Sends the flush; a transaction of its own.
 * @returns what has been taken of each of its quotas, this flush included
 * @throws the database's error; `flushLoss` says which claim was lost, `areNewer` that a consent of the scope is newer
 */
export async function appendWithConsents(
  client: Transaction,
  flush: Flush,
  { scope, asOf, private: kept }: ConsentGround,
): Promise<readonly QuotaState[]> {
  const { rows } = await client.query<{ taken: string | null }>(statement, [
    ...valuesOf(flush),
    scope.recipient,
    scope.dataset,
    scope.purpose,
    String(asOf),
    kept.exchange,
    Buffer.from(kept.salt),
    JSON.stringify(kept.value),
  ]);
  return quotaStates(rows[0]?.taken);
}

/** Whether an error of `appendWithConsents` says that a consent of the scope is newer; nothing was written then. */
export const areNewer = (error: unknown): boolean => (error as { code?: string }).code === 'DT005';
