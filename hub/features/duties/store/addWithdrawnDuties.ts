import { opens } from '../../../../log/commitment.ts';
import type { CanonicalValue } from '../../../../terms/canonicalJson.ts';
import { keyedRows, type SealedValues } from '../../../platform/database/authenticated/keyedRows.ts';
import { refuseLeftOut } from '../../../platform/database/authenticated/leftOutRows.ts';
import { agreementUnread } from '../../../../terms/duty.ts';
import { entriesOfTokens } from '../../../log/store/search.ts';
import { leafOrNone, withLeaves } from '../../../log/store/storedLeaves.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** Data that recipients must delete after a withdrawal. */
export interface WithdrawnData {
  readonly consent: string;
  /** keyed hash of the person, 32 bytes */
  readonly subject: Uint8Array;
  readonly recipient: string;
  /** the recipient and its processors */
  readonly consumers: readonly string[];
  readonly dataset: string;
  readonly purposes: readonly string[];
  /** the person's log tokens, one for each year */
  readonly tokens: readonly Uint8Array[];
  /** `YYYY-MM-DD` */
  readonly due: string;
}

/** The duties of a withdrawal, of the entries that were read so far. */
export interface GatheredDuties {
  readonly duties: Map<string, OwedFor>;
  /** index of the first entry that was not read */
  readonly next: number;
}

/**
 * Reads the answers that rested on the person's consents, and what each of them obliges to. A person may have thousands, so this is done
 * before the log is locked; `addWithdrawnDuties` reads those that are appended later. Until the transaction ends, no other withdrawal of
 * this person is gathered, so that no answer is named twice.
 */
export async function gatherWithdrawnDuties(
  transaction: Reader,
  data: WithdrawnData,
): Promise<GatheredDuties> {
  await transaction.query("SELECT pg_advisory_xact_lock(hashtext('withdrawal'), hashtext($1))", [
    Buffer.from(data.subject).toString('hex'),
  ]);
  return gatherFrom(transaction, data, { duties: new Map(), next: 0 });
}

/** Adds the answers that were not read to the duties. */
async function gatherFrom(
  transaction: Reader,
  data: WithdrawnData,
  { duties, next }: GatheredDuties,
): Promise<GatheredDuties> {
  const entries = await entriesOfTokens(transaction, data.tokens, next);
  const own = entries.length === 0 ? new Set<string>() : await ownConsents(transaction, data);
  for (let at = 0; at < entries.length; at += atOnce)
    for (const answer of await answersAboutPerson(transaction, data, own, entries.slice(at, at + atOnce))) {
      const { id, consumer, provider, dataset, day } = answer;
      const under = owedUnder(answer, data);
      if (under === undefined) continue;
      const key = JSON.stringify([consumer, provider, dataset, under.agreement, under.purpose]);
      const duty = duties.get(key);
      if (duty === undefined) {
        duties.set(key, { consumer, provider, dataset, ...under, first: day, last: day, named: [id] });
        continue;
      }
      if (day < duty.first) duty.first = day;
      if (day > duty.last) duty.last = day;
      duty.named.push(id);
    }
  const last = entries.at(-1);
  return { duties, next: last === undefined ? next : last + 1 };
}

/**
 * Creates one deletion duty for each consumer, agreement and purpose under which data of the person was released on their consent. It
 * names each answer; answers named by an earlier withdrawal of the same person are not named again. Statutory answers, and answers about
 * other persons only, create no duty, even if the query named the person. An answered fact does, regardless of the answer: omitting it
 * would reveal that the person is not in the dataset. Called after the swap of the log's head, it misses no answer.
 * @param gathered in this transaction
 */
export async function addWithdrawnDuties(
  transaction: Reader,
  data: WithdrawnData,
  gathered: GatheredDuties,
): Promise<void> {
  const { duties } = await gatherFrom(transaction, data, gathered);
  if (duties.size === 0) return;
  await transaction.query(
    `INSERT INTO duty (obligation, consumer, provider, dataset, agreement, purpose, received_from, received_until, due, exchanges, consent, named)
     SELECT 'delete-withdrawn', consumer, provider, dataset, agreement, purpose, first, last, $2::date, cardinality(named), $1, named
       FROM jsonb_to_recordset($3::jsonb) AS d (consumer text, provider text, dataset text, agreement text, purpose text,
                                                first date, last date, named uuid[])
     ON CONFLICT DO NOTHING`,
    [data.consent, data.due, JSON.stringify([...duties.values()])],
  );
  await refuseLeftOut(transaction, {
    table: 'duty',
    columns: { consumer: 'text', agreement: 'text', dataset: 'text', purpose: 'text', consent: 'text' },
    rows: [...duties.values()].map(({ consumer, agreement, dataset, purpose }) => [
      consumer,
      agreement,
      dataset,
      purpose,
      data.consent,
    ]),
  });
}

/** Number of entries read per query. */
const atOnce = 1_000;
/** Maximum number of consents read per query: each has its whole signed artefact. */
const maxConsents = 500;

/** The agreement and purpose that create a duty for an answer; undefined if there is none. */
function owedUnder({ leaf, namesConsent }: Answer, { purposes }: WithdrawnData): Under | undefined {
  const content = leafOrNone(leaf);
  // the entry was altered: one deletion request too many is better than a missing one
  const [any] = purposes;
  if (content === undefined)
    return namesConsent === true && any !== undefined
      ? { agreement: agreementUnread, purpose: any }
      : undefined;
  const { kind, purpose, agreement, rows, fact } = content;
  if (kind !== 'release' || purpose === undefined || !purposes.includes(purpose)) return undefined;
  if (rows?.delivered === 0 || (fact === undefined && namesConsent !== true)) return undefined;
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
  /** whether its private part names a consent of the person; null: it names none */
  readonly namesConsent: boolean | null;
}

/** An answer with its private part as it is stored; null: there is none. */
interface StoredAnswer extends Omit<Answer, 'namesConsent'> {
  readonly salt: Buffer | null;
  readonly value: CanonicalValue;
  /** ids of the consents that its private part names; null: it names none */
  readonly consents: readonly string[] | null;
  /** ids of duties of the person's other withdrawals that name it */
  readonly earlier: readonly string[] | null;
}

/**
 * Whether an answer was based on the person's consent; undefined: on none. A part that its entry does not commit to was altered, one that is
 * missing was deleted: one deletion request too many is better than a missing one.
 * @param known ids of the person's consents
 */
function isBasedOnConsent(
  { leaf, salt, value, consents }: StoredAnswer,
  known: ReadonlySet<string>,
): boolean | undefined {
  const namesConsent = consents?.some((id) => known.has(id));
  const content = leafOrNone(leaf);
  if (content === undefined) return salt === null || namesConsent === true;
  const { private: committed } = content;
  if (committed === undefined) return namesConsent;
  return salt !== null && opens(committed, value, salt) ? namesConsent : true;
}

/** Answers about the person on their consents that no duty names yet, ascending by entry. */
async function answersAboutPerson(
  transaction: Reader,
  data: WithdrawnData,
  own: ReadonlySet<string>,
  entries: readonly number[],
): Promise<Answer[]> {
  const { rows } = await transaction.query<StoredAnswer>(
    `SELECT e.id, e.consumer, e.provider, e.dataset, e.leaf,
            ((e.at AT TIME ZONE 'UTC') + interval '8 hours')::date::text AS day,
            CASE jsonb_typeof(p.value -> 'consents')
              WHEN 'array' THEN ARRAY(SELECT jsonb_array_elements_text(p.value -> 'consents')) END AS consents,
            p.salt, p.value,
            (SELECT array_agg(earlier.id::text) FROM duty AS earlier JOIN consent AS c ON c.id = earlier.consent
              WHERE c.subject = $4 AND earlier.consumer = e.consumer AND e.id = ANY (earlier.named)) AS earlier
       FROM audit_entry AS e LEFT JOIN audit_private AS p ON p.exchange = e.id
      WHERE e.idx = ANY ($3::bigint[])
        AND e.decision = 'allow' AND e.consumer = ANY ($1::text[]) AND e.dataset = $2
      ORDER BY e.idx`,
    [data.consumers, data.dataset, entries, Buffer.from(data.subject)],
  );
  const named = new Set(rows.flatMap(({ earlier }) => earlier ?? []));
  const duties = await validDuties(transaction, data, named);
  const others = rows.filter(({ earlier }) => !(earlier ?? []).some((id) => duties.has(id)));
  const known = await consentsOfPerson(transaction, data, own, others);
  return withLeaves(others).flatMap((row): Answer[] => {
    const namesConsent = isBasedOnConsent(row, known);
    return namesConsent === undefined ? [] : [{ ...row, namesConsent }];
  });
}

/**
 * Those that the hub stored for consents of the person: an altered one may name more answers than its recipient was obliged to delete, or
 * the consent of another person, whose withdrawal has only that person's data deleted.
 */
async function validDuties(
  reader: Reader,
  { subject }: WithdrawnData,
  named: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const ids = [...named];
  const rows = await keyedRows(
    reader,
    'duty',
    ids.map((id) => [id]),
  );
  const consentOf = new Map<string, string>();
  for (const [at, id] of ids.entries()) {
    const row = rows[at];
    const consent = row?.state === 'valid' ? row.values['consent'] : undefined;
    if (typeof consent === 'string') consentOf.set(id, consent);
  }
  const ofPerson = await consentsWhere(
    reader,
    new Set(consentOf.values()),
    (consent) => consent?.['subject'] === hexOf(subject),
  );
  return new Set(ids.filter((id) => ofPerson.has(consentOf.get(id) ?? '')));
}

/** As the text of a column. */
const hexOf = (subject: Uint8Array): string => `\\x${Buffer.from(subject).toString('hex')}`;

/** Ids of the person's consents. One that an administrator made theirs only adds a duty; one that they took away is found by its id. */
async function ownConsents(
  reader: Reader,
  { subject, recipient, dataset }: WithdrawnData,
): Promise<ReadonlySet<string>> {
  const { rows } = await reader.query<{ id: string }>(
    'SELECT id FROM consent WHERE subject = $1 AND recipient = $2 AND dataset = $3',
    [Buffer.from(subject), recipient, dataset],
  );
  return new Set(rows.map(({ id }) => id));
}

/**
 * The person's consents, of all that the answers name. One that is absent or altered counts as theirs. An answer may name a thousand persons:
 * consents are read only for answers that name none of the person's own, and a few at a time.
 */
async function consentsOfPerson(
  reader: Reader,
  { subject, recipient, dataset }: WithdrawnData,
  own: ReadonlySet<string>,
  answers: readonly Pick<StoredAnswer, 'consents'>[],
): Promise<ReadonlySet<string>> {
  const known = new Set(own);
  const unclear = new Set<string>();
  for (const { consents } of answers)
    if (consents?.some((id) => own.has(id)) === false) for (const id of consents) unclear.add(id);
  const ofPerson = await consentsWhere(
    reader,
    unclear,
    (consent) =>
      consent === undefined ||
      (consent['subject'] === hexOf(subject) &&
        consent['recipient'] === recipient &&
        consent['dataset'] === dataset),
  );
  for (const id of ofPerson) known.add(id);
  return known;
}

/** Those of the consents that meet a condition. Few at a time are in memory. @param isOne gets undefined for one that is absent or altered */
async function consentsWhere(
  reader: Reader,
  wanted: ReadonlySet<string>,
  isOne: (consent: SealedValues | undefined) => boolean,
): Promise<ReadonlySet<string>> {
  const ids = [...wanted];
  const found = new Set<string>();
  for (let at = 0; at < ids.length; at += maxConsents) {
    const portion = ids.slice(at, at + maxConsents);
    const rows = await keyedRows(
      reader,
      'consent',
      portion.map((id) => [id]),
    );
    for (const [i, id] of portion.entries()) {
      const row = rows[i];
      if (isOne(row?.state === 'valid' ? row.values : undefined)) found.add(id);
    }
  }
  return found;
}
