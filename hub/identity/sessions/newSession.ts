import { randomBytes } from 'node:crypto';
import {
  insertSession,
  type WayIn,
  seeSession,
  sessionByHash,
  endSession as endRow,
  sessionById,
} from '../store/sessions.ts';
import type { Act, ActContext } from '../act.ts';
import { secretHash, randomText } from '../secrets/secrets.ts';
import { Problem } from '../../../terms/problem.ts';
import type { Reader } from '../../platform/database/reader.ts';
import type { StaffCaller } from '../authentication/caller.ts';
import type { Directory } from '../directory/directory.ts';
import { Refusal } from '../authentication/refusal.ts';
import { staffCallerOf } from '../authentication/staffCallerOf.ts';
import { present } from '../../../terms/defined.ts';

const hour = 3_600_000;
/** One working day: sessions do not last overnight. */
const lifeMilliseconds = 8 * hour;

export interface SignedIn {
  readonly id: string;
  readonly person: string;
  readonly way: WayIn;
  /** RFC 3339 */
  readonly expires: string;
  /** the cookie's value, never stored: 32 random bytes, base64url */
  readonly secret: string;
}

export interface SessionStart {
  readonly person: string;
  readonly way: WayIn;
  /** id of the credential that proved the person; the session ends with it; null in the demo */
  readonly credential: string | null;
  /** what else changes with it */
  readonly also?: NonNullable<Act<SignedIn>['work']>;
}

/** Makes a session with a new id and a new secret; a cookie that the browser sent is ignored. */
export function newSession(start: SessionStart, { exchange, now }: ActContext): Act<SignedIn> {
  const { person, way, credential, also } = start;
  const id = randomText(10).toLowerCase();
  const secret = randomBytes(32).toString('base64url');
  const expiresAt = now + lifeMilliseconds;
  const expires = new Date(expiresAt).toISOString();
  return {
    reply: { id, person, way, expires, secret },
    change: { session: id, person, way, expires, ...present({ credential }) },
    work: async (transaction) => {
      await also?.(transaction);
      const row = { id, hash: secretHash(secret), person, way, credential, begunAt: now, expiresAt };
      await insertSession(transaction, row, exchange);
    },
    bumpsEpoch: false,
  };
}

const minute = 60_000;

/** A session that is idle this long has ended. */
const idleMilliseconds = 30 * minute;

const form = /^[A-Za-z0-9_-]{43}$/;

/**
 * Returns the session of a cookie. It reads the database each time, so a session that is ended by one process is ended for all.
 * @param now Unix milliseconds @param at.isUse whether its idle time begins again
 * @throws Refusal session_ended: unknown, ended, expired, idle, of a revoked credential or of a person who is not active any more
 */
export async function sessionCaller(
  secret: string,
  now: number,
  {
    reader,
    directory,
    isUse,
  }: { readonly reader: Reader; readonly directory: Directory; readonly isUse: boolean },
): Promise<StaffCaller> {
  const row = form.test(secret) ? await sessionByHash(reader, secretHash(secret)) : undefined;
  const person = row === undefined ? undefined : directory.persons.get(row.person);
  const over =
    row === undefined ||
    row.endedAt !== null ||
    row.revokedAt !== null ||
    now >= row.expiresAt ||
    now >= row.seenAt + idleMilliseconds;
  if (over || person?.state !== 'active') {
    throw new Refusal(new Problem('session_ended'), { proven: {}, claimed: { token: row?.id } });
  }
  if (isUse && now >= row.seenAt + minute) await seeSession(reader, row.id, now);
  return {
    ...staffCallerOf(person, row, directory, now),
    session: { way: row.way, begun: row.begunAt, expires: row.expiresAt },
  };
}

/**
 * Ends a session: the caller's own (signing out) or another's. Ending an ended session changes nothing. @throws Problem session_unknown
 */
export async function endSession(
  request: { readonly id: string; readonly reason: string },
  { exchange, now }: ActContext,
  reader: Reader,
): Promise<Act<{ readonly id: string }>> {
  const row = await sessionById(reader, request.id);
  if (row === undefined) throw new Problem('session_unknown');
  return {
    reply: { id: row.id },
    change: { session: row.id, person: row.person, reason: request.reason },
    work: async (transaction) => {
      await endRow(transaction, { id: row.id, at: now, exchange });
    },
    // pending decisions made for this session are repeated
    bumpsEpoch: true,
  };
}
