/** A detached signature: a compact JWS without its payload (RFC 7515, appendix F), over canonical JSON. */
import { canonicalJson, type CanonicalValue } from '../terms/canonicalJson.ts';
import { Problem } from '../terms/problem.ts';
import { signJws, verifyJws, type VerifiedJws } from './jws.ts';
import type { SigningKey } from './signatures/key.ts';

/** @returns `header..signature` over the value's canonical JSON (RFC 8785) */
export function signDetached(
  value: CanonicalValue,
  key: SigningKey,
  header: Readonly<Record<string, string>>,
): string {
  const [protectedHeader = '', , signature = ''] = signJws(canonicalJson(value), key, header).split('.');
  return `${protectedHeader}..${signature}`;
}

/** @throws Problem jws_invalid for anything but a valid signature over this value */
export async function verifyDetached(
  value: CanonicalValue,
  signature: string,
  resolveKey: Parameters<typeof verifyJws>[1],
): Promise<VerifiedJws> {
  return verifyJws(attachPayload(value, signature), resolveKey);
}

/** @returns the compact JWS of a detached signature, unverified @throws Problem jws_invalid for another form than `header..signature` */
export function attachPayload(value: CanonicalValue, signature: string): string {
  const [protectedHeader = '', between, signed = '', ...others] = signature.split('.');
  if (between !== '' || others.length > 0) throw new Problem('jws_invalid', {}, { check: 'jws' });
  return `${protectedHeader}.${Buffer.from(canonicalJson(value)).toString('base64url')}.${signed}`;
}
