import type { X509Certificate } from 'node:crypto';

const prefix = 'urn:datong:dept:';

/** The SAN URI that names a department in its certificate. */
export const departmentUri = (department: string): string => `${prefix}${department}`;

/** The SAN URI that names a hub in its own client certificate: no department is called so. */
export const hubUri = (hub: string): string => `urn:datong:hub:${hub}`;

/**
 * The department a certificate names: exactly one SAN URI `urn:datong:dept:<code>`, else undefined.
 * Only to be believed of a certificate that was verified against the hub's authority.
 */
export function departmentNamed(certificate: X509Certificate): string | undefined {
  const named = (certificate.subjectAltName ?? '')
    .split(', ')
    .filter((name) => name.startsWith(`URI:${prefix}`))
    .map((name) => name.slice(4 + prefix.length));
  const [only] = named;
  // Node quotes and escapes a name with odd characters; such a name is no department code (terms/ids.ts)
  return named.length === 1 &&
    only !== undefined &&
    /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(only) &&
    only.length >= 2 &&
    only.length <= 40
    ? only
    : undefined;
}
