/** All versions of Agreements and Restrictions, with the signatures of the parties. The text of a version never changes. */
import type { PolicyDocumentState } from '../../../domain/agreement.ts';
import { stopSides, type StopSide } from '../../../domain/stops.ts';
import { leafOf } from '../../../log/store/storedLeaves.ts';
import { comparedTable } from '../../../platform/database/authenticated/comparedTable.ts';
import { keyedRows, type SealedValues } from '../../../platform/database/authenticated/keyedRows.ts';
import { allSealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';

interface SignatureOf {
  readonly role: 'provider' | 'consumer' | 'data-office';
  readonly department: string;
  /** the department's key: it signed the document, or the mandate */
  readonly keyid: string;
}

/** One party's compact JWS over the document's canonical text. */
export interface KeySignature extends SignatureOf {
  readonly jws: string;
}

/** A signature by a person with a mandate of the party's key, with all data for repeated verification. */
export interface MandatedSignature extends SignatureOf {
  readonly person: string;
  /** id of the mandate */
  readonly mandate: string;
  /** the mandate itself, compact JWS */
  readonly artefact: string;
  /** the response of the person's passkey, as certs/mandates reads it */
  readonly evidence: unknown;
}

export type PolicySignature = KeySignature | MandatedSignature;

export const isMandated = (signature: PolicySignature): signature is MandatedSignature =>
  'evidence' in signature;

export interface PolicyDocumentRow {
  readonly id: string;
  readonly version: number;
  readonly kind: 'Agreement' | 'Restriction';
  /** canonical JSON: the signed bytes */
  readonly text: string;
  /** hex SHA-256 of the text */
  readonly digest: string;
  readonly state: PolicyDocumentState;
  /** granted without a decision, for a dataset shared unconditionally */
  readonly automatic: boolean;
  readonly consumer: string | null;
  readonly provider: string | null;
  readonly signatures: readonly PolicySignature[];
  /** id of the person who submitted it */
  readonly author: string;
  /** id of the person who approved it */
  readonly approver: string | null;
  /** the version in force when it was written; null: there was none */
  readonly writtenAgainst: number | null;
  /** it only tightens: one person put it in force, without signatures */
  readonly tightening: boolean;
  /** sides that have stopped it, each with the entry of its stop */
  readonly stops: Stops;
}

export interface WaitingPolicyDocument extends PolicyDocumentRow {
  /** the entry that submitted it; its first 48 bits are the time */
  readonly submittedBy: string;
}

export type Stops = Readonly<Partial<Record<StopSide, string>>>;
export type StoredPolicyDocument = Omit<PolicyDocumentRow, 'stops'> & {
  readonly stops: Readonly<Record<StopSide, string | null>>;
};

export const withStops = ({ stops, ...row }: StoredPolicyDocument): PolicyDocumentRow => ({
  ...row,
  stops: Object.fromEntries(Object.entries(stops).filter(([, entry]) => entry !== null)),
});

export const policyColumns = `id, version, kind, text, digest, state, automatic, consumer, provider, signatures, author, approver,
  written_against AS "writtenAgainst", tightening,
  json_build_object('consumer', stopped_consumer, 'provider', stopped_provider,
    'security', stopped_security, 'office', stopped_office) AS stops`;

/** Documents in force or suspended (a call under a suspended one is informed). At most one version of each, in a stable order. */
export async function listPolicyDocumentsInForce(reader: Reader): Promise<PolicyDocumentRow[]> {
  const { rows } = await reader.query<StoredPolicyDocument>(standingDocuments);
  return rows.map(withStops);
}

/** The same for a decision. @throws Problem rows_unauthenticated where one was changed past the hub */
export async function unalteredDocumentsInForce(reader: Reader): Promise<PolicyDocumentRow[]> {
  const rows = await allSealedRows<StoredPolicyDocument>(reader, 'policy_document', standingDocuments);
  return rows.map(withStops);
}

const standingDocuments = `SELECT ${policyColumns} FROM policy_document WHERE state IN ('active', 'suspended') ORDER BY id`;

/** Leaves of the entries that gave versions their current state, for those in force; null: no such entry. @param names `id@version` */
export async function entriesInForce(
  reader: Reader,
  names: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array | null>> {
  const { rows } = await reader.query<{ name: string; leaf: Uint8Array | null }>(
    `SELECT d.id || '@' || d.version AS name, a.leaf
       FROM policy_document d LEFT JOIN audit_entry a ON a.id = coalesce(d.decided_by, d.submitted_by)
      WHERE d.state = 'active' AND d.id || '@' || d.version = ANY ($1::text[])`,
    [[...names]],
  );
  return new Map(rows.map(({ name, leaf }) => [name, leaf && leafOf(leaf)]));
}

/**
 * Whether versions are certainly not in force: the row of each has a valid seal and another state, or there is none.
 * @param names `id@version`
 * @throws Problem rows_unauthenticated where one has no row, and any document was changed past the hub
 */
export async function areOutOfForce(reader: Reader, names: readonly string[]): Promise<boolean> {
  const versions = names.filter((name) => /@\d{1,9}$/.test(name));
  const keys = versions.map((name) => {
    const end = name.lastIndexOf('@');
    return [name.slice(0, end), name.slice(end + 1)];
  });
  const rows = await keyedRows(reader, 'policy_document', keys);
  const absent = versions.filter((_, at) => rows[at]?.state === 'absent');
  if (absent.length > 0) {
    const isAbsent = ({ id, version }: SealedValues): boolean =>
      absent.includes(`${id ?? ''}@${version ?? ''}`);
    const stored = await comparedTable(reader, 'policy_document', isAbsent);
    if (stored.length > 0) return false;
  }
  return rows.every(
    (row) => row.state === 'absent' || (row.state === 'valid' && row.values['state'] !== 'active'),
  );
}

/** Titles of versions that have one. @param names `id@version` */
export async function documentTitles(
  reader: Reader,
  names: readonly string[],
): Promise<ReadonlyMap<string, Bilingual>> {
  const { rows } = await reader.query<{ name: string; title: Bilingual }>(
    `SELECT id || '@' || version AS name, text::jsonb -> 'title' AS title
       FROM policy_document WHERE id = ANY ($1::text[]) AND id || '@' || version = ANY ($2::text[])
        AND text::jsonb ? 'title'`,
    [names.map((name) => name.slice(0, name.lastIndexOf('@'))), [...names]],
  );
  return new Map(rows.map(({ name, title }) => [name, title]));
}

/** Versions that wait for a signature or for the second person. */
export async function listWaitingPolicyDocuments(reader: Reader): Promise<WaitingPolicyDocument[]> {
  const { rows } = await reader.query<StoredPolicyDocument & Pick<WaitingPolicyDocument, 'submittedBy'>>(
    `SELECT ${policyColumns}, submitted_by AS "submittedBy"
       FROM policy_document WHERE state = 'submitted' ORDER BY submitted_at, id, version`,
  );
  return rows.map(({ submittedBy, ...row }) => ({ ...withStops(row), submittedBy }));
}

/** Every version of one document, oldest first. */
export async function policyDocumentVersions(reader: Reader, id: string): Promise<PolicyDocumentRow[]> {
  const rows = await allSealedRows<StoredPolicyDocument>(
    reader,
    'policy_document',
    `SELECT ${policyColumns} FROM policy_document WHERE id = $1 ORDER BY version`,
    [id],
  );
  return rows.map(withStops);
}

/** @param exchange id of the entry that submits it */
export async function insertPolicyDocument(
  reader: Reader,
  row: PolicyDocumentRow,
  exchange: string,
): Promise<void> {
  await reader.query(
    `INSERT INTO policy_document
       (id, version, kind, text, digest, state, automatic, consumer, provider, signatures, author, approver, submitted_by,
        written_against, tightening, stopped_consumer, stopped_provider, stopped_security, stopped_office)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
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
      row.writtenAgainst,
      row.tightening,
      ...stopSides.map((side) => row.stops[side] ?? null),
    ],
  );
}

/** One state transition of a document: the old and the new state, and who decided. */
export interface PolicyMove {
  readonly id: string;
  readonly version: number;
  readonly from: PolicyDocumentState;
  readonly to: PolicyDocumentState;
  readonly approver?: string;
  /** stops inherited from the version that it replaces */
  readonly stops?: Stops;
  /** id of the entry of the decision */
  readonly exchange: string;
}

/** @returns false when the state of the version is no longer `from`: another act moved it first */
export async function movePolicyDocument(reader: Reader, move: PolicyMove): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE policy_document
        SET state = $4, approver = coalesce($5, approver), decided_by = $6, decided_at = now(),
            stopped_consumer = coalesce($7, stopped_consumer), stopped_provider = coalesce($8, stopped_provider),
            stopped_security = coalesce($9, stopped_security), stopped_office = coalesce($10, stopped_office)
      WHERE id = $1 AND version = $2 AND state = $3`,
    [
      move.id,
      move.version,
      move.from,
      move.to,
      move.approver ?? null,
      move.exchange,
      ...stopSides.map((side) => move.stops?.[side] ?? null),
    ],
  );
  return rowCount === 1;
}

/** Supersedes waiting versions that are older than the one put in force. @param before the version that came into force */
export async function voidOlderWaiting(
  reader: Reader,
  document: { readonly id: string; readonly before: number; readonly exchange: string },
): Promise<void> {
  await reader.query(
    `UPDATE policy_document SET state = 'superseded', decided_by = $3, decided_at = now()
      WHERE id = $1 AND version < $2 AND state = 'submitted'`,
    [document.id, document.before, document.exchange],
  );
}

/**
 * Sets the stops of the version in force; it is suspended while there is at least one.
 * @param exchange id of the entry of the act, with which the version's state is compared from then on
 * @returns false when the version is no longer in force, or its stops have changed since they were read
 */
export async function setStops(
  reader: Reader,
  row: Pick<PolicyDocumentRow, 'id' | 'version' | 'stops'>,
  stops: Stops,
  exchange: string,
): Promise<boolean> {
  const values = [
    ...stopSides.map((side) => stops[side] ?? null),
    ...stopSides.map((side) => row.stops[side] ?? null),
  ];
  const { rowCount } = await reader.query(
    `UPDATE policy_document
        SET stopped_consumer = $3, stopped_provider = $4, stopped_security = $5, stopped_office = $6,
            state = CASE WHEN coalesce($3::uuid, $4::uuid, $5::uuid, $6::uuid) IS NULL THEN 'active' ELSE 'suspended' END,
            decided_by = $11, decided_at = now()
      WHERE id = $1 AND version = $2 AND state IN ('active', 'suspended')
        AND (stopped_consumer, stopped_provider, stopped_security, stopped_office)
            IS NOT DISTINCT FROM ($7::uuid, $8::uuid, $9::uuid, $10::uuid)`,
    [row.id, row.version, ...values, exchange],
  );
  return rowCount === 1;
}

/** Adds the signature of a party to a version that waits for it. @returns false when it no longer waits, or another signature came first */
export async function setPolicySignatures(
  reader: Reader,
  document: {
    readonly id: string;
    readonly version: number;
    /** as they were read */
    readonly before: readonly PolicySignature[];
    readonly signatures: readonly PolicySignature[];
  },
): Promise<boolean> {
  const { id, version, before, signatures } = document;
  const { rowCount } = await reader.query(
    `UPDATE policy_document SET signatures = $3
      WHERE id = $1 AND version = $2 AND state = 'submitted' AND signatures = $4::jsonb`,
    [id, version, JSON.stringify(signatures), JSON.stringify(before)],
  );
  return rowCount === 1;
}
