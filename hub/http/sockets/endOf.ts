import type { Socket } from 'node:net';

/** The client's end of a TCP connection: the same of the bare socket and of the TLS socket over it. */
export const endOf = ({ remoteAddress = '', remotePort = 0 }: Socket): string =>
  `${remoteAddress} ${remotePort}`;
