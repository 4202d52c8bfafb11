import { agreementUnread } from '../../../../terms/duty.ts';
import { entriesOfTokens } from '../../../log/store/search.ts';
import { leafOrNone, withLeaves } from '../../../log/store/storedLeaves.ts';
import type { Reader } from '../../../platform/database/reader.ts';

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
  const entries = await entriesOfTokens(transaction, data.tokens);
  for (let at = 0; at < entries.length; at += atOnce)
    for (const answer of await answersToHer(transaction, data, entries.slice(at, at + atOnce))) {
      const { id, consumer, provider, dataset, day } = answer;
      const under = owedUnder(answer, data);
      if (under === undefined) continue;
      const key = JSON.stringify([consumer, provider, dataset, under.agreement, under.purpose]);
      const duty = duties.get(key);
      if (duty === undefined) {
        duties.set(key, { ...{ consumer, provider, dataset }, ...under, first: day, last: day, named: [id] });
        continue;
      }
      if (day < duty.first) duty.first = day;
      if (day > duty.last) duty.last = day;
      duty.named.push(id);
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

/** Entries read at once. */
const atOnce = 1_000;

/** Under what an answer is owed for; undefined where it is not. */
function owedUnder({ leaf, onHers }: Answer, { purposes }: WithdrawnData): Under | undefined {
  const said = leafOrNone(leaf);
  // somebody altered it: that she is asked for once too often is better than that nobody is asked to delete
  const [any] = purposes;
  if (said === undefined)
    return onHers === true && any !== undefined ? { agreement: agreementUnread, purpose: any } : undefined;
  const { kind, purpose, agreement, rows, fact } = said;
  if (kind !== 'release' || purpose === undefined || !purposes.includes(purpose)) return undefined;
  if (rows?.delivered === 0 || (fact === undefined && onHers !== true)) return undefined;
  return { agreement: agreement ?? agreementUnread, purpose };
}

interface Under {
  readonly agreement: string;
  readonly purpose: string;
}

interface OwedFor extends Under {
  readonly consumer: string;
  readonly provider: string | null;
  readonly dataset: string;
  first: string;
  last: string;
  readonly named: string[];
}

interface Answer extends Pick<OwedFor, 'consumer' | 'provider' | 'dataset'> {
  readonly id: string;
  readonly leaf: Uint8Array;
  readonly day: string;
  /** whether it rested on a consent of hers */
  readonly onHers: boolean | null;
}

/** What was answered about her on consents and not named before, among her entries, ascending. */
async function answersToHer(
  transaction: Reader,
  data: WithdrawnData,
  entries: readonly number[],
): Promise<Answer[]> {
  const { rows } = await transaction.query<Answer>(
    `SELECT e.id, e.consumer, e.provider, e.dataset, e.leaf,
            ((e.at AT TIME ZONE 'UTC') + interval '8 hours')::date::text AS day,
            p.value -> 'consents' ?|
               (SELECT array_agg(c.id) FROM consent AS c WHERE c.subject = $4 AND c.recipient = $5 AND c.dataset = $2) AS "onHers"
       FROM audit_entry AS e JOIN audit_private AS p ON p.exchange = e.id
      WHERE e.idx = ANY ($3::bigint[])
        AND e.decision = 'allow' AND e.consumer = ANY ($1::text[]) AND e.dataset = $2 AND p.value ? 'consents'
        AND NOT EXISTS (SELECT FROM duty AS earlier
                         WHERE earlier.consent IS NOT NULL AND earlier.consumer = e.consumer AND e.id = ANY (earlier.named))
      ORDER BY e.idx`,
    [data.consumers, data.dataset, entries, Buffer.from(data.subject), data.recipient],
  );
  return withLeaves(rows);
}
