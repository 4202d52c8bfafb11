import type { Reader } from '../../../platform/database/reader.ts';
import {
  policyColumns,
  withStops,
  type PolicyDocumentRow,
  type StoredPolicyDocument,
} from './policyDocuments.ts';

/** An agreement that somebody stopped. */
export interface StoppedAgreement extends PolicyDocumentRow {
  /** Unix milliseconds from which its provider's stop counts; null where the provider never stopped it */
  readonly first: number | null;
}

/** Agreements that are stopped, by their ids. */
export async function stoppedAgreements(reader: Reader): Promise<StoppedAgreement[]> {
  const { rows } = await reader.query<StoredPolicyDocument & { first: number | null }>(
    `SELECT ${policyColumns}, (extract(epoch FROM p.first) * 1000)::double precision AS first
       FROM policy_document LEFT JOIN provider_stop AS p ON p.agreement = id
      WHERE kind = 'Agreement' AND state = 'suspended' ORDER BY id`,
  );
  return rows.map(({ first, ...row }) => ({ ...withStops(row), first }));
}

/** @returns Unix milliseconds; undefined where the provider never stopped it */
export async function providerStopSince(reader: Reader, agreement: string): Promise<number | undefined> {
  const { rows } = await reader.query<{ first: number }>(
    'SELECT (extract(epoch FROM first) * 1000)::double precision AS first FROM provider_stop WHERE agreement = $1',
    [agreement],
  );
  return rows[0]?.first;
}

/** @param first Unix milliseconds */
export async function keepProviderStop(transaction: Reader, agreement: string, first: number): Promise<void> {
  await transaction.query(
    `INSERT INTO provider_stop (agreement, first) VALUES ($1, to_timestamp($2 / 1000.0))
     ON CONFLICT (agreement) DO UPDATE SET first = EXCLUDED.first`,
    [agreement, first],
  );
}
