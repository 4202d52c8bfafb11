/** What stands in the table of documents, with the entries that put it there: for whoever checks one against the other. */
import { leafOf } from '../../../log/store/storedLeaves.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { StopSide } from '../../../domain/stops.ts';
import type { PolicyDocumentRow } from './policyDocuments.ts';

export interface StandingRow extends Omit<PolicyDocumentRow, 'writtenAgainst' | 'tightening' | 'stops'> {
  /** sides that have stopped it */
  readonly stopped: readonly StopSide[];
  /** leaf of the entry that submitted it; null where there is no such entry */
  readonly submitted: Uint8Array | null;
  /** leaf of the entry that moved it last; null where there is none */
  readonly decided: Uint8Array | null;
}

/** Documents in force or suspended, in a stable order. */
export async function listStandingDocuments(reader: Reader): Promise<StandingRow[]> {
  const { rows } = await reader.query<StandingRow>(
    `SELECT d.id, d.version, d.kind, d.text, d.digest, d.state, d.automatic, d.consumer, d.provider, d.signatures,
            d.author, d.approver,
            array_remove(ARRAY[
              CASE WHEN d.stopped_consumer IS NOT NULL THEN 'consumer' END, CASE WHEN d.stopped_provider IS NOT NULL THEN 'provider' END,
              CASE WHEN d.stopped_security IS NOT NULL THEN 'security' END, CASE WHEN d.stopped_office IS NOT NULL THEN 'office' END
            ], NULL) AS stopped, s.leaf AS submitted, a.leaf AS decided
       FROM policy_document d
       LEFT JOIN audit_entry s ON s.id = d.submitted_by
       LEFT JOIN audit_entry a ON a.id = d.decided_by
      WHERE d.state IN ('active', 'suspended') ORDER BY d.id`,
  );
  const read = (leaf: Uint8Array | null): Uint8Array | null => leaf && leafOf(leaf);
  return rows.map((row) => ({ ...row, submitted: read(row.submitted), decided: read(row.decided) }));
}
