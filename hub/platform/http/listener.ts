/**
 * One listener: an express application on an HTTP or HTTPS server.
 *
 *   headers for browsers → check of the head → pages (documentation, console) → operations (openapi-backend) → problems
 *
 * Its operations are those of openapi.yaml with this listener: addresses of other listeners are unknown here.
 */
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import {
  createServer as createHttpsServer,
  type Server as HttpsServer,
  type ServerOptions,
} from 'node:https';
import type { TLSSocket } from 'node:tls';
import express, { type RequestHandler } from 'express';
import { readPeer } from '../../identity/tls/readPeer.ts';
import { requestHandler, type RequestHandlerOptions } from './requestHandler.ts';
import {
  limitConnections,
  defaultConnectionLimits,
  type ConnectionLimits,
} from './sockets/connectionLimits.ts';
import { trackConnections, type Connections } from './sockets/connections.ts';
import { answerClientErrors, limitServer, serverLimits, tlsLimits } from './sockets/server.ts';

export interface ListenerOptions extends RequestHandlerOptions {
  readonly connectionLimits?: ConnectionLimits;
  /** certificate, key, authorities, revocation lists; absent = plain HTTP, for loopback */
  readonly tls?: ServerOptions;
  /** runs before the operations, such as /docs */
  readonly pages?: RequestHandler;
}

export interface RunningListener {
  readonly server: Server;
  /** the same server, if it speaks TLS */
  readonly tlsServer: HttpsServer | undefined;
  readonly connections: Connections;
}

/** Makes the server; it does not listen yet. @throws ContractError */
export async function makeListener(options: ListenerOptions): Promise<RunningListener> {
  const { events, tls } = options;
  const tlsServer =
    tls === undefined ? undefined : createHttpsServer({ ...serverLimits, ...tlsLimits, ...tls });
  const server: Server = tlsServer ?? createHttpServer(serverLimits);
  limitServer(server);
  const count = (reason: string): void => events?.refused?.(reason);
  const limited = limitConnections(server, options.connectionLimits ?? defaultConnectionLimits, count);
  tlsServer?.on('tlsClientError', (error: NodeJS.ErrnoException) => count(error.code ?? 'tls'));
  const connections = trackConnections(server);
  answerClientErrors(server, connections, count);
  const requests = await requestHandler(options, connections);
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple');
  if (options.listener !== 'exchange') app.use(securityHeaders(tls !== undefined));
  app.use(requests.checkRequest);
  if (options.pages !== undefined) app.use(options.pages);
  app.use(requests.operations);
  app.use(requests.refuse);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!requests.handleHot(request, response)) app(request, response);
  });
  if (options.listener === 'exchange') {
    server.on('secureConnection', (socket: TLSSocket) => {
      const peer = readPeer(socket);
      if (peer === undefined) return;
      connections.bind(socket, peer);
      limited.markAuthenticated(socket);
    });
    server.on('upgrade', (request: IncomingMessage, socket: TLSSocket, head: Buffer) => {
      void requests.upgrade(request, socket, head);
    });
  }
  return { server, tlsServer, connections };
}

/** Headers for browsers: no content sniffing, TLS only, no frames. */
const browserHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'x-frame-options': 'DENY',
  // for replies of operations; a page sets the policy of what it loads
  'content-security-policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
};

/** @param tls browsers then insist on https for a year */
function securityHeaders(tls: boolean): RequestHandler {
  return (_request, response, next) => {
    for (const [name, value] of Object.entries(browserHeaders)) response.setHeader(name, value);
    if (tls) response.setHeader('strict-transport-security', 'max-age=31536000');
    next();
  };
}
