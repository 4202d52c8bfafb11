/** Requests for evidence. Two persons must decide a request about a person. */
import { firstSealedRows, sealedRow } from '../../platform/database/authenticated/sealedRows.ts';
import { composer, narrowed } from '../../platform/database/values.ts';
import type { Reader } from '../../platform/database/reader.ts';

export interface EvidenceRow {
  readonly id: string;
  /** JSON of the question, without an identifier */
  readonly question: string;
  /** log tokens of the subject; null: no person */
  readonly tokens: readonly Uint8Array[] | null;
  readonly attempts: readonly Uint8Array[] | null;
  readonly reason: string;
  readonly caseNumber: string;
  readonly size: number;
  readonly askedBy: string;
  /** Unix milliseconds */
  readonly askedAt: number;
  readonly state: 'waiting' | 'released' | 'refused';
  readonly answeredBy: string | null;
  /** number of subjects in a sealed list; null: the request is for evidence */
  readonly subjects: number | null;
}

const columns = `id, question, tokens, attempts, reason, case_number AS "caseNumber", size::double precision AS size, asked_by AS "askedBy",
  (extract(epoch FROM asked_at) * 1000)::double precision AS "askedAt", state, answered_by AS "answeredBy", subjects`;

export async function insertEvidence(reader: Reader, row: EvidenceRow): Promise<void> {
  await reader.query(
    `INSERT INTO evidence (id, question, tokens, attempts, reason, case_number, size, asked_by, asked_at, state)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, to_timestamp($9 / 1000.0), $10)`,
    [
      ...[row.id, row.question, row.tokens, row.attempts, row.reason, row.caseNumber, row.size],
      ...[row.askedBy, row.askedAt, row.state],
    ],
  );
}

export const evidenceById = (reader: Reader, id: string): Promise<EvidenceRow | undefined> =>
  sealedRow<EvidenceRow>(reader, 'evidence', `SELECT ${columns} FROM evidence WHERE id = $1`, [id]);

export interface EvidenceFilter {
  readonly state?: string;
  readonly id?: string;
  /** only requests made before this one */
  readonly before?: string;
}

/** Requests, newest first: their ids increase with time. Rows without a valid seal are absent. */
export async function listEvidence(
  reader: Reader,
  { state, id, before }: EvidenceFilter,
  maxRows: number,
): Promise<EvidenceRow[]> {
  const page = narrowed(composer('evidence').select(composer.raw(columns)), { state, id });
  if (before !== undefined) page.where('id', '<', before);
  const { sql, bindings } = page.orderBy('id', 'desc').toSQL().toNative();
  return firstSealedRows<EvidenceRow>(reader, 'evidence', sql, bindings, maxRows);
}

/** Requests that wait for a second person, oldest first. */
export async function waitingEvidence(reader: Reader): Promise<EvidenceRow[]> {
  return firstSealedRows<EvidenceRow>(
    reader,
    'evidence',
    `SELECT ${columns} FROM evidence WHERE state = 'waiting' ORDER BY asked_at`,
    [],
    1_000,
  );
}

/** @returns false if it no longer waits */
export async function answerEvidence(
  reader: Reader,
  { id, by, state }: { readonly id: string; readonly by: string; readonly state: 'released' | 'refused' },
): Promise<boolean> {
  const { rowCount } = await reader.query(
    "UPDATE evidence SET state = $3, answered_by = $2 WHERE id = $1 AND state = 'waiting'",
    [id, by, state],
  );
  return rowCount === 1;
}
