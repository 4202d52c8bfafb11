import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { serialOf, departmentNamed } from '../../../certs/authority/identifiers.ts';
import { departmentCode } from '../../../terms/ids.ts';
import type { TlsPeer } from '../authentication/caller.ts';

const peers = new WeakMap<Socket, TlsPeer>();

/**
 * Reads the client certificate of a socket whose listener requires one of the hub's authority; undefined where TLS did not verify it.
 * Read once per socket: parsing it for every request would cost more than verifying the signature.
 */
export function readPeer(socket: Socket): TlsPeer | undefined {
  const known = peers.get(socket);
  if (known !== undefined) return known;
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  const named = departmentNamed(certificate);
  const peer: TlsPeer = {
    serial: serialOf(certificate.serialNumber),
    department: named === undefined ? undefined : departmentCode(named),
    notAfter: Date.parse(certificate.validTo),
  };
  peers.set(socket, peer);
  return peer;
}
