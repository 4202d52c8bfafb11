import { subjectLength } from '../../../domain/subjectHash.ts';
import type { ConsentStanding } from '../../../../policies/consents/verdict.ts';
import { int8At } from '../../../platform/database/binaryRows.ts';
import type { Statements } from '../../../platform/database/untilAborted.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** What an agreement's consents are given for. */
export interface ConsentScope {
  readonly recipient: string;
  readonly dataset: string;
  readonly purpose: string;
}

/** A standing as it was read. */
export interface StoredConsentState extends ConsentStanding {
  /** the newest version in the scope when it was read: whatever changes later gets a greater one */
  readonly asOf: bigint;
}

/** What many standings have in common: read once, known again by its text. */
type Terms = Pick<ConsentStanding, 'state' | 'collectedBy' | 'maxUses' | 'guardian' | 'retention' | 'fields'>;

/**
 * The subjects go as one value, hash behind hash; what stands comes as one value a column: a row of its own for each standing would cost more
 * than to find it. Numbers and times come as the bytes they are, texts as lines: nothing in them holds a tab or a line feed, ids and departments
 * are slugs, fields are names of a schema. `terms` is made when a consent is given or withdrawn (`standing_terms`); what few standings have
 * stands in it behind the others, with a letter before it.
 *
 * How many subjects there are is asked in a query of its own, so that a plan is made once and not for each question: that would cost a sixth of
 * a page's look. Of an array whose length it does not know PostgreSQL expects ten values: a plan for ten suits one person and a thousand.
 */
const text = `
SELECT (SELECT version FROM consent_standing WHERE recipient = $2 AND dataset = $3 AND purpose = $4 ORDER BY version DESC LIMIT 1)::text AS newest,
       string_agg(int4send(n::integer), '') AS places, string_agg(int4send(uses), '') AS uses,
       string_agg(timestamptz_send(not_before), '') AS begins, string_agg(timestamptz_send(until), '') AS ends,
       string_agg(consent, E'\\n') AS consents, string_agg(terms, E'\\n') AS terms
  FROM unnest(array_fill(0, ARRAY[(SELECT length($1::bytea) / ${subjectLength})])) WITH ORDINALITY AS wanted (zero, n)
  JOIN consent_standing AS s ON s.subject = substr($1, (n::integer - 1) * ${subjectLength} + 1, ${subjectLength})
 WHERE s.recipient = $2 AND s.dataset = $3 AND s.purpose = $4`;
const question = { name: 'read_standings', text };

/** Each column but the first tells of each standing, in the same order. */
interface Found {
  readonly newest: string | null;
  readonly places: Buffer | null;
  readonly uses: Buffer;
  readonly begins: Buffer;
  readonly ends: Buffer;
  readonly consents: string;
  readonly terms: string;
}

/**
 * Keyed hashes one behind the other. Each is looked at: of two that are too short and too long by as much, nothing would be seen behind.
 * @throws TypeError for a hash of another length than 32 bytes
 */
export function packHashes(hashes: readonly Uint8Array[]): Buffer {
  if (hashes.some(({ length }) => length !== subjectLength)) throw new TypeError('a keyed hash has 32 bytes');
  return Buffer.concat(hashes, hashes.length * subjectLength);
}

/**
 * The standings of subjects, in one look.
 * @param subjects keyed hashes (`packHashes`), at most 1,000
 * @returns in the order of the subjects; undefined for one that never consented
 * @throws TypeError where the last hash is not whole
 */
export async function readStandings(
  reader: Statements,
  { recipient, dataset, purpose }: ConsentScope,
  subjects: Uint8Array,
): Promise<readonly (StoredConsentState | undefined)[]> {
  if (subjects.length % subjectLength !== 0) throw new TypeError('a keyed hash has 32 bytes');
  const consentStates = new Array<StoredConsentState | undefined>(subjects.length / subjectLength).fill(
    undefined,
  );
  if (subjects.length === 0) return consentStates;
  const { rows } = await reader.query<Found>({
    ...question,
    values: [subjects, recipient, dataset, purpose],
  });
  const [found] = rows;
  if (found === undefined || found.places === null) return consentStates;
  const { places, uses, begins, ends } = found;
  const asOf = BigInt(found.newest ?? 0);
  const consents = found.consents.split('\n');
  const terms = found.terms.split('\n');
  // a line too many, and standings would be those of others
  if (consents.length * 4 !== places.length || terms.length !== consents.length)
    throw new TypeError('a standing has a line feed in it');
  const known = new Map<string, Terms>();
  for (const [at, consent] of consents.entries()) {
    const said = terms[at] ?? '';
    let read = known.get(said);
    if (read === undefined) known.set(said, (read = termsIn(said)));
    consentStates[places.readInt32BE(4 * at) - 1] = {
      consent,
      state: read.state,
      collectedBy: read.collectedBy,
      fields: read.fields,
      notBefore: millisecondsAt(begins, 8 * at),
      until: millisecondsAt(ends, 8 * at),
      maxUses: read.maxUses,
      uses: uses.readInt32BE(4 * at),
      guardian: read.guardian,
      retention: read.retention,
      asOf,
    };
  }
  return consentStates;
}

function termsIn(text: string): Terms {
  const [state, collectedBy = '', fields = '', ...few] = text.split('\t');
  const marked = (letter: string): string | undefined =>
    few.find((one) => one.startsWith(letter))?.slice(letter.length);
  const maxUses = marked('u');
  return {
    state: state === 'given' ? 'given' : 'withdrawn',
    collectedBy,
    maxUses: maxUses === undefined ? undefined : Number(maxUses),
    guardian: marked('g'),
    retention: marked('r'),
    fields: fields === '' ? [] : fields.split(','),
  };
}

/** PostgreSQL counts microseconds from here on. */
const epoch = Date.UTC(2000, 0);

/** Unix milliseconds of a time as PostgreSQL sends it, with its microseconds. */
const millisecondsAt = (bytes: Buffer, at: number): number => epoch + int8At(bytes, at) / 1e3;

/** Changes looked at one by one; where a whole register of consents comes in meanwhile, the answer's own persons are asked for. */
const maxChanges = 1_000;

/**
 * Whether no consent that an answer was decided on has changed since it was read. Asked behind the swap of the log's head: whoever gives or
 * withdraws needs the head too, so what is not seen here comes after this answer.
 * @param asOf the least of the newest versions at which they were read; of several readings, what changed between them counts as changed
 * @param decidedOn the subjects' keyed hashes (hex); asked for only where something changed
 */
export async function consentsUnchanged(
  transaction: Reader,
  scope: ConsentScope,
  asOf: bigint,
  decidedOn: () => ReadonlySet<string>,
): Promise<boolean> {
  const since = [scope.recipient, scope.dataset, scope.purpose, String(asOf)];
  const { rows } = await transaction.query<{ subject: string }>(
    `SELECT encode(subject, 'hex') AS subject FROM consent_standing
      WHERE recipient = $1 AND dataset = $2 AND purpose = $3 AND version > $4::bigint LIMIT ${maxChanges + 1}`,
    since,
  );
  if (rows.length === 0) return true;
  const persons = decidedOn();
  if (rows.length <= maxChanges) return !rows.some(({ subject }) => persons.has(subject));
  const { rows: changed } = await transaction.query(
    `SELECT FROM unnest($5::text[]) AS d (subject) JOIN consent_standing AS s ON s.subject = decode(d.subject, 'hex')
      WHERE s.recipient = $1 AND s.dataset = $2 AND s.purpose = $3 AND s.version > $4::bigint LIMIT 1`,
    [...since, [...persons]],
  );
  return changed.length === 0;
}
