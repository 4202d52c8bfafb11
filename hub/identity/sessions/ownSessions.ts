/**
 * Sessions of persons on their own page: a department's assertion gives a code, the code gives a cookie, and ten idle minutes end the
 * session.
 */
import { randomBytes } from 'node:crypto';
import { Problem } from '../../../terms/problem.ts';
import type { Reader } from '../../platform/database/reader.ts';
import {
  ownSessionByHash,
  seeOwnSession,
  type OwnSession,
} from '../../features/subjects/store/ownSessions.ts';
import { Refusal } from '../authentication/refusal.ts';
import type { SubjectCaller } from '../authentication/caller.ts';
import { secretHash } from '../secrets/secrets.ts';

const minute = 60_000;
/** How long a code is valid for the browser that was sent with it. */
export const codeLife = 2 * minute;
/** A session that is idle this long has ended. */
export const ownIdle = 10 * minute;
/** An active session ends after this time. */
export const ownLife = 30 * minute;

const form = /^[A-Za-z0-9_-]{43}$/;

/** 32 random bytes, base64url, and their hash. */
export function newOwnSecret(): { readonly secret: string; readonly hash: string } {
  const secret = randomBytes(32).toString('base64url');
  return { secret, hash: secretHash(secret) };
}

/** The session that waits for this code. @throws Problem own_code_invalid */
export async function waitingFor(code: string, now: number, reader: Reader): Promise<OwnSession> {
  const row = form.test(code) ? await ownSessionByHash(reader, secretHash(code), false, now) : undefined;
  if (row === undefined) throw new Problem('own_code_invalid');
  return row;
}

/**
 * The session of a cookie. It reads the database each time, so a session that is ended by one process is ended for all.
 * @throws Refusal own_session_ended: unknown, ended, expired or idle
 */
export async function ownCaller(
  secret: string | undefined,
  now: number,
  reader: Reader,
): Promise<SubjectCaller> {
  const known = secret !== undefined && form.test(secret);
  const row = known ? await ownSessionByHash(reader, secretHash(secret), true, now) : undefined;
  if (row === undefined) throw new Refusal(new Problem('own_session_ended'), { proven: {} });
  await seeOwnSession(reader, row.id, now + ownIdle);
  const { id, subject, commitment, department, presentedBy, assurance } = row;
  const sure = assurance === null ? {} : { assurance };
  return { kind: 'subject', session: id, subject, commitment, department, presentedBy, ...sure };
}
