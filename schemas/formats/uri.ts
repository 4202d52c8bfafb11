/** An absolute URI (RFC 3986 §3). A port is digits up to 65535, an address in brackets is IPv6, every `%` begins two hexadecimal digits. */
export function uri(text: string): 'form' | 'host' | 'port' | undefined {
  const [, authority, path = ''] =
    /^[a-z][a-z0-9+.-]*:(?:\/\/([^/?#]*))?([^?#]*)(?:\?[^#]*)?(?:#.*)?$/is.exec(text) ?? [];
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text) || !isWritten(text)) return 'form';
  if (authority === undefined) return path.startsWith('//') || path === '' ? 'form' : undefined;
  const [, host = '', port] = /^(?:[^@[\]]*@)?(\[[^\]]*\]|[^:@[\]]*)(?::(\d*))?$/.exec(authority) ?? [];
  if (authority !== '' && host === '' && !/^(?:[^@[\]]*@)?(?::\d*)?$/.test(authority)) return 'port';
  if (host.startsWith('[') && !isIpv6(host.slice(1, -1))) return 'host';
  return Number(port ?? 0) > 65_535 ? 'port' : undefined;
}

/** Unreserved and reserved signs and percent-encodings; brackets belong to the host, one `#` to the fragment. */
function isWritten(text: string): boolean {
  const outside = text.replace(/^([^/?#]*\/\/[^/?#]*?)\[[^\]/?#]*\]/, '$1');
  return /^(?:[A-Za-z0-9\-._~:/?@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*(?:#(?:[A-Za-z0-9\-._~:/?@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*)?$/.test(
    outside,
  );
}

/** RFC 4291 §2.2: eight groups, a run of zeros shortened once, the last two as an IPv4 address. */
function isIpv6(text: string): boolean {
  const plain = text.replace(
    /(^|:)(\d{1,3}(?:\.\d{1,3}){3})$/,
    (whole: string, colon: string, ipv4: string) =>
      ipv4.split('.').every((part) => Number(part) <= 255 && String(Number(part)) === part)
        ? `${colon}0:0`
        : whole,
  );
  const [front = '', back, ...more] = plain.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const all = [...groups(front), ...groups(back ?? '')];
  if (more.length > 0 || !all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  return back === undefined ? all.length === 8 : all.length <= 7;
}
