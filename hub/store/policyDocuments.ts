/** Agreements and Restrictions in every version, with the signatures of the parties. The text of a version never changes. */
import type { PolicyDocumentState } from '../domain/agreement.ts';
import type { Reader } from './reader.ts';

/** One party's compact JWS over the document's canonical text. */
export interface PolicySignature {
  readonly role: 'provider' | 'consumer' | 'data-office';
  readonly department: string;
  readonly keyid: string;
  readonly jws: string;
}

export interface PolicyDocumentRow {
  readonly id: string;
  readonly version: number;
  readonly kind: 'Agreement' | 'Restriction';
  /** canonical JSON: the bytes the signatures cover */
  readonly text: string;
  /** hex SHA-256 of the text */
  readonly digest: string;
  readonly state: PolicyDocumentState;
  /** granted without a decision, for a dataset shared unconditionally */
  readonly automatic: boolean;
  readonly consumer: string | null;
  readonly provider: string | null;
  readonly signatures: readonly PolicySignature[];
  /** id of the staff token that submitted it */
  readonly author: string;
  /** id of the staff token that approved it */
  readonly approver: string | null;
}

const columns =
  'id, version, kind, text, digest, state, automatic, consumer, provider, signatures, author, approver';

/**
 * The documents that stand: in force, or suspended (a call under one is told so). At most one version of each, in a stable order.
 */
export async function listStandingPolicyDocuments(reader: Reader): Promise<PolicyDocumentRow[]> {
  const { rows } = await reader.query<PolicyDocumentRow>(
    `SELECT ${columns} FROM policy_document WHERE state IN ('active', 'suspended') ORDER BY id`,
  );
  return rows;
}

/** Every version of one document, oldest first. */
export async function policyDocumentVersions(reader: Reader, id: string): Promise<PolicyDocumentRow[]> {
  const { rows } = await reader.query<PolicyDocumentRow>(
    `SELECT ${columns} FROM policy_document WHERE id = $1 ORDER BY version`,
    [id],
  );
  return rows;
}

/** @param exchange id of the entry that submits it */
export async function insertPolicyDocument(
  reader: Reader,
  row: PolicyDocumentRow,
  exchange: string,
): Promise<void> {
  await reader.query(
    `INSERT INTO policy_document
       (id, version, kind, text, digest, state, automatic, consumer, provider, signatures, author, approver, submitted_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      row.id,
      row.version,
      row.kind,
      row.text,
      row.digest,
      row.state,
      row.automatic,
      row.consumer,
      row.provider,
      JSON.stringify(row.signatures),
      row.author,
      row.approver,
      exchange,
    ],
  );
}

/** One step of a document's life: where it stands, where it goes, and who decided. */
export interface PolicyMove {
  readonly id: string;
  readonly version: number;
  readonly from: PolicyDocumentState;
  readonly to: PolicyDocumentState;
  readonly approver?: string;
  /** id of the entry of the decision */
  readonly exchange: string;
}

/** @returns false when the version no longer stands at `from`: somebody else moved it first */
export async function movePolicyDocument(reader: Reader, move: PolicyMove): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE policy_document
        SET state = $4, approver = coalesce($5, approver), decided_by = $6, decided_at = now()
      WHERE id = $1 AND version = $2 AND state = $3`,
    [move.id, move.version, move.from, move.to, move.approver ?? null, move.exchange],
  );
  return rowCount === 1;
}

/** Adds the signature of a party to a version that waits for it. @returns false when the version no longer waits */
export async function setPolicySignatures(
  reader: Reader,
  document: {
    readonly id: string;
    readonly version: number;
    readonly signatures: readonly PolicySignature[];
  },
): Promise<boolean> {
  const { rowCount } = await reader.query(
    "UPDATE policy_document SET signatures = $3 WHERE id = $1 AND version = $2 AND state = 'submitted'",
    [document.id, document.version, JSON.stringify(document.signatures)],
  );
  return rowCount === 1;
}
