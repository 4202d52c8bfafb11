import type { KeyObject } from 'node:crypto';

/** Whether a key, private or public, may be certified for TLS: P-256, or RSA of 2048 to 4096 bits. `kind` is for a sentence, such as `rsa 1024`. */
export function acceptedTlsKey(key: KeyObject): { readonly accepted: boolean; readonly kind: string } {
  const { asymmetricKeyType: type = 'unknown', asymmetricKeyDetails: details } = key;
  if (type === 'ec') {
    const curve = details?.namedCurve ?? '';
    return { accepted: curve === 'prime256v1', kind: `ec ${curve}`.trim() };
  }
  if (type !== 'rsa') return { accepted: false, kind: type };
  const bits = details?.modulusLength ?? 0;
  const exponent = details?.publicExponent ?? 0n;
  return {
    accepted: bits >= 2048 && bits <= 4096 && exponent >= 65537n && exponent < 1n << 64n,
    kind: `rsa ${bits}`,
  };
}
