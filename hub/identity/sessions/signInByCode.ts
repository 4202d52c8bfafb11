/** Signing in with a token and the six digits of an authenticator; neither alone opens a session. */
import type { KeyObject } from 'node:crypto';
import { randomBytes } from 'node:crypto';
import { Problem } from '../../../terms/problem.ts';
import type { Reader } from '../../platform/database/reader.ts';
import {
  authenticatorOf,
  countFailure,
  offerAuthenticator,
  takeStep,
  type AuthenticatorRow,
} from '../store/accounts.ts';
import type { Act, ActContext } from '../act.ts';
import type { StaffCaller } from '../authentication/caller.ts';
import { Refusal } from '../authentication/refusal.ts';
import { newSession, type SignedIn } from './newSession.ts';
import { base32, stepOf, openSecret, sealSecret } from './oneTimeCodes.ts';

const mostFailures = 5;
/** After so many wrong codes none is looked at for so long. */
const lockMilliseconds = 15 * 60_000;

export interface CodeServices {
  readonly reader: Reader;
  readonly sealing: KeyObject;
}

export interface OfferedAuthenticator {
  /** base 32, shown once */
  readonly secret: string;
  /** the same as authenticators read it from a picture or a link */
  readonly uri: string;
}

/**
 * An authenticator for whoever is proven by her token; it counts once it has shown a code.
 * @throws Problem authenticator_present: another one would need the old one, or a person who resets it
 */
export async function offer(
  staff: StaffCaller,
  { exchange }: ActContext,
  { reader, sealing }: CodeServices,
): Promise<Act<OfferedAuthenticator>> {
  const { person } = staff;
  const present = (await authenticatorOf(reader, person))?.confirmedAt ?? null;
  if (present !== null) throw new Problem('authenticator_present');
  const bytes = randomBytes(20);
  const secret = base32(bytes);
  return {
    reply: { secret, uri: `otpauth://totp/Datong:${person}?secret=${secret}&issuer=Datong` },
    change: { person, authenticator: 'offered' },
    work: async (transaction) => {
      const sealed = sealSecret(sealing, person, bytes);
      if (!(await offerAuthenticator(transaction, { person, secret: sealed, exchange })))
        throw new Problem('authenticator_present');
    },
    bumpsEpoch: false,
  };
}

/**
 * @param holder who the token belongs to
 * @throws Refusal authenticator_missing, code_invalid (wrong, or taken before), code_locked
 */
export async function signInByCode(
  holder: StaffCaller,
  code: string,
  context: ActContext,
  { reader, sealing }: CodeServices,
): Promise<Act<SignedIn>> {
  const { person, tokenId } = holder;
  const refuse = (problem: Problem): Refusal =>
    new Refusal(problem, { proven: { staff: tokenId, person }, claimed: undefined });
  const row = await authenticatorOf(reader, person);
  if (row === undefined) throw refuse(new Problem('authenticator_missing'));
  if (isLocked(row, context.now)) throw refuse(new Problem('code_locked'));
  const step = stepOf(openSecret(sealing, person, row.secret), code, context.now);
  if (step === undefined) {
    await countFailure(reader, { person, at: context.now, forgetAfter: lockMilliseconds });
    throw refuse(new Problem('code_invalid'));
  }
  return newSession(
    {
      person,
      way: 'totp',
      credential: tokenId,
      also: async (transaction) => {
        if (!(await takeStep(transaction, { person, step, at: context.now })))
          throw new Problem('code_invalid');
      },
    },
    context,
  );
}

const isLocked = ({ failures, failedAt }: AuthenticatorRow, now: number): boolean =>
  failures >= mostFailures && failedAt !== null && now < failedAt + lockMilliseconds;
