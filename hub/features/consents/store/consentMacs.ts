/**
 * MACs of consent states that were given, in their own rows. A release reads up to a thousand states at once, and to join and check the
 * seal of each (`row_seal`) would take longer than the look-up. The MAC covers what a decision uses. A state without a valid MAC is
 * compared with its seal instead, so the MAC only saves time: rows of an older release, and rows that two persons accepted, have none yet.
 */
import { createHmac, type KeyObject } from 'node:crypto';
import { hmacInto, longest } from '../../../../log/hmac.ts';
import { int8At } from '../../../platform/database/binaryRows.ts';
import { sealingOf } from '../../../platform/database/authenticated/rowSealing.ts';
import { sealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { subjectLength } from '../../../domain/subjectHash.ts';

/** Recipient, dataset and purpose of the consents that an agreement requires. */
export interface ConsentScope {
  readonly recipient: string;
  readonly dataset: string;
  readonly purpose: string;
}

/** Bytes of a MAC. */
export const macLength = 16;
/** Bytes of two times. */
export const timesLength = 16;

/** What the MAC of a state covers, apart from its scope. */
export interface MacParts {
  /** 32 bytes */
  readonly subject: Uint8Array;
  /** not_before and until: microseconds since 2000-01-01, eight bytes each */
  readonly times: Uint8Array;
  /** id of the artefact and the column `terms`, with a line feed between */
  readonly text: string;
}

/** Writes the MAC of one state into a buffer. */
type WriteMac = (parts: MacParts, into: Buffer, at: number) => void;

/** The key that the hub seals rows by; undefined: it seals none. */
export const sealKey = (reader: object): KeyObject | undefined => sealingOf(reader)?.digests?.key;

/** @param key that the hub seals rows by */
export function macsOf(key: KeyObject, { recipient, dataset, purpose }: ConsentScope): WriteMac {
  const ofScope = createHmac('sha256', key)
    .update(JSON.stringify(['datong consent states 1', recipient, dataset, purpose]))
    .digest();
  const write = hmacInto(ofScope, macLength);
  let message = Buffer.alloc(longest);
  return ({ subject, times, text }, into, at) => {
    const maxBytes = subjectLength + timesLength + 3 * text.length;
    if (maxBytes > message.length) message = Buffer.alloc(maxBytes);
    message.set(subject, 0);
    message.set(times, subjectLength);
    const from = subjectLength + timesLength;
    write(message, 0, from + message.write(text, from, 'utf8'), into, at);
  };
}

/** PostgreSQL counts microseconds from this time. */
const epoch = Date.UTC(2000, 0);

/** Both times of a state, as PostgreSQL sends them. @param notBefore, until Unix milliseconds, integers */
export function timesOf(notBefore: number, until: number): Buffer {
  const bytes = Buffer.alloc(timesLength);
  bytes.writeBigInt64BE(BigInt(notBefore - epoch) * 1_000n, 0);
  bytes.writeBigInt64BE(BigInt(until - epoch) * 1_000n, 8);
  return bytes;
}

/** Converts a time as PostgreSQL sends it to Unix milliseconds, including its microseconds. */
export const millisecondsAt = (bytes: Buffer, at: number): number => epoch + int8At(bytes, at) / 1e3;

interface Terms {
  readonly collectedBy: string;
  readonly fields: readonly string[];
  readonly maxUses: number | null;
  /** hex */
  readonly guardian: string | null;
  readonly retention: string | null;
}

/** What the column `terms` contains. The function `standing_terms` of the database does the same, but a superuser can replace it. */
export const termsOf = (
  state: string,
  { collectedBy, fields, maxUses, guardian, retention }: Terms,
): string =>
  [
    ...[state, collectedBy, fields.join(',')],
    ...(maxUses === null ? [] : [`u${maxUses}`]),
    ...(guardian === null ? [] : [`g${guardian}`]),
    ...(retention === null ? [] : [`r${retention}`]),
  ].join('\t');

/** A consent state whose seal is valid. */
export interface SealedState {
  /** keyed hash, hex */
  readonly subject: string;
  readonly consent: string;
  readonly terms: string;
  /** may be counted further */
  readonly uses: number;
  /** not_before and until, as `MacParts` has them */
  readonly times: Buffer;
}

type SelectedState = Omit<SealedState, 'terms'> &
  Terms & { readonly state: string; readonly version: string };

/**
 * States of these subjects whose seal is valid; the others count as absent. Each gets its MAC, unless it changes at the same time.
 * @param reader a pool: an error of that change must not end a transaction
 * @param subjects keyed hashes, 32 bytes
 */
export async function sealedStates(
  reader: Reader,
  scope: ConsentScope,
  subjects: readonly Uint8Array[],
): Promise<ReadonlyMap<string, SealedState>> {
  const { recipient, dataset, purpose } = scope;
  const rows = await sealedRows<SelectedState>(
    reader,
    ['consent_standing', 's'],
    `SELECT encode(s.subject, 'hex') AS subject, s.consent, s.uses, s.version::text AS version, s.state, s.fields, s.retention,
            s.collected_by AS "collectedBy", s.max_uses AS "maxUses", encode(s.guardian, 'hex') AS guardian,
            timestamptz_send(s.not_before) || timestamptz_send(s.until) AS times
       FROM consent_standing AS s
      WHERE s.subject = ANY ($1::bytea[]) AND s.recipient = $2 AND s.dataset = $3 AND s.purpose = $4`,
    [subjects.map((one) => Buffer.from(one)), recipient, dataset, purpose],
  );
  const states = rows.map((row) => ({ ...row, terms: termsOf(row.state, row) }));
  const key = sealKey(reader);
  if (key !== undefined && states.length > 0) {
    const write = macsOf(key, scope);
    const macs = states.map(({ subject, times, consent, terms }) => {
      const mac = Buffer.alloc(macLength);
      write({ subject: Buffer.from(subject, 'hex'), times, text: `${consent}\n${terms}` }, mac, 0);
      return mac;
    });
    const subjectsOf = states.map(({ subject }) => subject);
    const versions = states.map(({ version }) => version);
    // two calls may read the same states: neither waits for the other, and their order excludes a deadlock
    const written = reader.query(
      `WITH locked AS (
         SELECT s.subject, m.mac FROM consent_standing AS s
           JOIN unnest($1::text[], $2::text[], $3::bytea[]) AS m (subject, version, mac) ON s.subject = decode(m.subject, 'hex')
          WHERE s.recipient = $4 AND s.dataset = $5 AND s.purpose = $6
            AND s.state = 'given' AND s.version = m.version::bigint AND s.mac IS DISTINCT FROM m.mac
          ORDER BY s.subject FOR UPDATE OF s SKIP LOCKED)
       UPDATE consent_standing AS s SET mac = locked.mac FROM locked
        WHERE s.subject = locked.subject AND s.recipient = $4 AND s.dataset = $5 AND s.purpose = $6`,
      [subjectsOf, versions, macs, recipient, dataset, purpose],
    );
    // without its MAC a state is compared with its seal again at the next call
    await written.catch(() => undefined);
  }
  return new Map(states.map((state) => [state.subject, state]));
}
