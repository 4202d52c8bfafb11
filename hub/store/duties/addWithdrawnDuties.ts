import type { Reader } from '../database/reader.ts';

/** What a withdrawal asks those to delete who received on consent. */
export interface WithdrawnData {
  readonly consent: string;
  /** keyed hash of the person, 32 bytes */
  readonly subject: Uint8Array;
  readonly recipient: string;
  /** the recipient, and whoever it has entrusted */
  readonly consumers: readonly string[];
  readonly dataset: string;
  readonly purposes: readonly string[];
  /** the person's log tokens, one a year */
  readonly tokens: readonly Uint8Array[];
  /** `YYYY-MM-DD` */
  readonly due: string;
}

/**
 * One duty for each consumer, agreement and purpose under which data of the person left on a consent of hers, naming each answer; those that an
 * earlier withdrawal named are not named again. Statutory answers and those about others alone, though she was asked for in them, are none. An
 * answered fact is, whatever was answered: that it is not named would tell that she is not in the dataset. Asked behind the swap of the
 * log's head it misses none.
 */
export async function addWithdrawnDuties(transaction: Reader, data: WithdrawnData): Promise<void> {
  await transaction.query(
    `INSERT INTO duty (obligation, consumer, provider, dataset, agreement, purpose, received_from, received_until, due, exchanges, consent, named)
     SELECT 'delete-withdrawn', consumer, provider, dataset, leaf ->> 'agreement', leaf ->> 'purpose', min(day), max(day), $6::date,
            count(*), $1, array_agg(id ORDER BY idx)
       FROM (SELECT idx, id, consumer, provider, dataset, convert_from(leaf, 'UTF8')::jsonb AS leaf,
                    ((at AT TIME ZONE 'UTC') + interval '8 hours')::date AS day
               FROM audit_entry
              WHERE idx IN (SELECT idx FROM audit_subject WHERE tokens && $5::bytea[]) AND decision = 'allow'
                AND consumer = ANY ($2::text[]) AND dataset = $3) AS entries
       JOIN audit_private AS p ON p.exchange = entries.id
      WHERE leaf ->> 'kind' = 'release' AND p.value ? 'consents' AND leaf ->> 'purpose' = ANY ($4::text[])
        AND coalesce((leaf #>> '{rows,delivered}')::bigint, 1) > 0
        AND (leaf ? 'fact' OR p.value -> 'consents' ?|
               (SELECT array_agg(c.id) FROM consent AS c WHERE c.subject = $7 AND c.recipient = $8 AND c.dataset = $3))
        AND NOT EXISTS (SELECT FROM duty AS earlier
                         WHERE earlier.consent IS NOT NULL AND earlier.consumer = entries.consumer AND entries.id = ANY (earlier.named))
      GROUP BY consumer, provider, dataset, leaf ->> 'agreement', leaf ->> 'purpose'
     ON CONFLICT DO NOTHING`,
    [
      data.consent,
      data.consumers,
      data.dataset,
      data.purposes,
      data.tokens.map((token) => Buffer.from(token)),
      data.due,
      Buffer.from(data.subject),
      data.recipient,
    ],
  );
}
