import { saidIn, withLeaves } from '../audit/storedLeaves.ts';
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
  const duties = new Map<string, OwedFor>();
  for (let after = -1, more = true; more;) {
    const answers = await answersToHer(transaction, data, after);
    for (const { idx, id, consumer, provider, dataset, leaf, day, onHers } of answers) {
      after = Number(idx);
      const { kind, purpose, agreement, rows, fact } = saidIn(leaf);
      if (kind !== 'release' || purpose === undefined || !data.purposes.includes(purpose)) continue;
      if (rows?.delivered === 0 || (fact === undefined && !onHers)) continue;
      const key = JSON.stringify([consumer, provider, dataset, agreement, purpose]);
      const duty = duties.get(key);
      if (duty === undefined) {
        const of = { consumer, provider, dataset, agreement: agreement ?? null, purpose };
        duties.set(key, { ...of, first: day, last: day, named: [id] });
        continue;
      }
      if (day < duty.first) duty.first = day;
      if (day > duty.last) duty.last = day;
      duty.named.push(id);
    }
    more = answers.length === atOnce;
  }
  if (duties.size === 0) return;
  await transaction.query(
    `INSERT INTO duty (obligation, consumer, provider, dataset, agreement, purpose, received_from, received_until, due, exchanges, consent, named)
     SELECT 'delete-withdrawn', consumer, provider, dataset, agreement, purpose, first, last, $2::date, cardinality(named), $1, named
       FROM jsonb_to_recordset($3::jsonb) AS d (consumer text, provider text, dataset text, agreement text, purpose text,
                                                first date, last date, named uuid[])
     ON CONFLICT DO NOTHING`,
    [data.consent, data.due, JSON.stringify([...duties.values()])],
  );
}

/** Answers read at once. */
const atOnce = 5_000;

interface OwedFor {
  readonly consumer: string;
  readonly provider: string | null;
  readonly dataset: string;
  readonly agreement: string | null;
  readonly purpose: string;
  first: string;
  last: string;
  readonly named: string[];
}

interface Answer extends Pick<OwedFor, 'consumer' | 'provider' | 'dataset'> {
  readonly idx: string;
  readonly id: string;
  readonly leaf: Uint8Array;
  readonly day: string;
  /** whether it rested on a consent of hers */
  readonly onHers: boolean | null;
}

/** What was answered about her on consents and not named before, behind an entry, ascending. */
async function answersToHer(transaction: Reader, data: WithdrawnData, after: number): Promise<Answer[]> {
  const { rows } = await transaction.query<Answer>(
    `SELECT e.idx, e.id, e.consumer, e.provider, e.dataset, e.leaf,
            ((e.at AT TIME ZONE 'UTC') + interval '8 hours')::date::text AS day,
            p.value -> 'consents' ?|
               (SELECT array_agg(c.id) FROM consent AS c WHERE c.subject = $5 AND c.recipient = $6 AND c.dataset = $2) AS "onHers"
       FROM audit_entry AS e JOIN audit_private AS p ON p.exchange = e.id
      WHERE e.idx IN (SELECT idx FROM audit_subject WHERE tokens && $4::bytea[] AND idx > $3) AND e.idx > $3
        AND e.decision = 'allow' AND e.consumer = ANY ($1::text[]) AND e.dataset = $2 AND p.value ? 'consents'
        AND NOT EXISTS (SELECT FROM duty AS earlier
                         WHERE earlier.consent IS NOT NULL AND earlier.consumer = e.consumer AND e.id = ANY (earlier.named))
      ORDER BY e.idx LIMIT ${atOnce}`,
    [
      data.consumers,
      data.dataset,
      after,
      data.tokens.map((token) => Buffer.from(token)),
      Buffer.from(data.subject),
      data.recipient,
    ],
  );
  return withLeaves(rows);
}
