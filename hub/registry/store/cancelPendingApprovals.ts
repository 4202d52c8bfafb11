/** A person's acts on datasets or schemas that still wait for another person's approval: they end with the person's access. */
import type { Reader } from '../../platform/database/reader.ts';
import { abandonBatch } from '../../flows/intake/store/endBatch.ts';
import { endChangeover } from './changeovers.ts';

/** One row per pending act; `$1` is the person. */
export const pendingApprovals = `SELECT 1 FROM dataset WHERE ending_by = $1 AND state <> 'retired'
  UNION ALL SELECT 1 FROM schema_version WHERE state = 'inReview' AND $1 IN (author, approver, officer)
  UNION ALL SELECT 1 FROM changeover WHERE state = 'open' AND $1 IN (author, approver, officer)`;

/**
 * Cancels acts that the person began: a schema version becomes a draft again, a changeover is cancelled with its filled batch. If the
 * person approved what another began, that approval is removed and another person must approve.
 * @param exchange the entry that ends the person's access
 */
export async function endHalfWords(
  transaction: Reader,
  {
    person,
    reason,
    exchange,
  }: { readonly person: string; readonly reason: string; readonly exchange: string },
): Promise<void> {
  await transaction.query(
    `UPDATE dataset SET ending_by = NULL, ending_reason = NULL, ending_shown = NULL, ending_until = NULL, ending_entry = NULL
      WHERE ending_by = $1 AND state <> 'retired'`,
    [person],
  );
  await transaction.query(
    `UPDATE schema_version SET state = 'draft', approver = NULL, officer = NULL, reason = $2, decided_by = $3
      WHERE author = $1 AND state = 'inReview'`,
    [person, reason, exchange],
  );
  const { rows } = await transaction.query<{ id: string; batch: string | null }>(
    "SELECT id, batch FROM changeover WHERE author = $1 AND state = 'open' ORDER BY id",
    [person],
  );
  for (const { id, batch } of rows) {
    await endChangeover(transaction, id, 'abandon', exchange);
    if (batch !== null) await abandonBatch(transaction, batch, exchange);
  }
  await transaction.query(
    `UPDATE schema_version SET approver = nullif(approver, $1), officer = nullif(officer, $1), decided_by = $2
      WHERE state = 'inReview' AND $1 IN (approver, officer)`,
    [person, exchange],
  );
  await transaction.query(
    `UPDATE changeover SET approver = nullif(approver, $1), officer = nullif(officer, $1)
      WHERE state = 'open' AND $1 IN (approver, officer)`,
    [person],
  );
}
