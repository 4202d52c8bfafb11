import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { DepartmentCode } from '../../terms/ids.ts';
import { departmentCode } from '../../terms/ids.ts';
import type { TlsPeer } from '../identity/caller.ts';

const scheme = 'URI:urn:datong:dept:';

/** The client certificate of a socket after its handshake; undefined where the client showed none. */
export function readTlsPeer(socket: TLSSocket): TlsPeer | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  return {
    serial: certificate.serialNumber.toLowerCase(),
    department: departmentOf(certificate),
    notAfter: Date.parse(certificate.validTo),
  };
}

/** The one SAN URI that names a department; undefined where there is none, or more than one. */
function departmentOf(certificate: X509Certificate): DepartmentCode | undefined {
  const names = (certificate.subjectAltName ?? '').split(', ').filter((name) => name.startsWith(scheme));
  const [name] = names;
  if (name === undefined || names.length > 1) return undefined;
  try {
    return departmentCode(name.slice(scheme.length));
  } catch {
    return undefined;
  }
}
