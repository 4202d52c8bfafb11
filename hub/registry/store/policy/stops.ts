import { unalteredRow } from '../../../platform/database/authenticated/keyedRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import {
  policyColumns,
  withStops,
  type PolicyDocumentRow,
  type StoredPolicyDocument,
  type Stops,
} from './policyDocuments.ts';
import { leafOrNone, withLeaves } from '../../../log/store/storedLeaves.ts';
import type { NamedDocument } from './agreements.ts';

/** A stopped agreement. */
export interface StoppedAgreement extends PolicyDocumentRow {
  /** Unix milliseconds from which its provider's stop counts; null if the provider never stopped it */
  readonly first: number | null;
}

/** Stopped agreements, by id. */
export async function stoppedAgreements(reader: Reader): Promise<StoppedAgreement[]> {
  const { rows } = await reader.query<StoredPolicyDocument & { first: number | null }>(
    `SELECT ${policyColumns}, (extract(epoch FROM p.first) * 1000)::double precision AS first
       FROM policy_document LEFT JOIN provider_stop AS p ON p.agreement = id
      WHERE kind = 'Agreement' AND state = 'suspended' ORDER BY id`,
  );
  return rows.map(({ first, ...row }) => ({ ...withStops(row), first }));
}

/** @returns Unix milliseconds; undefined if the provider never stopped it @throws Problem rows_unauthenticated */
export async function providerStopSince(reader: Reader, agreement: string): Promise<number | undefined> {
  const row = await unalteredRow(reader, 'provider_stop', [agreement]);
  return row && Date.parse(row['first'] ?? '');
}

/** @param first Unix milliseconds */
export async function storeProviderStop(
  transaction: Reader,
  agreement: string,
  first: number,
): Promise<void> {
  await transaction.query(
    `INSERT INTO provider_stop (agreement, first) VALUES ($1, to_timestamp($2 / 1000.0))
     ON CONFLICT (agreement) DO UPDATE SET first = EXCLUDED.first`,
    [agreement, first],
  );
}

/**
 * The reasons of stops of agreements, by the entry of each stop. A stop migrated from older rows names an entry of another act, and has no
 * reason; neither has one whose entry was altered and cannot be read.
 */
export async function stopReasons(
  reader: Reader,
  stops: readonly Stops[],
): Promise<ReadonlyMap<string, string>> {
  const entries = [...new Set(stops.flatMap((one) => Object.values(one)))];
  if (entries.length === 0) return new Map();
  const { rows } = await reader.query<{ id: string; leaf: Uint8Array }>(
    'SELECT id, leaf FROM audit_entry WHERE id = ANY ($1::uuid[])',
    [entries],
  );
  const reasons = new Map<string, string>();
  for (const { id, leaf } of withLeaves(rows)) {
    const content = leafOrNone(leaf);
    const reason = content?.change?.['reason'];
    if (content?.operation === 'suspendAgreement' && reason !== undefined) reasons.set(id, String(reason));
  }
  return reasons;
}

/** Restrictions in force, suspended or waiting for a decision; policy determines what each affects. */
export async function liveRestrictions(reader: Reader): Promise<NamedDocument[]> {
  const { rows } = await reader.query<NamedDocument>(
    `SELECT id, version, state, text FROM policy_document
      WHERE kind = 'Restriction' AND state IN ('submitted', 'active', 'suspended')
      ORDER BY id, version`,
  );
  return rows;
}
