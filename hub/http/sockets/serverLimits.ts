/** Limits that every listener shares: against slow, idle and oversized clients. */
import type { Server, ServerOptions } from 'node:http';

/** Milliseconds and bytes. A part of an upload (≤ 8 MiB) must arrive within requestTimeout, so no address needs more. */
export const serverLimits = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 1_000,
  insecureHTTPParser: false,
} as const satisfies ServerOptions;

/** What a TLS listener adds: an unfinished handshake is no resting place, and there is only one protocol to speak. */
export const tlsLimits = {
  handshakeTimeout: 10_000,
  minVersion: 'TLSv1.2',
  honorCipherOrder: true,
  ALPNProtocols: ['http/1.1'],
} as const;

/** name and value of each header line: Node drops lines beyond its own limit in silence, so more than this is refused first */
export const mostRawHeaders = 200;

/** Sets what can only be set on the server itself. */
export function limitServer(server: Server): void {
  server.maxRequestsPerSocket = 10_000;
  server.maxConnections = 4_096;
}
