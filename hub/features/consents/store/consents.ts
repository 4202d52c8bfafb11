import type { Consent, PaperTrail } from '../../../../policies/consents/consent.ts';
import { standsFrom } from '../../../../policies/consents/verdict.ts';
import { hasKeyedRow, keyedRows, unaltered } from '../../../platform/database/authenticated/keyedRows.ts';
import { unalteredRows } from '../../../platform/database/authenticated/refuseAlteredRows.ts';
import {
  allSealedRows,
  firstSealedRows,
  sealedRows,
} from '../../../platform/database/authenticated/sealedRows.ts';
import type { Pool } from '../../../platform/database/database.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { Problem } from '../../../../terms/problem.ts';
import { macLength, macsOf, sealKey, termsOf, timesOf, type ConsentScope } from './consentMacs.ts';

/** A consent as shown to the departments and the person concerned. */
export interface ConsentRow {
  readonly id: string;
  readonly jws: string;
  /** keyed hash of the subject, hex */
  readonly subject: string;
  readonly recipient: string;
  readonly provider: string;
  readonly dataset: string;
  readonly collectedBy: string;
  /** replaced: not withdrawn itself, but a newer consent or withdrawal took its place, so it determines no consent state */
  readonly state: 'given' | 'replaced' | 'withdrawn';
  /** Unix milliseconds */
  readonly givenAt: number;
  readonly withdrawnAt: number | null;
}

const select = `SELECT c.id, c.jws, encode(c.subject, 'hex') AS subject, c.recipient, c.provider, c.dataset,
    c.collected_by AS "collectedBy",
    CASE WHEN w.at IS NOT NULL THEN 'withdrawn'
         WHEN EXISTS (SELECT FROM consent_standing AS s WHERE s.consent = c.id AND s.state = 'given') THEN 'given'
         ELSE 'replaced' END AS state,
    (extract(epoch FROM g.at) * 1000)::double precision AS "givenAt",
    (extract(epoch FROM w.at) * 1000)::double precision AS "withdrawnAt"
  FROM consent AS c
  JOIN consent_event AS g ON g.consent = c.id AND g.type = 'given'
  LEFT JOIN consent_event AS w ON w.consent = c.id AND w.type = 'withdrawn'`;

/**
 * A consent. Its row is authenticated: if it was altered, a withdrawal would affect another recipient, dataset or purpose than the person
 * chose.
 * @throws Problem rows_unauthenticated where it, or what is recorded of its giving and withdrawal, was changed past the hub
 */
export const consentById = (pool: Pool, id: string): Promise<ConsentRow | undefined> =>
  unalteredRows(pool, ['consent'], id, async (snapshot) => {
    await hasKeyedRow(snapshot, 'consent_event', [
      [id, 'given'],
      [id, 'withdrawn'],
    ]);
    const { rows } = await snapshot.query<ConsentRow>(`${select} WHERE c.id = $1`, [id]);
    return rows[0];
  });

/**
 * Consents of one subject that name a department as collector, recipient or provider, newest first. Consents of other departments do not
 * count towards the limit.
 * @param subject keyed hash, 32 bytes
 */
export const consentsAbout = (
  reader: Reader,
  subject: Uint8Array,
  department: string,
  maxConsents: number,
): Promise<ConsentRow[]> =>
  unalteredConsents(
    reader,
    'c.subject = $1 AND $2 IN (c.collected_by, c.recipient, c.provider)',
    [Buffer.from(subject), department],
    maxConsents,
  );

/** Consents of one subject for all departments, newest first. @param subject keyed hash, 32 bytes */
export const consentsOfSubject = (
  reader: Reader,
  subject: Uint8Array,
  maxConsents: number,
): Promise<ConsentRow[]> => unalteredConsents(reader, 'c.subject = $1', [Buffer.from(subject)], maxConsents);

/**
 * The newest consents, without those that were changed past the hub, or whose giving or withdrawal was: a consent that is in
 * force must not look withdrawn, and the others are shown.
 */
async function unalteredConsents(
  reader: Reader,
  condition: string,
  values: readonly unknown[],
  maxConsents: number,
): Promise<ConsentRow[]> {
  const text = `${select} WHERE ${condition} ORDER BY g.at DESC, c.id`;
  const rows = await firstSealedRows<ConsentRow>(reader, ['consent', 'c'], text, values, maxConsents);
  const events = await sealedRows<{ event: string }>(
    reader,
    'consent_event',
    "SELECT consent || ' ' || type AS event FROM consent_event WHERE consent = ANY ($1)",
    [rows.map(({ id }) => id)],
  );
  const valid = new Set(events.map(({ event }) => event));
  return rows.filter(
    ({ id, withdrawnAt }) =>
      valid.has(`${id} given`) && (withdrawnAt === null || valid.has(`${id} withdrawn`)),
  );
}

export interface TakenConsent {
  readonly artefact: Consent;
  readonly jws: string;
  /** keyed hashes, 32 bytes */
  readonly subject: Uint8Array;
  readonly guardian: Uint8Array | undefined;
  /** the artefact's purposes and their descendants that the notice names */
  readonly purposes: readonly string[];
  /** Unix milliseconds: when the hub registered it. A paper form was signed on an earlier day, or on this one */
  readonly at: number;
  /** id of the log entry that registers it */
  readonly exchange: string;
}

/**
 * Registers a consent in the transaction of its entry: artefact, event and new consent state.
 * @returns false if its id is taken
 */
export async function insertConsent(transaction: Reader, taken: TakenConsent): Promise<boolean> {
  const { artefact, subject, guardian, exchange } = taken;
  const at = Math.floor(taken.at);
  const hashes = [Buffer.from(subject), guardian === undefined ? null : Buffer.from(guardian)] as const;
  const { rowCount } = await transaction.query(
    `INSERT INTO consent (id, jws, subject, guardian, recipient, provider, dataset, collected_by, notice, exchange)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING`,
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
  const notBefore = standsFrom(artefact.notBefore, at);
  const until = Date.parse(artefact.expires);
  await transaction.query(
    `INSERT INTO consent_standing AS s
       (subject, recipient, dataset, purpose, consent, state, fields, not_before, until, max_uses, guardian, collected_by, retention, mac)
     SELECT $1, $3, $4, purpose, $5, 'given', $6, to_timestamp($7 / 1000.0), to_timestamp($8 / 1000.0), $9, $2, $11, $12, mac
       FROM unnest($10::text[], $13::bytea[]) AS covered (purpose, mac) ORDER BY purpose
     ON CONFLICT (subject, recipient, dataset, purpose) DO UPDATE SET consent = EXCLUDED.consent, state = 'given',
       fields = EXCLUDED.fields, not_before = EXCLUDED.not_before, until = EXCLUDED.until, max_uses = EXCLUDED.max_uses, uses = 0,
       guardian = EXCLUDED.guardian, collected_by = EXCLUDED.collected_by, retention = EXCLUDED.retention, mac = EXCLUDED.mac`,
    [
      ...hashes,
      artefact.recipient,
      artefact.dataset,
      artefact.id,
      artefact.fields,
      notBefore,
      until,
      artefact.maxUses ?? null,
      taken.purposes,
      artefact.collectedBy,
      artefact.retention ?? null,
      taken.purposes.map((purpose) => macOf(transaction, taken, purpose, { notBefore, until })),
    ],
  );
  return true;
}

/** The times are Unix milliseconds. @returns null where the hub seals no rows */
function macOf(
  transaction: Reader,
  { artefact, subject, guardian }: TakenConsent,
  purpose: string,
  { notBefore, until }: { readonly notBefore: number; readonly until: number },
): Buffer | null {
  const key = sealKey(transaction);
  if (key === undefined) return null;
  const { recipient, dataset, collectedBy, fields, maxUses, retention } = artefact;
  const terms = termsOf('given', {
    collectedBy,
    fields,
    maxUses: maxUses ?? null,
    guardian: guardian === undefined ? null : Buffer.from(guardian).toString('hex'),
    retention: retention ?? null,
  });
  const mac = Buffer.alloc(macLength);
  macsOf(key, { recipient, dataset, purpose })(
    { subject, times: timesOf(notBefore, until), text: `${artefact.id}\n${terms}` },
    mac,
    0,
  );
  return mac;
}

/**
 * Withdraws a consent in the transaction of its entry. Afterwards no consent state is `given` for its subject, recipient, dataset and
 * purposes, even if another consent set it. Rows are locked in the order of their key, as everywhere.
 * @param purposes the artefact's purposes and their descendants
 * @param at Unix milliseconds
 * @returns false if it was withdrawn before. Then only consent states based on this consent are ended, in case the first withdrawal left
 *   them
 * @throws Problem rows_unauthenticated where a consent state was changed past the hub: the statement below could pass it over
 */
export async function withdrawConsent(
  transaction: Reader,
  { id, subject, recipient, dataset }: Pick<ConsentRow, 'id' | 'subject' | 'recipient' | 'dataset'>,
  purposes: readonly string[],
  { at, exchange }: { readonly at: number; readonly exchange: string },
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `INSERT INTO consent_event (consent, type, at, exchange) VALUES ($1, 'withdrawn', to_timestamp($2 / 1000.0), $3)
     ON CONFLICT (consent, type) DO NOTHING`,
    [id, at, exchange],
  );
  const first = rowCount === 1;
  await refuseAlteredStates(transaction, { subject, recipient, dataset }, purposes);
  await transaction.query(
    `WITH locked AS (
       SELECT purpose FROM consent_standing
        WHERE subject = $1 AND recipient = $2 AND dataset = $3 AND (consent = $4 OR purpose = ANY ($5::text[]))
        ORDER BY purpose FOR UPDATE)
     UPDATE consent_standing AS s SET state = 'withdrawn', mac = NULL FROM locked
      WHERE s.subject = $1 AND s.recipient = $2 AND s.dataset = $3 AND s.purpose = locked.purpose`,
    [Buffer.from(subject, 'hex'), recipient, dataset, id, first ? [...purposes] : []],
  );
  return first;
}

/**
 * An administrator can alter or delete a state while it is withdrawn, and put it back with its seal. Compared after the locks: an alteration
 * that was waiting is committed by then.
 * @throws Problem rows_unauthenticated
 */
async function refuseAlteredStates(
  transaction: Reader,
  { subject, recipient, dataset }: Pick<ConsentRow, 'subject' | 'recipient' | 'dataset'>,
  purposes: readonly string[],
): Promise<void> {
  const keys = purposes.map((purpose) => [`\\x${subject}`, recipient, dataset, purpose]);
  for (let attempt = 1; ; attempt += 1) {
    const { rowCount } = await transaction.query(
      `SELECT FROM consent_standing WHERE subject = $1 AND recipient = $2 AND dataset = $3 AND purpose = ANY ($4::text[])
        ORDER BY purpose FOR UPDATE`,
      [Buffer.from(subject, 'hex'), recipient, dataset, [...purposes]],
    );
    const states = await keyedRows(transaction, 'consent_standing', keys);
    const valid = states.filter(({ state }) => state === 'valid').length;
    const isAltered = states.some(({ state }) => state === 'altered');
    if (!isAltered && valid === rowCount) return;
    // a consent that was given between the two is seen by the second alone
    if (isAltered || attempt === maxAttempts)
      throw new Problem('rows_unauthenticated', { table: 'consent_standing' });
  }
}

/** Comparisons of a person's consent states before a difference counts as an alteration. */
const maxAttempts = 3;

/**
 * Returns whether a consent state is based on this consent. After a withdrawal there is none, so a withdrawn row with one is not genuine.
 */
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

/**
 * Claims one use of each subject's consent. All callers lock in the same order, so that concurrent claims cannot deadlock.
 * @param subjects keyed hashes of those whose consent is limited in its uses
 * @returns false if one of them is used up: the caller must then roll back the transaction
 */
export async function claimUses(
  transaction: Reader,
  { recipient, dataset, purpose }: ConsentScope,
  subjects: readonly Uint8Array[],
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `WITH locked AS (
       SELECT subject FROM consent_standing
        WHERE subject = ANY ($1::bytea[]) AND recipient = $2 AND dataset = $3 AND purpose = $4 ORDER BY subject FOR UPDATE)
     UPDATE consent_standing AS s SET uses = s.uses + 1 FROM locked
      WHERE s.subject = locked.subject AND s.recipient = $2 AND s.dataset = $3 AND s.purpose = $4
        AND s.state = 'given' AND s.uses < s.max_uses`,
    [subjects.map((subject) => Buffer.from(subject)), recipient, dataset, purpose],
  );
  return rowCount === subjects.length;
}

/** A withdrawal of a consent. */
export interface Withdrawal {
  /** the withdrawn consent, as it was signed */
  readonly jws: string;
  /** Unix milliseconds */
  readonly at: number;
}

/**
 * Withdrawals by a subject, of consents for the same recipient and dataset.
 * @param subject keyed hash, 32 bytes
 * @throws Problem rows_unauthenticated where one of these consents, or its withdrawal, was changed past the hub
 */
export async function withdrawalsOf(
  reader: Reader,
  subject: Uint8Array,
  { id, recipient, dataset }: Pick<Consent, 'id' | 'recipient' | 'dataset'>,
): Promise<readonly Withdrawal[]> {
  const consents = await allSealedRows<{ id: string; jws: string }>(
    reader,
    ['consent', 'c'],
    'SELECT c.id, c.jws FROM consent AS c WHERE c.subject = $1 AND c.recipient = $2 AND c.dataset = $3 AND c.id <> $4',
    [Buffer.from(subject), recipient, dataset, id],
  );
  const events = await keyedRows(
    reader,
    'consent_event',
    consents.map((one) => [one.id, 'withdrawn']),
  );
  return consents.flatMap(({ jws }, nth) => {
    const at = unaltered(events[nth], 'consent_event')?.['at'];
    return typeof at === 'string' ? [{ jws, at: Date.parse(at) }] : [];
  });
}

/** Returns whether this form of the department, or the scan, was recorded before. */
export async function isPaperKnown(
  reader: Reader,
  { collector, form, scan }: { readonly collector: string } & Pick<PaperTrail, 'form' | 'scan'>,
): Promise<boolean> {
  const { rows } = await reader.query(
    'SELECT 1 FROM paper_consent WHERE (collector = $1 AND form = $2) OR scan = $3',
    [collector, form, scan],
  );
  return rows.length > 0;
}

/** @throws the database's unique violation if the form or the scan was recorded in the meantime */
export async function insertPaper(
  transaction: Reader,
  {
    consent,
    collector,
    form,
    scan,
    takenOn,
    takenBy,
    confirmedBy,
  }: PaperTrail & {
    readonly consent: string;
    readonly collector: string;
  },
): Promise<void> {
  await transaction.query(
    `INSERT INTO paper_consent (consent, collector, form, scan, taken_on, taken_by, confirmed_by)
     VALUES ($1, $2, $3, $4, $5::date, $6, $7)`,
    [consent, collector, form, scan, takenOn, takenBy, confirmedBy],
  );
}
