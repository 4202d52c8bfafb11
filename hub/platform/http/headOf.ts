import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { CallHead } from '../../identity/authentication/caller.ts';
import { readPeer } from '../../identity/tls/readPeer.ts';
import { addressOf } from './sockets/connectionLimits.ts';

/** Everything of a request except its body. @param targetUri from the configured origin, never from Host */
export function headOf(request: IncomingMessage, method: string, targetUri: string): CallHead {
  const { socket, rawHeaders, headers } = request;
  const tls = socket instanceof TLSSocket ? socket : undefined;
  const length = headers['content-length'];
  return {
    method,
    targetUri,
    rawHeaders,
    hasBody: headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) > 0),
    peer: tls === undefined ? undefined : readPeer(tls),
    address: addressOf(socket),
    certificate: () => tls?.getPeerX509Certificate(),
  };
}
