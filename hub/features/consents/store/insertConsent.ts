import type { Consent } from '../../../../policies/consents/consent.ts';
import { standsFrom } from '../../../../policies/consents/verdict.ts';
import type { Reader } from '../../../platform/database/reader.ts';

export interface TakenConsent {
  readonly artefact: Consent;
  readonly jws: string;
  /** keyed hashes, 32 bytes */
  readonly subject: Uint8Array;
  readonly guardian: Uint8Array | undefined;
  /** the artefact's purposes with those below them that the notice names */
  readonly purposes: readonly string[];
  /** Unix milliseconds: when it was given */
  readonly at: number;
  /** id of the entry that takes it in */
  readonly exchange: string;
}

/**
 * Takes a consent in, in the transaction of its entry: artefact, event, and what stands from now on.
 * @returns false when its id is taken
 */
export async function insertConsent(transaction: Reader, taken: TakenConsent): Promise<boolean> {
  const { artefact, subject, guardian, exchange, at } = taken;
  const hashes = [Buffer.from(subject), guardian === undefined ? null : Buffer.from(guardian)] as const;
  const { rowCount } = await transaction.query(
    `INSERT INTO consent (id, jws, subject, guardian, recipient, provider, dataset, collected_by, notice, exchange)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
    [
      artefact.id,
      taken.jws,
      ...hashes,
      artefact.recipient,
      artefact.provider,
      artefact.dataset,
      artefact.collectedBy,
      artefact.notice.digest,
      exchange,
    ],
  );
  if (rowCount !== 1) return false;
  await transaction.query(
    "INSERT INTO consent_event (consent, type, at, exchange) VALUES ($1, 'given', to_timestamp($2 / 1000.0), $3)",
    [artefact.id, at, exchange],
  );
  await transaction.query(
    `INSERT INTO consent_standing AS s
       (subject, recipient, dataset, purpose, consent, state, fields, not_before, until, max_uses, guardian, collected_by, retention)
     SELECT $1, $3, $4, purpose, $5, 'given', $6, to_timestamp($7 / 1000.0), to_timestamp($8 / 1000.0), $9, $2, $11, $12 FROM unnest($10::text[]) AS purpose ORDER BY purpose
     ON CONFLICT (subject, recipient, dataset, purpose) DO UPDATE SET consent = EXCLUDED.consent, state = 'given',
       fields = EXCLUDED.fields, not_before = EXCLUDED.not_before, until = EXCLUDED.until, max_uses = EXCLUDED.max_uses, uses = 0,
       guardian = EXCLUDED.guardian, collected_by = EXCLUDED.collected_by, retention = EXCLUDED.retention`,
    [
      ...hashes,
      artefact.recipient,
      artefact.dataset,
      artefact.id,
      artefact.fields,
      standsFrom(artefact.notBefore, at),
      Date.parse(artefact.expires),
      artefact.maxUses ?? null,
      taken.purposes,
      artefact.collectedBy,
      artefact.retention ?? null,
    ],
  );
  return true;
}
