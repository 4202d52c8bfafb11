/** Signing keys of the profile: P-256 (signature = r‖s, 64 bytes) and Ed25519. */
import { fill, type Bilingual } from '../../terms/bilingual.ts';
import type { FaultWord } from '../../terms/factWords.ts';
import { createPrivateKey, createPublicKey, type JsonWebKey, KeyObject, sign, verify } from 'node:crypto';
import type { KeyId } from '../../terms/ids.ts';
import { Problem } from '../../terms/problem.ts';
import type { SignatureAlgorithm } from '../message.ts';
import { thumbprint } from '../thumbprint.ts';

export interface SigningKey {
  readonly keyid: KeyId;
  readonly alg: SignatureAlgorithm;
  readonly privateKey: KeyObject;
}

export interface VerificationKey {
  readonly keyid: KeyId;
  readonly alg: SignatureAlgorithm;
  readonly publicKey: KeyObject;
}

/** Bytes of a signature, the same for both algorithms. */
export const signatureLength = 64;

/**
 * The algorithm a key signs with.
 * @throws Problem key_malformed for any key that is neither P-256 nor Ed25519
 */
function algorithmOf(key: KeyObject): SignatureAlgorithm {
  if (key.asymmetricKeyType === 'ed25519') return 'ed25519';
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1')
    return 'ecdsa-p256-sha256';
  throw new Problem('key_malformed', {
    reason: fill(
      { zh: '{found} 既不是 P-256 也不是 Ed25519', en: '{found} is neither P-256 nor Ed25519' },
      { found: key.asymmetricKeyType ?? key.type },
    ),
  });
}

/** @param source private key as KeyObject, JWK or PEM (PKCS#8 or SEC 1). @throws Problem key_malformed */
export function signingKey(source: KeyObject | JsonWebKey | string): SigningKey {
  const privateKey = parsed(() =>
    source instanceof KeyObject
      ? source
      : typeof source === 'string'
        ? createPrivateKey(source)
        : createPrivateKey({ key: source, format: 'jwk' }),
  );
  const alg = algorithmOf(privateKey);
  if (isJwk(source)) checkJwkPurpose(source, alg, ['sign']);
  return { keyid: thumbprint(privateKey), alg, privateKey };
}

/** @param source public key as KeyObject, JWK or PEM; a private one gives its public half. @throws Problem key_malformed */
export function verificationKey(source: KeyObject | JsonWebKey | string): VerificationKey {
  const publicKey = parsed(() =>
    source instanceof KeyObject
      ? source.type === 'private'
        ? createPublicKey(source)
        : source
      : typeof source === 'string'
        ? createPublicKey(source)
        : createPublicKey({ key: source, format: 'jwk' }),
  );
  const alg = algorithmOf(publicKey);
  // the public half of a signing key is what verifies
  if (isJwk(source)) checkJwkPurpose(source, alg, source.d === undefined ? ['verify'] : ['verify', 'sign']);
  return { keyid: thumbprint(publicKey), alg, publicKey };
}

const isJwk = (source: KeyObject | JsonWebKey | string): source is JsonWebKey =>
  typeof source === 'object' && !(source instanceof KeyObject);

/** The names of the algorithm in a JWK (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2). */
const jwkAlgorithms: Readonly<Record<SignatureAlgorithm, readonly string[]>> = {
  'ecdsa-p256-sha256': ['ES256'],
  ed25519: ['EdDSA', 'Ed25519'],
};

/**
 * Checks that a JWK is used only for its stated purpose: `use`, `key_ops` and `alg` (RFC 7517 §4.2–4.4) each reject what they exclude.
 * @param operations those of which `key_ops` must allow one
 * @throws Problem key_malformed
 */
function checkJwkPurpose(jwk: JsonWebKey, alg: SignatureAlgorithm, operations: readonly string[]): void {
  const { use, key_ops: allowed, alg: named } = jwk;
  if (use !== undefined && use !== 'sig') throw unfit('its use is not "sig"');
  if (
    allowed !== undefined &&
    !(Array.isArray(allowed) && operations.some((operation) => allowed.includes(operation)))
  )
    throw unfit({
      zh: `其 key_ops 不含“${operations[0] ?? ''}”`,
      en: `its key_ops do not include "${operations[0] ?? ''}"`,
    });
  if (named !== undefined && !(typeof named === 'string' && jwkAlgorithms[alg].includes(named)))
    throw unfit({
      zh: `其 alg 不是 ${jwkAlgorithms[alg].join(' 或 ')}`,
      en: `its alg is not ${jwkAlgorithms[alg].join(' or ')}`,
    });
}

const unfit = (reason: FaultWord | Bilingual): Problem => new Problem('key_malformed', { reason });

function parsed(read: () => KeyObject): KeyObject {
  try {
    return read();
  } catch {
    throw new Problem('key_malformed', { reason: 'neither a JWK nor a PEM key' });
  }
}

/** 64 signature bytes over `bytes`. Blocks the thread for about 26 µs; for many concurrent replies use `signInPool`. */
export function signBytes(bytes: Uint8Array, key: SigningKey): Buffer {
  return sign(digestOf(key), bytes, inRawForm(key.privateKey));
}

/** The same, computed in the thread pool; it takes about 5 µs of the calling thread. */
export function signInPool(bytes: Uint8Array, key: SigningKey): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    sign(digestOf(key), bytes, inRawForm(key.privateKey), (error, signature) => {
      if (error === null) resolve(signature);
      else reject(error);
    });
  });
}

/**
 * Whether the signature is the key's over `bytes`; false also for a signature of another length, such as DER. Blocks the thread for about
 * 72 µs; for many concurrent requests use `verifyInPool`.
 */
export function verifyBytes(bytes: Uint8Array, signature: Uint8Array, key: VerificationKey): boolean {
  if (signature.length !== signatureLength) return false;
  return verify(digestOf(key), bytes, inRawForm(key.publicKey), signature);
}

/** The same, computed in the thread pool; it takes about 9 µs of the calling thread. */
export function verifyInPool(
  bytes: Uint8Array,
  signature: Uint8Array,
  key: VerificationKey,
): Promise<boolean> {
  if (signature.length !== signatureLength) return Promise.resolve(false);
  return new Promise((resolve, reject) => {
    verify(digestOf(key), bytes, inRawForm(key.publicKey), signature, (error, good) => {
      if (error === null) resolve(good);
      else reject(error);
    });
  });
}

/** Ed25519 needs no separate hash. */
const digestOf = ({ alg }: { readonly alg: SignatureAlgorithm }): 'sha256' | null =>
  alg === 'ed25519' ? null : 'sha256';

/** ECDSA as r‖s; Ed25519 ignores it, because its signatures have one form. */
const inRawForm = (key: KeyObject): { readonly key: KeyObject; readonly dsaEncoding: 'ieee-p1363' } => ({
  key,
  dsaEncoding: 'ieee-p1363',
});
