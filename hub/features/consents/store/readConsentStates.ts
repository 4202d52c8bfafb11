import { subjectLength } from '../../../domain/subjectHash.ts';
import type { ConsentState } from '../../../../policies/consents/verdict.ts';
import type { Statements } from '../../../platform/database/untilAborted.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import {
  macLength,
  macsOf,
  millisecondsAt,
  sealedStates,
  sealKey,
  timesLength,
  type ConsentScope,
} from './consentMacs.ts';

export type { ConsentScope } from './consentMacs.ts';

/** A consent state as read from the database. */
export interface StoredConsentState extends ConsentState {
  /** the newest version in the scope at the time of reading: later changes get a greater version */
  readonly asOf: bigint;
}

/** Terms that many consent states share: parsed once, then found by their text. */
type Terms = Pick<ConsentState, 'state' | 'collectedBy' | 'maxUses' | 'guardian' | 'retention' | 'fields'>;

/**
 * The subjects are sent as one value, as concatenated hashes. The result has one value for each column, because one row for each consent
 * state would cost more than the lookup. Numbers and times are returned as binary values, texts as lines. No text contains a tab or a line
 * feed: ids and departments are slugs, fields are names of a schema. `terms` is computed when a consent is given or withdrawn
 * (`standing_terms`). Its rare parts follow the others, each with a letter as prefix.
 *
 * A separate query counts the subjects, so that PostgreSQL plans once and not for each call; planning would cost a sixth of a page's
 * lookup. PostgreSQL assumes ten values for an array of unknown length. A plan for ten values suits one person and a thousand.
 */
const text = `
SELECT (SELECT version FROM consent_standing WHERE recipient = $2 AND dataset = $3 AND purpose = $4 ORDER BY version DESC LIMIT 1)::text AS newest,
       string_agg(int4send(n::integer), '') AS places, string_agg(int4send(uses), '') AS uses,
       string_agg(timestamptz_send(not_before), '') AS begins, string_agg(timestamptz_send(until), '') AS ends,
       string_agg(consent, E'\\n') AS consents, string_agg(terms, E'\\n') AS terms,
       string_agg(coalesce(mac, decode(repeat('00', ${macLength}), 'hex')), '') AS macs
  FROM unnest(array_fill(0, ARRAY[(SELECT length($1::bytea) / ${subjectLength})])) WITH ORDINALITY AS wanted (zero, n)
  JOIN consent_standing AS s ON s.subject = substr($1, (n::integer - 1) * ${subjectLength} + 1, ${subjectLength})
 WHERE s.recipient = $2 AND s.dataset = $3 AND s.purpose = $4`;
const question = { name: 'read_standings', text };

/** Each column except the first has one value for each consent state, in the same order. */
interface Found {
  readonly newest: string | null;
  readonly places: Buffer | null;
  readonly uses: Buffer;
  readonly begins: Buffer;
  readonly ends: Buffer;
  readonly consents: string;
  readonly terms: string;
  readonly macs: Buffer;
}

/**
 * Concatenates keyed hashes. Each length is checked, because a hash that is too short and one that is too long could cancel out unnoticed.
 * @throws TypeError for a hash whose length is not 32 bytes
 */
export function packHashes(hashes: readonly Uint8Array[]): Buffer {
  if (hashes.some(({ length }) => length !== subjectLength)) throw new TypeError('a keyed hash has 32 bytes');
  return Buffer.concat(hashes, hashes.length * subjectLength);
}

/**
 * Reads the consent states of the subjects in one query. A state that was changed past the hub counts as absent.
 * @param subjects keyed hashes (`packHashes`), at most 1,000
 * @returns in the order of the subjects; undefined for a subject that never consented
 * @throws TypeError if the last hash is incomplete
 */
export async function readConsentStates(
  reader: Statements,
  scope: ConsentScope,
  subjects: Uint8Array,
): Promise<readonly (StoredConsentState | undefined)[]> {
  if (subjects.length % subjectLength !== 0) throw new TypeError('a keyed hash has 32 bytes');
  const consentStates = new Array<StoredConsentState | undefined>(subjects.length / subjectLength).fill(
    undefined,
  );
  if (subjects.length === 0) return consentStates;
  const { recipient, dataset, purpose } = scope;
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
  // one extra line would assign consent states to the wrong subjects
  if (consents.length * 4 !== places.length || terms.length !== consents.length)
    throw new TypeError('a standing has a line feed in it');
  const known = new Map<string, Terms>();
  const state = (
    read: Pick<StoredConsentState, 'consent' | 'uses'>,
    line: string,
    notBefore: number,
    until: number,
  ) => {
    let shared = known.get(line);
    if (shared === undefined) known.set(line, (shared = termsIn(line)));
    const { state: event, collectedBy, fields, maxUses, guardian, retention } = shared;
    // one literal without spreads, which would take 2 µs: a page makes a thousand of them
    return {
      consent: read.consent,
      state: event,
      collectedBy,
      fields,
      notBefore,
      until,
      maxUses,
      uses: read.uses,
      guardian,
      retention,
      asOf,
    };
  };
  const placeOf = (at: number): number => places.readInt32BE(4 * at) - 1;
  for (const [at, consent] of consents.entries())
    consentStates[placeOf(at)] = state(
      { consent, uses: uses.readInt32BE(4 * at) },
      terms[at] ?? '',
      millisecondsAt(begins, 8 * at),
      millisecondsAt(ends, 8 * at),
    );
  const subjectAt = (place: number): Uint8Array =>
    subjects.subarray(place * subjectLength, (place + 1) * subjectLength);
  const doubted = withoutMac(reader, scope, { ...found, places, consents, terms }, (at) =>
    subjectAt(placeOf(at)),
  ).map(placeOf);
  if (doubted.length === 0) return consentStates;
  const sealed = await sealedStates(reader, scope, doubted.map(subjectAt));
  for (const place of doubted) {
    const one = sealed.get(Buffer.from(subjectAt(place)).toString('hex'));
    consentStates[place] =
      one && state(one, one.terms, millisecondsAt(one.times, 0), millisecondsAt(one.times, 8));
  }
  return consentStates;
}

/** Which of the states that were given have no valid MAC. A state that was withdrawn permits nothing. */
function withoutMac(
  reader: Statements,
  scope: ConsentScope,
  {
    places,
    begins,
    ends,
    macs,
    consents,
    terms,
  }: Pick<Found, 'begins' | 'ends' | 'macs'> & {
    readonly places: Buffer;
    readonly consents: readonly string[];
    readonly terms: readonly string[];
  },
  subjectOf: (at: number) => Uint8Array,
): readonly number[] {
  const key = sealKey(reader);
  if (key === undefined) return [];
  const write = macsOf(key, scope);
  const times = Buffer.alloc(timesLength);
  const expected = Buffer.alloc(macLength);
  const doubted: number[] = [];
  const isWhole = places.length * 4 === macs.length;
  for (const [at, consent] of consents.entries()) {
    const line = terms[at] ?? '';
    if (line.startsWith('withdrawn')) continue;
    begins.copy(times, 0, 8 * at, 8 * at + 8);
    ends.copy(times, 8, 8 * at, 8 * at + 8);
    write({ subject: subjectOf(at), times, text: `${consent}\n${line}` }, expected, 0);
    const from = macLength * at;
    if (!isWhole || macs.compare(expected, 0, macLength, from, from + macLength) !== 0) doubted.push(at);
  }
  return doubted;
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

/**
 * Maximum number of changes checked one by one. If a whole register of consents is imported during the call, only the answer's own subjects are
 * queried.
 */
const maxChanges = 1_000;

/**
 * Returns whether all consents that an answer was decided on are unchanged since they were read. Call it after the swap of the log's head:
 * giving and withdrawing also need the head, so a change not visible here comes after this answer.
 * @param asOf the smallest of the newest versions at reading time; with several reads, changes between them count as changes
 * @param decidedOn the subjects' keyed hashes (hex); evaluated only if something changed
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
