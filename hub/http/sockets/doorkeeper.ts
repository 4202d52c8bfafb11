/**
 * Who may open a connection at all: so many for one address, before a byte of TLS is spoken. Behind a balancer the address is what its
 * PROXY header says, which is believed from the configured addresses alone, and demanded of them. Owner of the counts.
 */
import type { Server } from 'node:http';
import { BlockList, isIPv4, isIPv6, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { endOf } from './endOf.ts';
import { readProxyHeader } from './proxyHeader.ts';

export interface DoorkeeperLimits {
  /** open connections of one address (IPv4), or of one /64 (IPv6) */
  readonly perAddress: number;
  /** addresses, or networks such as 10.0.0.0/8, whose PROXY header is believed */
  readonly proxies: readonly string[];
}

export const usualDoor: DoorkeeperLimits = { perAddress: 512, proxies: [] };

/** Milliseconds until a balancer must have said whom it speaks for. */
const patience = 5_000;

const addresses = new WeakMap<Socket, string>();

/** The client's address, as its balancer told it, or as it is. Known of the sockets that requests come on. */
export const addressOf = (socket: Socket): string => addresses.get(socket) ?? socket.remoteAddress ?? '';

/** @param refused told of each connection that is closed at once, with the reason */
export function keepDoor(server: Server, limits: DoorkeeperLimits, refused: (reason: string) => void): void {
  const open = new Map<string, number>();
  /** the client's end of a connection → whom its balancer speaks for */
  const told = new Map<string, string>();
  const trusted = trustedOf(limits.proxies);
  const listening = server.listeners('connection');
  server.removeAllListeners('connection');
  const close = (socket: Socket, reason: string): void => {
    refused(reason);
    socket.destroy();
  };

  function admit(socket: Socket, address: string): void {
    const key = keyOf(address);
    const count = (open.get(key) ?? 0) + 1;
    if (count > limits.perAddress) {
      close(socket, 'too_many_connections');
      return;
    }
    open.set(key, count);
    socket.once('close', () => {
      const left = (open.get(key) ?? 1) - 1;
      if (left === 0) open.delete(key);
      else open.set(key, left);
    });
    if (address !== socket.remoteAddress) {
      const end = endOf(socket);
      told.set(end, address);
      socket.once('close', () => told.delete(end));
    }
    for (const listener of listening) listener.call(server, socket);
  }

  server.on('secureConnection', (socket: TLSSocket) => {
    const address = told.get(endOf(socket));
    if (address !== undefined) addresses.set(socket, address);
  });
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    if (!trusted(address)) admit(socket, address);
    else
      announced(
        socket,
        (told) => admit(socket, told ?? address),
        (reason) => close(socket, reason),
      );
  });
}

/** Reads the header and gives back what came behind it. */
function announced(
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
  }, patience).unref();
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

/** A host with IPv6 has a whole /64 of addresses. */
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
