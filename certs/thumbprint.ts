import { asIs } from '../terms/bilingual.ts';
import { createHash, createPublicKey, type JsonWebKey, KeyObject } from 'node:crypto';
import { keyId, type KeyId } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';

/** Members that make a thumbprint, in lexicographic order, by key type (RFC 7638 §3.2, RFC 8037 §2). */
const members: Readonly<Record<string, readonly (keyof JsonWebKey)[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
};

/**
 * The RFC 7638 SHA-256 thumbprint of a public key, 43 base64url characters: the `keyid` of the profile. A private key gives the
 * thumbprint of its public key.
 * @throws Problem key_malformed
 */
export function thumbprint(key: JsonWebKey | KeyObject): KeyId {
  const jwk = key instanceof KeyObject ? publicJwk(key) : key;
  const named = Object.hasOwn(members, jwk.kty ?? '') ? members[jwk.kty ?? ''] : undefined;
  if (named === undefined) throw new Problem('key_malformed', { reason: asIs(`kty ${String(jwk.kty)}`) });
  const parts = named.map((member) => {
    const value: unknown = jwk[member];
    if (typeof value !== 'string')
      throw new Problem('key_malformed', {
        reason: { zh: `缺少 ${member}`, en: `member ${member} is missing` },
      });
    return `${JSON.stringify(member)}:${JSON.stringify(value)}`;
  });
  return keyId(
    createHash('sha256')
      .update(`{${parts.join(',')}}`)
      .digest('base64url'),
  );
}

/** The public key as a JWK with only its thumbprint members. */
export function publicJwk(key: KeyObject): JsonWebKey {
  return (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
}
