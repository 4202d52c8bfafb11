/**
 * The open sockets of one server. Owns: which socket belongs to which certificate, and whether the server is draining. A revoked
 * certificate's sockets are destroyed at once; a socket does not outlive its certificate.
 */
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { TlsPeer } from '../identity/caller.ts';

/** longest delay of a timer: 2^31 − 1 ms */
const longestTimer = 2_147_483_647;

export interface Connections {
  readonly draining: boolean;
  /** Ties a socket to the certificate it was opened with. */
  bind(socket: Socket, peer: TlsPeer): void;
  /** Called with every reply before its headers go out: while draining it announces the end of the connection. */
  before(response: ServerResponse): void;
  /** Destroys every socket that was opened with this certificate. @returns how many */
  closeSerial(serial: string): number;
  /** Stops accepting, lets calls in flight finish, ends when the last socket is closed. */
  drain(): Promise<void>;
}

/** @param clock Unix milliseconds */
export function trackConnections(server: Server, clock: () => number = Date.now): Connections {
  const bySerial = new Map<string, Set<Socket>>();
  let draining = false;
  return {
    get draining() {
      return draining;
    },
    bind: (socket, peer) => {
      const sockets = bySerial.get(peer.serial) ?? new Set<Socket>();
      bySerial.set(peer.serial, sockets.add(socket));
      const left = Math.max(0, peer.notAfter - clock());
      const timer = setTimeout(() => socket.destroy(), Math.min(left, longestTimer)).unref();
      socket.once('close', () => {
        clearTimeout(timer);
        sockets.delete(socket);
        if (sockets.size === 0) bySerial.delete(peer.serial);
      });
    },
    before: (response) => {
      if (draining) response.setHeader('connection', 'close');
    },
    closeSerial: (serial) => {
      const sockets = [...(bySerial.get(serial) ?? [])];
      for (const socket of sockets) socket.destroy();
      return sockets.length;
    },
    drain: async () => {
      draining = true;
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
    },
  };
}
