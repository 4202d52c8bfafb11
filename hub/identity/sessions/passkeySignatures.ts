/**
 * A passkey's signature under a document, not for sign-in (WebAuthn Level 2). The device answers the digest of the signed content. A
 * challenge within that content proves that the hub requested the signature, recently and only for this.
 */
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { thumbprint } from '../../../certs/thumbprint.ts';
import { Problem } from '../../../terms/problem.ts';
import type { Reader } from '../../platform/database/reader.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { passkeyByHash, passkeysOf } from '../store/passkeys.ts';
import { checkChallenge, newChallenge } from './challenge.ts';
import { passkeyHash } from './passkeys.ts';
import type { PasskeyServices } from './passkeyServices.ts';
import { provenPasskey } from './provenPasskey.ts';

export interface OwnPasskey {
  readonly id: string;
  readonly label: string;
  /** RFC 7638 thumbprint of its public key, by which mandates name it */
  readonly key: string;
  /** Unix milliseconds */
  readonly expiresAt: number;
}

/** The valid passkeys with which a person signs. @param now Unix milliseconds */
export async function ownPasskeys(reader: Reader, person: string, now: number): Promise<OwnPasskey[]> {
  const rows = (await passkeysOf(reader, person)).filter(
    ({ revokedAt, expiresAt }) => revokedAt === null && now < expiresAt,
  );
  return Promise.all(
    rows.map(async ({ id, label, publicKey, expiresAt }) => ({
      id,
      label,
      expiresAt,
      key: thumbprint(await publicJwkOf(publicKey)),
    })),
  );
}

/** @param signed digest of what is to be signed, without this challenge */
export const signatureOffer = (signed: string, now: number, challenges: KeyObject): string =>
  newChallenge(challenges, `signature under ${signed}`, now);

export interface PasskeyAnswer {
  readonly publicKey: JsonWebKey;
  /** stores the answered challenge in the transaction of the act. @throws Problem challenge_invalid, passkey_invalid */
  readonly work: (transaction: Transaction) => Promise<void>;
}

/**
 * @param asked.signed digest of what is signed, without the offer @param asked.challenge of the device, base64url
 * @throws Problem challenge_invalid (not requested by this hub, for another purpose, too old), passkey_invalid (also another person's)
 */
export async function answeredByPasskey(
  person: string,
  response: AuthenticationResponseJSON,
  requested: { readonly signed: string; readonly offer: string; readonly challenge: string },
  now: number,
  services: PasskeyServices,
): Promise<PasskeyAnswer> {
  const challenged = checkChallenge(
    services.challenges,
    `signature under ${requested.signed}`,
    requested.offer,
    now,
  );
  const row = await passkeyByHash(services.reader, passkeyHash(response.id));
  const counts = row?.person === person && row.revokedAt === null && now < row.expiresAt;
  if (!counts) throw new Problem('passkey_invalid');
  const use = await provenPasskey(response, row, requested.challenge, services);
  return {
    publicKey: await publicJwkOf(row.publicKey),
    work: async (transaction) => {
      await challenged.answer(transaction);
      await use(transaction);
    },
  };
}

/**
 * A COSE key (RFC 9053) as a JWK with only its thumbprint members. @throws Problem passkey_invalid for kinds that cannot be registered
 */
async function publicJwkOf(cose: Uint8Array): Promise<JsonWebKey> {
  const { decodeCredentialPublicKey, cose: names } = await import('@simplewebauthn/server/helpers');
  const key = decodeCredentialPublicKey(new Uint8Array(cose));
  const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('base64url');
  if (names.isCOSEPublicKeyEC2(key) && key.get(names.COSEKEYS.crv) === 1)
    return {
      crv: 'P-256',
      kty: 'EC',
      x: text(key.get(names.COSEKEYS.x)),
      y: text(key.get(names.COSEKEYS.y)),
    };
  if (names.isCOSEPublicKeyRSA(key))
    return { e: text(key.get(names.COSEKEYS.e)), kty: 'RSA', n: text(key.get(names.COSEKEYS.n)) };
  throw new Problem('passkey_invalid');
}
