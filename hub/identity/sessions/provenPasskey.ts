/** Verifies a passkey's assertion: the challenge, the origin, the holder's presence, its key and its counter. */
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import { Problem } from '../../../terms/problem.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { usePasskey, type PasskeyRow } from '../store/passkeys.ts';
import { hostOf, refuse, type PasskeyServices } from './passkeyServices.ts';

/**
 * @param expectedChallenge of the device, base64url, or a function that checks the one that the browser signed
 * @returns work that stores the use in the transaction of the act; it rejects a counter that another use advanced in the meantime
 * @throws Problem passkey_invalid, and what the check of the challenge throws
 */
export async function provenPasskey(
  response: AuthenticationResponseJSON,
  row: PasskeyRow,
  expectedChallenge: string | ((challenge: string) => boolean),
  services: PasskeyServices,
): Promise<(transaction: Transaction) => Promise<void>> {
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response,
    expectedChallenge,
    expectedOrigin: services.origin,
    expectedRPID: hostOf(services),
    requireUserVerification: true,
    credential: { id: response.id, publicKey: new Uint8Array(row.publicKey), counter: row.signCount },
  }).catch(refuse);
  if (!verified) throw new Problem('passkey_invalid');
  const use = { id: row.id, before: row.signCount, count: authenticationInfo.newCounter };
  return async (transaction) => {
    if (!(await usePasskey(transaction, use))) throw new Problem('passkey_invalid');
  };
}
