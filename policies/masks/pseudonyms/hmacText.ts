import { createHmac, hash } from 'node:crypto';
import { block, longest, padded } from '../../../log/hmac.ts';

/**
 * HMAC (RFC 2104) of texts under one key, as base64url or hex: H((K ⊕ opad) ‖ H((K ⊕ ipad) ‖ text)) by two one-shot hashes over buffers that hold
 * the padded key. Half the time of createHmac, whose set-up costs more than hashing an identifier. SHA-256 and SM3 both have blocks of
 * 64 bytes.
 * @param key at most 64 bytes
 */
export function hmacText(
  algorithm: 'sha256' | 'sm3',
  key: Uint8Array,
  encoding: 'base64url' | 'hex' = 'base64url',
): (text: string) => string {
  const inner = padded(key, 0x36, longest);
  const outer = padded(key, 0x5c, 32);
  const views = Array.from({ length: longest + 1 }, (_, length) => inner.subarray(0, block + length));
  return (text) => {
    if (text.length > longest / 3) return createHmac(algorithm, key).update(text).digest(encoding);
    const length = inner.write(text, block, isAscii(text) ? 'binary' : 'utf8');
    outer.write(hash(algorithm, views[length] ?? inner, 'binary'), block, 'binary');
    return hash(algorithm, outer, encoding);
  };
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 126) return false;
  return true;
}
