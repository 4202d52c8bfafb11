import { hasKeyedRow } from '../../../platform/database/authenticated/keyedRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { composer, rowsOf } from '../../../platform/database/values.ts';
import { openStates } from '../../../domain/agreement.ts';
import { expirySteps, type ExpiryStep } from '../../../domain/expiry.ts';

/** A version of an agreement that was in force, with its end. */
export interface FormerAgreement {
  readonly id: string;
  readonly version: number;
  /** canonical JSON */
  readonly text: string;
  /** Unix milliseconds; null: it is still in force */
  readonly endedAt: number | null;
}

/** Versions of documents, as `FormerAgreement`. */
const versions = `
     SELECT id, version, text,
            CASE WHEN state IN ('active', 'suspended') THEN NULL
                 ELSE (extract(epoch FROM decided_at) * 1000)::double precision END AS "endedAt"
       FROM policy_document`;

/** Every version of these agreements that was ever in force, oldest first. */
export async function agreementHistory(reader: Reader, ids: readonly string[]): Promise<FormerAgreement[]> {
  const { rows } = await reader.query<FormerAgreement>(
    `${versions}
      WHERE id = ANY ($1) AND kind = 'Agreement' AND state <> 'submitted' AND (approver IS NOT NULL OR automatic OR tightening)
      ORDER BY id, version`,
    [[...ids]],
  );
  return rows;
}

/** Versions of agreements between two parties that were ever in force and name linkages, oldest first. */
export async function agreementsWithLinkages(
  reader: Reader,
  provider: string,
  consumer: string,
): Promise<FormerAgreement[]> {
  const { rows } = await reader.query<FormerAgreement>(
    `${versions}
      WHERE provider = $1 AND consumer = $2 AND kind = 'Agreement' AND state <> 'submitted'
        AND (approver IS NOT NULL OR tightening) AND text::jsonb ? 'linkages'
      ORDER BY decided_at, id, version`,
    [provider, consumer],
  );
  return rows;
}

export interface NamedDocument {
  readonly id: string;
  readonly version: number;
  readonly state: (typeof openStates)[number];
  readonly text: string;
}

/**
 * Agreements in force, suspended or waiting for a decision, with a grant on one of these datasets.
 * @param parties only agreements with one of these parties; undefined: all
 */
export async function agreementsNaming(
  reader: Reader,
  datasets: readonly string[],
  parties: readonly string[] | undefined,
): Promise<NamedDocument[]> {
  const query = composer('policy_document')
    .select('id', 'version', 'state', 'text')
    .where('kind', 'Agreement')
    .whereIn('state', openStates)
    .whereRaw(
      `EXISTS (SELECT FROM jsonb_array_elements(text::jsonb -> 'grants') AS one (said)
                WHERE said ->> 'dataset' = ANY (?))`,
      [[...datasets]],
    );
  if (parties !== undefined)
    query.whereRaw('(provider = ANY (?) OR consumer = ANY (?))', [[...parties], [...parties]]);
  return rowsOf<NamedDocument>(reader, query.orderBy('id').orderBy('version'));
}

/** An agreement in force whose term ends soon. */
export interface ExpiringAgreement {
  readonly id: string;
  readonly version: number;
  readonly consumer: string;
  readonly provider: string;
  /** Unix milliseconds */
  readonly until: number;
}

/** @param from,to Unix milliseconds, between which the term ends */
export async function expiringAgreements(
  reader: Reader,
  from: number,
  to: number,
): Promise<ExpiringAgreement[]> {
  const { rows } = await reader.query<ExpiringAgreement>(
    `SELECT d.id, d.version, d.consumer, d.provider, (extract(epoch FROM e.until) * 1000)::double precision AS until
       FROM policy_document AS d
      CROSS JOIN LATERAL (SELECT (d.text::jsonb #>> '{valid,until}')::timestamptz AS until) AS e
      WHERE d.kind = 'Agreement' AND d.state IN ('active', 'suspended')
        AND e.until > to_timestamp($1 / 1000.0) AND e.until <= to_timestamp($2 / 1000.0)
      ORDER BY e.until, d.id`,
    [from, to],
  );
  return rows;
}

/**
 * Whether a step before the end of an agreement, or a later one, was reported.
 * @throws Problem rows_unauthenticated where the record of one was written or deleted past the hub
 */
export const isWarned = (
  reader: Reader,
  { id, version }: Pick<ExpiringAgreement, 'id' | 'version'>,
  days: ExpiryStep,
): Promise<boolean> =>
  hasKeyedRow(
    reader,
    'agreement_warning',
    expirySteps.filter((step) => step <= days).map((step) => [id, String(version), String(step)]),
  );

/** @param exchange the entry that reports it @returns false when another process has reported it */
export async function noteWarning(
  transaction: Reader,
  { id, version }: Pick<ExpiringAgreement, 'id' | 'version'>,
  days: ExpiryStep,
  exchange: string,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'INSERT INTO agreement_warning (agreement, version, days, exchange) VALUES ($1, $2, $3, $4) ON CONFLICT (agreement, version, days) DO NOTHING',
    [id, version, days, exchange],
  );
  return rowCount === 1;
}
