import type { Reader } from '../../../platform/database/reader.ts';
import type { ConsentRow } from './listConsents.ts';

/**
 * Withdraws a consent, in the transaction of its entry: from here on nothing stands for its subject, recipient, dataset and purposes,
 * whichever consent gave it. Rows are locked in the order of their key, like everywhere.
 * @param purposes the artefact's purposes with those below them
 * @param at Unix milliseconds
 * @returns false when it was withdrawn before: then what it gave itself alone is ended, where a row said so and that was not done
 */
export async function withdrawConsent(
  transaction: Reader,
  { id, subject, recipient, dataset }: Pick<ConsentRow, 'id' | 'subject' | 'recipient' | 'dataset'>,
  purposes: readonly string[],
  { at, exchange }: { readonly at: number; readonly exchange: string },
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `INSERT INTO consent_event (consent, type, at, exchange) VALUES ($1, 'withdrawn', to_timestamp($2 / 1000.0), $3)
     ON CONFLICT DO NOTHING`,
    [id, at, exchange],
  );
  const first = rowCount === 1;
  await transaction.query(
    `WITH locked AS (
       SELECT purpose FROM consent_standing
        WHERE subject = $1 AND recipient = $2 AND dataset = $3 AND (consent = $4 OR purpose = ANY ($5::text[]))
        ORDER BY purpose FOR UPDATE)
     UPDATE consent_standing AS s SET state = 'withdrawn' FROM locked
      WHERE s.subject = $1 AND s.recipient = $2 AND s.dataset = $3 AND s.purpose = locked.purpose`,
    [Buffer.from(subject, 'hex'), recipient, dataset, id, first ? [...purposes] : []],
  );
  return first;
}

/** Whether something stands on that very consent: of one that was withdrawn nothing does, whatever a row says of its withdrawal. */
export async function standsOn(
  reader: Reader,
  { id, subject, recipient, dataset }: Pick<ConsentRow, 'id' | 'subject' | 'recipient' | 'dataset'>,
): Promise<boolean> {
  const { rows } = await reader.query(
    `SELECT FROM consent_standing
      WHERE subject = $1 AND recipient = $2 AND dataset = $3 AND consent = $4 AND state = 'given' LIMIT 1`,
    [Buffer.from(subject, 'hex'), recipient, dataset, id],
  );
  return rows.length > 0;
}
