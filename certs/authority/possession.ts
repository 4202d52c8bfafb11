/**
 * Proof that the requester of a certificate also has a signing key: a compact JWS by that key over the request, with the public key in
 * the payload. The client makes it, the hub checks it.
 */
import type { Bilingual } from '../../terms/bilingual.ts';
import type { FaultWord } from '../../terms/factWords.ts';
import { createHash, type JsonWebKey } from 'node:crypto';
import { Problem } from '../../terms/problem.ts';
import { signJws, verifyJws } from '../jws.ts';
import { verificationKey, type SigningKey, type VerificationKey } from '../signatures/key.ts';
import { publicJwk } from '../thumbprint.ts';
import { defined } from '../../terms/defined.ts';

/** The purpose of the proof: it is invalid for another purpose. */
export type ProofUse = 'enrolment' | 'renewal';

const typeOf = (use: ProofUse): string => `datong-${use}+jws`;
/** maximum difference of `iat` from the hub's clock, in seconds */
const freshness = 300;

export interface PossessionClaims {
  /** the hub's public origin */
  readonly aud: string;
  /** certificate request, PEM */
  readonly csr: string;
  /** Unix seconds */
  readonly iat: number;
  /** the client's own department code; the hub rejects a proof with another one */
  readonly department?: string;
}

/** @returns compact JWS */
export function provePossession(use: ProofUse, claims: PossessionClaims, key: SigningKey): string {
  const { kty, crv, x, y } = publicJwk(key.privateKey);
  const jwk = { kty, crv, x, ...defined({ y }) };
  const { csr, ...rest } = claims;
  return signJws({ ...rest, csr: digestOf(csr), jwk }, key, { typ: typeOf(use) });
}

export interface ProvenKey {
  readonly key: VerificationKey;
  readonly department: string | undefined;
}

/**
 * @param expected the request that came with the proof, the hub's origin and its clock (Unix milliseconds)
 * @throws Problem enrolment_proof_invalid with the reason
 */
export async function checkPossession(
  use: ProofUse,
  proof: string,
  expected: { readonly aud: string; readonly csr: string; readonly now: number },
): Promise<ProvenKey> {
  const invalid = (reason: FaultWord | Bilingual): Problem =>
    new Problem('enrolment_proof_invalid', { reason });
  const claims = payloadOf(proof);
  if (claims === undefined) throw invalid('not a compact JWS with a JSON object');
  const key = keyOf(claims);
  if (key === undefined) throw invalid('jwk is neither a P-256 nor an Ed25519 public key');
  try {
    const { header } = await verifyJws(proof, () => key);
    if (header.typ !== typeOf(use))
      throw invalid({ zh: `typ 不是 ${typeOf(use)}`, en: `typ is not ${typeOf(use)}` });
    if (header.kid !== key.keyid) throw invalid('kid is not the thumbprint of jwk');
  } catch (error) {
    if (error instanceof Problem && error.code === 'jws_invalid')
      throw invalid('the signature is not of jwk');
    throw error;
  }
  if (claims['aud'] !== expected.aud)
    throw invalid({ zh: `aud 不是 ${expected.aud}`, en: `aud is not ${expected.aud}` });
  if (claims['csr'] !== digestOf(expected.csr)) throw invalid('csr is not the digest of the request sent');
  const { iat, department } = claims;
  if (typeof iat !== 'number' || Math.abs(expected.now / 1000 - iat) > freshness) {
    throw invalid({
      zh: `iat 与枢纽时钟相差超过 ${freshness} 秒`,
      en: `iat differs from the hub's clock by more than ${freshness} s`,
    });
  }
  return { key, department: typeof department === 'string' ? department : undefined };
}

const digestOf = (csr: string): string => createHash('sha256').update(csr).digest('base64url');

type Claims = Readonly<Record<string, unknown>>;

/** The payload before any verification: used only to find the key in it. */
function payloadOf(token: string): Claims | undefined {
  const [, payload, , ...rest] = token.split('.');
  if (token.length > 16_384 || payload === undefined || rest.length > 0) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Claims) : undefined;
  } catch {
    return undefined;
  }
}

function keyOf(claims: Claims): VerificationKey | undefined {
  const jwk = claims['jwk'];
  if (typeof jwk !== 'object' || jwk === null || 'd' in jwk) return undefined;
  try {
    return verificationKey(jwk as JsonWebKey);
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
