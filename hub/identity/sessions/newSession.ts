import { randomBytes } from 'node:crypto';
import { insertSession, type WayIn } from '../store/sessions.ts';
import type { Act, ActContext } from '../act.ts';
import { randomText } from '../secrets/randomText.ts';
import { secretHash } from '../secrets/secretHash.ts';

const hour = 3_600_000;
/** A working day: nobody stays signed in over night. */
const lifeMilliseconds = 8 * hour;

export interface SignedIn {
  readonly id: string;
  readonly person: string;
  readonly way: WayIn;
  /** RFC 3339 */
  readonly expires: string;
  /** the cookie's value, never kept: 32 random bytes, base64url */
  readonly secret: string;
}

export interface SessionStart {
  readonly person: string;
  readonly way: WayIn;
  /** id of the credential she proved herself by, with which the session ends; null in the demo */
  readonly credential: string | null;
  /** what else changes with it */
  readonly also?: NonNullable<Act<SignedIn>['work']>;
}

/** A session of a name and a secret that nobody knew before: whatever cookie the browser brought is not looked at. */
export function newSession(start: SessionStart, { exchange, now }: ActContext): Act<SignedIn> {
  const { person, way, credential, also } = start;
  const id = randomText(10).toLowerCase();
  const secret = randomBytes(32).toString('base64url');
  const expiresAt = now + lifeMilliseconds;
  const expires = new Date(expiresAt).toISOString();
  return {
    reply: { id, person, way, expires, secret },
    change: { session: id, person, way, expires, ...(credential === null ? {} : { credential }) },
    work: async (transaction) => {
      await also?.(transaction);
      const row = { id, hash: secretHash(secret), person, way, credential, begunAt: now, expiresAt };
      await insertSession(transaction, row, exchange);
    },
    bumpsEpoch: false,
  };
}
