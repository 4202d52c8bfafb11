import { Problem } from '../../../terms/problem.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { seeSession, sessionByHash } from '../store/sessions.ts';
import type { StaffCaller } from '../authentication/caller.ts';
import type { Directory } from '../directory/directory.ts';
import { Refusal } from '../authentication/refusal.ts';
import { staffCallerOf } from '../authentication/staffCallerOf.ts';
import { secretHash } from '../secrets/secretHash.ts';

const minute = 60_000;
/** Unattended so long, a session has ended. */
const idleMilliseconds = 30 * minute;
const form = /^[A-Za-z0-9_-]{43}$/;

/**
 * Whose session a cookie is. It is looked up in the database each time, so a session that was ended anywhere is ended everywhere.
 * @param now Unix milliseconds
 * @throws Refusal session_ended: unknown, ended, over, left alone, of a revoked credential or of a person who is not here any more
 */
export async function sessionCaller(
  secret: string,
  now: number,
  { reader, directory }: { readonly reader: Reader; readonly directory: Directory },
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
  if (now >= row.seenAt + minute) await seeSession(reader, row.id, now);
  return {
    ...staffCallerOf(person, row, directory, now),
    session: { way: row.way, begun: row.begunAt, expires: row.expiresAt },
  };
}
