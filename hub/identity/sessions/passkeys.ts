/**
 * Passkeys (WebAuthn Level 2): an authenticated person registers one, and can sign in with it without a password. The device verifies its
 * holder (user verification) and the browser names the origin. The hub makes the challenge, which is answered once.
 */
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { Problem } from '../../../terms/problem.ts';
import { insertPasskey, passkeyByHash } from '../store/passkeys.ts';
import type { Act, ActContext } from '../act.ts';
import type { StaffCaller } from '../authentication/caller.ts';
import { secretHash, randomText } from '../secrets/secrets.ts';
import { checkChallenge, newChallenge, type Challenged } from './challenge.ts';
import { newSession, type SignedIn } from './newSession.ts';
import { hostOf, refuse, type PasskeyServices } from './passkeyServices.ts';
import { provenPasskey } from './provenPasskey.ts';

const year = 366 * 86_400_000;
/** ES256, then RS256: what devices offer (COSE algorithm numbers) */
const algorithms = [-7, -257];

/** `PublicKeyCredentialCreationOptionsJSON`: what the browser is asked to make. */
export function registrationOptions(staff: StaffCaller, now: number, services: PasskeyServices): object {
  return {
    rp: { name: 'Datong 打通', id: hostOf(services) },
    user: {
      id: Buffer.from(staff.person).toString('base64url'),
      name: staff.name,
      displayName: staff.name,
    },
    challenge: newChallenge(services.challenges, useOf(staff.person), now),
    pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
    timeout: 300_000,
    attestation: 'none',
    authenticatorSelection: {
      residentKey: 'required',
      requireResidentKey: true,
      userVerification: 'required',
    },
  };
}

/** `PublicKeyCredentialRequestOptionsJSON`: any passkey of this hub that the device holds. */
export const signInOptions = (now: number, services: PasskeyServices): object => ({
  challenge: newChallenge(services.challenges, 'sign in', now),
  rpId: hostOf(services),
  timeout: 300_000,
  userVerification: 'required',
});

/** @throws Problem passkey_invalid, challenge_invalid */
export async function registerPasskey(
  staff: StaffCaller,
  { response, label }: { readonly response: RegistrationResponseJSON; readonly label: string },
  { exchange, now }: ActContext,
  services: PasskeyServices,
): Promise<Act<{ readonly id: string }>> {
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
  const requested = challengeIn(services, useOf(staff.person), now);
  const verified = await verifyRegistrationResponse({
    response,
    expectedChallenge: requested.check,
    expectedOrigin: services.origin,
    expectedRPID: hostOf(services),
    requireUserVerification: true,
    supportedAlgorithmIDs: algorithms,
  }).catch(refuse);
  if (!verified.verified) throw new Problem('passkey_invalid');
  const { credential } = verified.registrationInfo;
  const id = randomText(10).toLowerCase();
  return {
    reply: { id },
    change: { credential: id, person: staff.person, way: 'passkey' },
    work: async (transaction) => {
      await requested.challenged().answer(transaction);
      const row = {
        id,
        hash: passkeyHash(credential.id),
        person: staff.person,
        publicKey: credential.publicKey,
        signCount: credential.counter,
        label,
        expiresAt: now + year,
      };
      await insertPasskey(transaction, row, exchange);
    },
    bumpsEpoch: true,
  };
}

/** @throws Problem passkey_invalid (also of one that is not known here), challenge_invalid */
export async function signInByPasskey(
  response: AuthenticationResponseJSON,
  context: ActContext,
  services: PasskeyServices,
): Promise<Act<SignedIn>> {
  const row = await passkeyByHash(services.reader, passkeyHash(response.id));
  if (row === undefined || row.revokedAt !== null || context.now >= row.expiresAt)
    throw new Problem('passkey_invalid');
  const requested = challengeIn(services, 'sign in', context.now);
  const use = await provenPasskey(response, row, requested.check, services);
  return newSession(
    {
      person: row.person,
      way: 'passkey',
      credential: row.id,
      also: async (transaction) => {
        await requested.challenged().answer(transaction);
        await use(transaction);
      },
    },
    context,
  );
}

const useOf = (person: string): string => `passkey of ${person}`;
export const passkeyHash = (id: string): string => secretHash(`passkey ${id}`);

/** The library passes the challenge that the browser signed. Our check runs first, because the library's errors are less specific. */
function challengeIn(
  services: PasskeyServices,
  use: string,
  now: number,
): { readonly check: (challenge: string) => boolean; readonly challenged: () => Challenged } {
  let found: Challenged | undefined;
  return {
    check: (challenge) => {
      found = checkChallenge(services.challenges, use, challenge, now);
      return true;
    },
    challenged: () => {
      if (found === undefined) throw new Problem('challenge_invalid');
      return found;
    },
  };
}
