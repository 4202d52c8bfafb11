/**
 * Limits the open connections of one client address and of a listener, before TLS begins. After a load balancer the address comes from its
 * PROXY header. The header is required from the configured proxies and accepted from no other address. Owns the counts.
 *
 * A full listener closes the oldest unproven connection of the address that has most of them, so that unauthenticated
 * clients with many addresses cannot exclude a department. A connection is proven when its client certificate was verified; it is never
 * closed for another one.
 */
import type { Server } from 'node:http';
import { BlockList, isIPv4, isIPv6, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { clientEnd } from './connections.ts';
import { readProxyHeader } from './proxyHeader.ts';

export interface ConnectionLimits {
  /** open connections of one address (IPv4), or of one /64 (IPv6) */
  readonly perAddress: number;
  /** addresses, or networks such as 10.0.0.0/8, whose PROXY header is accepted */
  readonly proxies: readonly string[];
}

/** Open connections of one listener. */
export const maxConnections = 4_096;

export interface LimitedConnections {
  /** Call when the client of a connection has proven who it is. */
  prove(socket: Socket): void;
}

export const defaultConnectionLimits: ConnectionLimits = { perAddress: 512, proxies: [] };

/** Time for a load balancer to send its PROXY header. */
const proxyHeaderTimeoutMs = 5_000;

const addresses = new WeakMap<Socket, string>();

/** The client's address: from the PROXY header, else of the socket itself. For sockets of requests. */
export const addressOf = (socket: Socket): string => addresses.get(socket) ?? socket.remoteAddress ?? '';

/** @param refused receives the reason of each connection that is closed at once */
export function limitConnections(
  server: Server,
  limits: ConnectionLimits,
  refused: (reason: string) => void,
  maxOpen = maxConnections,
): LimitedConnections {
  const open = new Map<string, number>();
  /** open ones, without those that are being closed for others */
  const counted = new Set<Socket>();
  const unproven = new UnprovenConnections();
  /** client's end of a connection → client address from its PROXY header */
  const proxied = new Map<string, string>();
  const isTrusted = trustedOf(limits.proxies);
  const listening = server.listeners('connection');
  server.removeAllListeners('connection');
  const close = (socket: Socket, reason: string): void => {
    refused(reason);
    socket.destroy();
  };
  /** @returns whether there was a connection to close */
  const makeRoom = (): boolean => {
    const oldest = unproven.takeOldestOfLargest();
    if (oldest === undefined) return false;
    counted.delete(oldest);
    close(oldest, 'connection_displaced');
    return true;
  };

  function admit(socket: Socket, address: string): void {
    const key = keyOf(address);
    const count = (open.get(key) ?? 0) + 1;
    if (count > limits.perAddress || (counted.size >= maxOpen && !makeRoom())) {
      close(socket, 'too_many_connections');
      return;
    }
    counted.add(socket);
    open.set(key, count);
    const end = clientEnd(socket);
    unproven.add(key, end, socket);
    socket.once('close', () => {
      counted.delete(socket);
      unproven.remove(end);
      const left = (open.get(key) ?? 1) - 1;
      if (left === 0) open.delete(key);
      else open.set(key, left);
    });
    if (address !== socket.remoteAddress) {
      proxied.set(end, address);
      socket.once('close', () => proxied.delete(end));
    }
    for (const listener of listening) listener.call(server, socket);
  }

  server.on('secureConnection', (socket: TLSSocket) => {
    const address = proxied.get(clientEnd(socket));
    if (address !== undefined) addresses.set(socket, address);
  });
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    if (!isTrusted(address)) admit(socket, address);
    else
      readProxyAddress(
        socket,
        (proxied) => admit(socket, proxied ?? address),
        (reason) => close(socket, reason),
      );
  });
  return { prove: (socket) => unproven.remove(clientEnd(socket)) };
}

/** Connections whose clients have not proven who they are, by address, the oldest first. */
class UnprovenConnections {
  private readonly byAddress = new Map<string, Map<string, Socket>>();
  /** client's end of a connection → address */
  private readonly addresses = new Map<string, string>();

  /** @param end the client's end of the connection */
  add(address: string, end: string, socket: Socket): void {
    const sockets = this.byAddress.get(address) ?? new Map<string, Socket>();
    this.byAddress.set(address, sockets.set(end, socket));
    this.addresses.set(end, address);
  }

  remove(end: string): void {
    const address = this.addresses.get(end);
    if (address === undefined) return;
    this.addresses.delete(end);
    const sockets = this.byAddress.get(address);
    sockets?.delete(end);
    if (sockets?.size === 0) this.byAddress.delete(address);
  }

  /** Removes the oldest connection of the address that has most of them. */
  takeOldestOfLargest(): Socket | undefined {
    let largest: ReadonlyMap<string, Socket> | undefined;
    for (const sockets of this.byAddress.values())
      if (largest === undefined || sockets.size > largest.size) largest = sockets;
    for (const [end, socket] of largest ?? []) {
      this.remove(end);
      return socket;
    }
    return undefined;
  }
}

/** Reads the PROXY header and puts the bytes after it back into the socket. */
function readProxyAddress(
  socket: Socket,
  done: (address: string | undefined) => void,
  refuse: (reason: string) => void,
): void {
  let read = Buffer.alloc(0);
  const ended = (): void => {
    clearTimeout(timer);
    socket.off('readable', more).off('error', ended).off('close', ended);
  };
  const timer = setTimeout(() => {
    ended();
    refuse('proxy_header_missing');
  }, proxyHeaderTimeoutMs).unref();
  function more(): void {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    read = Buffer.concat([read, chunk]);
    const header = readProxyHeader(read);
    if (header.kind === 'part') return;
    ended();
    if (header.kind === 'malformed') {
      refuse('proxy_header_malformed');
      return;
    }
    const rest = read.subarray(header.length);
    if (rest.length > 0) socket.unshift(rest);
    done(header.address);
  }
  socket.on('readable', more).once('error', ended).once('close', ended);
}

const unmapped = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/, '');

/** The key by which connections are counted: the IPv4 address, or the /64 of an IPv6 address, since one host may use all of it. */
export function keyOf(address: string): string {
  const plain = unmapped(address);
  if (!isIPv6(plain)) return plain;
  const [head = '', tail = ''] = plain.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const zeros = plain.includes('::')
    ? Array.from({ length: 8 - before.length - after.length }, () => '0')
    : [];
  return [...before, ...zeros, ...after]
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':');
}

function trustedOf(proxies: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [network = '', bits] = proxy.split('/');
    const family = isIPv4(network) ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(network, family);
    else list.addSubnet(network, Number(bits), family);
  }
  return (address) => {
    const plain = unmapped(address);
    return proxies.length > 0 && list.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
  };
}
