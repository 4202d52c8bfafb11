/**
 * The PROXY protocol, versions 1 and 2 (haproxy.org/download/3.0/doc/proxy-protocol.txt): a load balancer sends the client's address as the
 * first bytes of a connection. Pure; the caller decides whose header is accepted.
 */
export type ProxyHeader =
  /** more bytes are needed */
  | { readonly kind: 'part' }
  | { readonly kind: 'malformed' }
  /** @param address undefined for a connection of the balancer's own (a health check), or a family without addresses */
  | { readonly kind: 'whole'; readonly length: number; readonly address: string | undefined };

const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
/** Maximum length of a version 1 header, its line end included. */
const maxLineLength = 107;

export function readProxyHeader(bytes: Buffer): ProxyHeader {
  const seen = Math.min(bytes.length, signature.length);
  if (bytes.subarray(0, seen).equals(signature.subarray(0, seen))) {
    return bytes.length < 16 ? { kind: 'part' } : versionTwo(bytes);
  }
  return versionOne(bytes);
}

function versionOne(bytes: Buffer): ProxyHeader {
  const line = bytes.subarray(0, maxLineLength).toString('latin1');
  if (!line.startsWith('PROXY '.slice(0, line.length))) return { kind: 'malformed' };
  const end = line.indexOf('\r\n');
  if (end < 0) return { kind: line.length < maxLineLength ? 'part' : 'malformed' };
  const [, family, source] = line.slice(0, end).split(' ');
  if (family === 'UNKNOWN') return { kind: 'whole', length: end + 2, address: undefined };
  const known =
    (family === 'TCP4' || family === 'TCP6') && source !== undefined && /^[0-9a-fA-F.:]+$/.test(source);
  return known ? { kind: 'whole', length: end + 2, address: source } : { kind: 'malformed' };
}

function versionTwo(bytes: Buffer): ProxyHeader {
  const [versionAndCommand = 0, family = 0] = bytes.subarray(12, 14);
  const length = 16 + bytes.readUInt16BE(14);
  const command = versionAndCommand & 0x0f;
  if (versionAndCommand >> 4 !== 2 || command > 1) return { kind: 'malformed' };
  if (bytes.length < length) return { kind: 'part' };
  const addresses = bytes.subarray(16, length);
  return { kind: 'whole', length, address: command === 0 ? undefined : sourceOf(family >> 4, addresses) };
}

function sourceOf(family: number, addresses: Buffer): string | undefined {
  if (family === 1 && addresses.length >= 12) return [...addresses.subarray(0, 4)].join('.');
  if (family !== 2 || addresses.length < 36) return undefined;
  const groups = Array.from({ length: 8 }, (_, i) => addresses.readUInt16BE(2 * i).toString(16));
  return groups.join(':');
}
