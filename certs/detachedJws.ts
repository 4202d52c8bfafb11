/** A detached signature: a compact JWS without its payload (RFC 7515, appendix F), over canonical JSON. */
import { canonicalJson, type CanonicalValue } from '../terms/canonicalJson.ts';
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
export function verifyDetached(
  value: CanonicalValue,
  signature: string,
  resolveKey: Parameters<typeof verifyJws>[1],
): Promise<VerifiedJws> {
  const [protectedHeader = '', , signed = ''] = signature.split('.');
  const payload = Buffer.from(canonicalJson(value)).toString('base64url');
  return verifyJws(`${protectedHeader}.${payload}.${signed}`, resolveKey);
}
