/**
 * The open sockets of one server. Owns the set of sockets, their calls in flight, the certificate of each, and the draining state. The
 * sockets of a revoked certificate are destroyed at once; a socket does not outlive its certificate.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { TlsPeer } from '../../../identity/authentication/caller.ts';

/** The remote address and port of a TCP connection: the same for the bare socket and for the TLS socket over it. */
export const remoteEndpoint = ({ remoteAddress = '', remotePort = 0 }: Socket): string =>
  `${remoteAddress} ${remotePort}`;

/** maximum delay of a timer: 2^31 − 1 ms */
const maxTimerMs = 2_147_483_647;

export interface Connections {
  /** Binds a socket to its client certificate. */
  bind(socket: Socket, peer: TlsPeer): void;
  /** Marks a socket as upgraded: it answers no more calls and draining does not close it; its user does. */
  upgraded(socket: Socket): void;
  /** Call with every reply before its headers are sent: while draining it adds `connection: close`. */
  beforeReply(response: ServerResponse): void;
  /** Whether a reply is in progress on this socket of which the head was sent. */
  isReplying(socket: Socket): boolean;
  /** Destroys every socket that was opened with this certificate. @returns how many */
  closeSerial(serial: string): number;
  /** Stops accepting, closes idle sockets, lets calls in flight finish, and resolves when the last socket is closed. */
  drain(): Promise<void>;
  /** Destroys every open socket, unfinished handshakes included. */
  cut(): void;
}

interface Connection {
  readonly socket: Socket;
  /** of the calls in progress on it */
  readonly replies: Set<ServerResponse>;
  isUpgraded: boolean;
}

const isIdle = ({ replies, isUpgraded }: Connection): boolean => replies.size === 0 && !isUpgraded;

export function trackConnections(server: Server): Connections {
  const bySerial = new Map<string, Set<Socket>>();
  /** every TCP connection by its remote endpoint */
  const open = new Map<string, Connection>();
  let draining = false;
  server.on('connection', (socket: Socket) => {
    if (socket instanceof TLSSocket) return; // the same connection again, after its handshake
    const endpoint = remoteEndpoint(socket);
    open.set(endpoint, { socket, replies: new Set(), isUpgraded: false });
    socket.once('close', () => open.delete(endpoint));
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const connection = open.get(remoteEndpoint(socket));
    if (connection === undefined) return;
    connection.replies.add(response);
    response.once('close', () => {
      connection.replies.delete(response);
      // its headers were sent before draining began, without `connection: close`
      if (draining && isIdle(connection)) socket.end();
    });
  });
  return {
    bind: (socket, peer) => {
      const sockets = bySerial.get(peer.serial) ?? new Set<Socket>();
      bySerial.set(peer.serial, sockets.add(socket));
      const left = Math.max(0, peer.notAfter - Date.now());
      const timer = setTimeout(() => socket.destroy(), Math.min(left, maxTimerMs)).unref();
      socket.once('close', () => {
        clearTimeout(timer);
        sockets.delete(socket);
        if (sockets.size === 0) bySerial.delete(peer.serial);
      });
    },
    upgraded: (socket) => {
      const connection = open.get(remoteEndpoint(socket));
      if (connection !== undefined) connection.isUpgraded = true;
    },
    beforeReply: (response) => {
      if (draining) response.setHeader('connection', 'close');
    },
    isReplying: (socket) =>
      [...(open.get(remoteEndpoint(socket))?.replies ?? [])].some(
        ({ headersSent, writableEnded }) => headersSent && !writableEnded,
      ),
    closeSerial: (serial) => {
      const sockets = [...(bySerial.get(serial) ?? [])];
      for (const socket of sockets) socket.destroy();
      return sockets.length;
    },
    drain: async () => {
      draining = true;
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        // the server does not track unfinished handshakes and sockets without a request, and no longer times them out
        for (const connection of open.values()) if (isIdle(connection)) connection.socket.destroy();
      });
    },
    cut: () => {
      for (const { socket } of open.values()) socket.destroy();
    },
  };
}
