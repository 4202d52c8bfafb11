/**
 * Limits the open connections of one client address and of a listener, before TLS begins. After a load balancer the address comes from its
 * PROXY header. The header is required from the configured proxies and accepted from no other address. Owns the counts.
 *
 * A full listener closes the oldest unauthenticated connection of the address that has most of them, so that clients with many addresses
 * cannot exclude a department. A connection is authenticated when its client certificate was verified. It is then never closed for another
 * one.
 */
import type { Server } from 'node:http';
import { BlockList, isIPv4, isIPv6, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { remoteEndpoint } from './connections.ts';
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
  /** Call when the client of a connection was authenticated. */
  markAuthenticated(socket: Socket): void;
}

export const defaultConnectionLimits: ConnectionLimits = { perAddress: 512, proxies: [] };

/** Time for a load balancer to send its PROXY header. */
const proxyHeaderTimeoutMs = 5_000;

const addresses = new WeakMap<Socket, string>();

/** The client's address: from the PROXY header, else of the socket itself. For sockets of requests. */
export const addressOf = (socket: Socket): string => addresses.get(socket) ?? socket.remoteAddress ?? '';

/** @param onRefused receives the reason of each connection that is closed at once */
export function limitConnections(
  server: Server,
  limits: ConnectionLimits,
  onRefused: (reason: string) => void,
  maxOpen = maxConnections,
): LimitedConnections {
  const open = new Map<string, number>();
  /** open ones, without those that are being closed for others */
  const counted = new Set<Socket>();
  const unauthenticated = new UnauthenticatedConnections();
  /** remote endpoint of a connection → client address from its PROXY header */
  const proxied = new Map<string, string>();
  const isProxy = proxyCheck(limits.proxies);
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection');
  const close = (socket: Socket, reason: string): void => {
    onRefused(reason);
    socket.destroy();
  };
  /** @returns whether there was a connection to close */
  const closeOldest = (): boolean => {
    const oldest = unauthenticated.takeOldestOfLargest();
    if (oldest === undefined) return false;
    counted.delete(oldest);
    close(oldest, 'connection_displaced');
    return true;
  };

  function admit(socket: Socket, address: string): void {
    const key = addressKey(address);
    const count = (open.get(key) ?? 0) + 1;
    if (count > limits.perAddress || (counted.size >= maxOpen && !closeOldest())) {
      close(socket, 'too_many_connections');
      return;
    }
    counted.add(socket);
    open.set(key, count);
    const endpoint = remoteEndpoint(socket);
    unauthenticated.add(key, endpoint, socket);
    socket.once('close', () => {
      counted.delete(socket);
      unauthenticated.remove(endpoint);
      const left = (open.get(key) ?? 1) - 1;
      if (left === 0) open.delete(key);
      else open.set(key, left);
    });
    if (address !== socket.remoteAddress) {
      proxied.set(endpoint, address);
      socket.once('close', () => proxied.delete(endpoint));
    }
    for (const listener of listeners) listener.call(server, socket);
  }

  server.on('secureConnection', (socket: TLSSocket) => {
    const address = proxied.get(remoteEndpoint(socket));
    if (address !== undefined) addresses.set(socket, address);
  });
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    if (!isProxy(address)) admit(socket, address);
    else
      readProxyAddress(
        socket,
        (clientAddress) => admit(socket, clientAddress ?? address),
        (reason) => close(socket, reason),
      );
  });
  return { markAuthenticated: (socket) => unauthenticated.remove(remoteEndpoint(socket)) };
}

/** Connections of clients that were not authenticated, by address, the oldest first. */
class UnauthenticatedConnections {
  private readonly byAddress = new Map<string, Map<string, Socket>>();
  /** remote endpoint of a connection → address */
  private readonly byEndpoint = new Map<string, string>();

  add(address: string, endpoint: string, socket: Socket): void {
    const sockets = this.byAddress.get(address) ?? new Map<string, Socket>();
    this.byAddress.set(address, sockets.set(endpoint, socket));
    this.byEndpoint.set(endpoint, address);
  }

  remove(endpoint: string): void {
    const address = this.byEndpoint.get(endpoint);
    if (address === undefined) return;
    this.byEndpoint.delete(endpoint);
    const sockets = this.byAddress.get(address);
    sockets?.delete(endpoint);
    if (sockets?.size === 0) this.byAddress.delete(address);
  }

  /** Removes the oldest connection of the address that has most of them. */
  takeOldestOfLargest(): Socket | undefined {
    let largest: ReadonlyMap<string, Socket> | undefined;
    for (const sockets of this.byAddress.values())
      if (largest === undefined || sockets.size > largest.size) largest = sockets;
    const [oldest] = largest ?? [];
    if (oldest === undefined) return undefined;
    const [endpoint, socket] = oldest;
    this.remove(endpoint);
    return socket;
  }
}

/** Reads the PROXY header and puts the bytes after it back into the socket. */
function readProxyAddress(
  socket: Socket,
  done: (address: string | undefined) => void,
  refuse: (reason: string) => void,
): void {
  let read = Buffer.alloc(0);
  const stop = (): void => {
    clearTimeout(timer);
    socket.off('readable', readMore).off('error', stop).off('close', stop);
  };
  const timer = setTimeout(() => {
    stop();
    refuse('proxy_header_missing');
  }, proxyHeaderTimeoutMs).unref();
  function readMore(): void {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    read = Buffer.concat([read, chunk]);
    const header = readProxyHeader(read);
    if (header.kind === 'part') return;
    stop();
    if (header.kind === 'malformed') {
      refuse('proxy_header_malformed');
      return;
    }
    const rest = read.subarray(header.length);
    if (rest.length > 0) socket.unshift(rest);
    done(header.address);
  }
  socket.on('readable', readMore).once('error', stop).once('close', stop);
}

/** An IPv4 address without the prefix `::ffff:` of IPv6 sockets. */
const withoutMapping = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/, '');

/** The key by which connections are counted: the IPv4 address, or the /64 of an IPv6 address, since one host may use all of it. */
export function addressKey(address: string): string {
  const plain = withoutMapping(address);
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

/** @returns whether an address is one of the proxies */
function proxyCheck(proxies: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [network = '', bits] = proxy.split('/');
    const family = isIPv4(network) ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(network, family);
    else list.addSubnet(network, Number(bits), family);
  }
  return (address) => {
    const plain = withoutMapping(address);
    return proxies.length > 0 && list.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
  };
}
