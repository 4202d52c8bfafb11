/**
 * The open sockets of one server. Owns: which sockets there are, which of them answer a call, which belongs to which certificate, and
 * whether the server is draining. A revoked certificate's sockets are destroyed at once; a socket does not outlive its certificate.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { endOf } from './endOf.ts';
import type { TlsPeer } from '../../identity/authentication/caller.ts';

/** longest delay of a timer: 2^31 − 1 ms */
const longestTimer = 2_147_483_647;

export interface Connections {
  readonly draining: boolean;
  /** Ties a socket to the certificate it was opened with. */
  bind(socket: Socket, peer: TlsPeer): void;
  /** A socket that answers no calls any more and is in use until it closes: draining leaves it to whoever uses it. */
  keep(socket: Socket): void;
  /** Called with every reply before its headers go out: while draining it announces the end of the connection. */
  before(response: ServerResponse): void;
  /** Destroys every socket that was opened with this certificate. @returns how many */
  closeSerial(serial: string): number;
  /** Stops accepting, closes what answers nothing, lets calls in flight finish, ends when the last socket is closed. */
  drain(): Promise<void>;
  /** Destroys whatever is still open, half-open handshakes included. */
  cut(): void;
}

/** @param clock Unix milliseconds */
export function trackConnections(server: Server, clock: () => number = Date.now): Connections {
  const bySerial = new Map<string, Set<Socket>>();
  /** every TCP connection by the client's end of it → calls under way on it */
  const open = new Map<string, { readonly socket: Socket; calls: number }>();
  let draining = false;
  server.on('connection', (socket: Socket) => {
    if (socket instanceof TLSSocket) return; // the same connection once more, when its handshake is done
    const end = endOf(socket);
    open.set(end, { socket, calls: 0 });
    socket.once('close', () => open.delete(end));
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const connection = open.get(endOf(socket));
    if (connection === undefined) return;
    connection.calls += 1;
    response.once('close', () => {
      connection.calls -= 1;
      // its headers went out before the draining began, and announced nothing
      if (draining && connection.calls === 0) socket.end();
    });
  });
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
    keep: (socket) => {
      const connection = open.get(endOf(socket));
      if (connection !== undefined) connection.calls += 1;
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
        // the server itself knows neither handshakes under way nor sockets that never asked anything, and stops timing them out
        for (const { socket, calls } of open.values()) if (calls === 0) socket.destroy();
      });
    },
    cut: () => {
      for (const { socket } of open.values()) socket.destroy();
    },
  };
}
