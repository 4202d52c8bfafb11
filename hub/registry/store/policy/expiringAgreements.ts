import type { ExpiryStep } from '../../../domain/expiry.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** An agreement in force whose term ends soon. */
export interface ExpiringAgreement {
  readonly id: string;
  readonly version: number;
  readonly consumer: string;
  readonly provider: string;
  /** Unix milliseconds */
  readonly until: number;
  /** the nearest step that was told, null for none */
  readonly told: number | null;
}

/** @param from,to Unix milliseconds, between which the term ends */
export async function expiringAgreements(
  reader: Reader,
  from: number,
  to: number,
): Promise<ExpiringAgreement[]> {
  const { rows } = await reader.query<ExpiringAgreement>(
    `SELECT d.id, d.version, d.consumer, d.provider, (extract(epoch FROM e.until) * 1000)::double precision AS until,
            (SELECT min(w.days) FROM agreement_warning AS w WHERE w.agreement = d.id AND w.version = d.version) AS told
       FROM policy_document AS d
      CROSS JOIN LATERAL (SELECT (d.text::jsonb #>> '{valid,until}')::timestamptz AS until) AS e
      WHERE d.kind = 'Agreement' AND d.state IN ('active', 'suspended')
        AND e.until > to_timestamp($1 / 1000.0) AND e.until <= to_timestamp($2 / 1000.0)
      ORDER BY e.until, d.id`,
    [from, to],
  );
  return rows;
}

/** @param exchange the entry that tells it @returns false when it was told meanwhile */
export async function noteWarning(
  transaction: Reader,
  { id, version }: Pick<ExpiringAgreement, 'id' | 'version'>,
  days: ExpiryStep,
  exchange: string,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'INSERT INTO agreement_warning (agreement, version, days, exchange) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
    [id, version, days, exchange],
  );
  return rowCount === 1;
}
