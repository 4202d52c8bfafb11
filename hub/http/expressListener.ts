/**
 * The open, staff and admin listeners, each an express application:
 *
 *   headers for browsers → pages (documentation, console) → operations (openapi-backend) → problems
 *
 * The operations are those of openapi.yaml that belong to the listener: addresses of another one answer 404 like any unknown address.
 *
 * What does not reach an operation (unknown address or method, too large, not HTTP) is answered here and leaves no entry; everything else
 * is the gate's.
 */
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import express from 'express';
import { answerClientErrors } from './sockets/clientErrors.ts';
import { trackConnections, type Connections } from './sockets/connections.ts';
import { contractBackend } from './contract/contractBackend.ts';
import { contractRouter } from './contract/contractRouter.ts';
import type { ExpressListenerOptions } from './expressCall.ts';
import { keepDoor, usualDoor } from './sockets/doorkeeper.ts';
import { limitServer, serverLimits, tlsLimits } from './sockets/serverLimits.ts';
import { problemHandler } from './replies/problemHandler.ts';
import { securityHeaders } from './replies/securityHeaders.ts';

export interface ExpressListener {
  readonly server: Server;
  /** the same server, where it speaks TLS */
  readonly tlsServer: HttpsServer | undefined;
  readonly connections: Connections;
}

/** Makes the server; it does not listen yet. @throws ContractError */
export async function expressListener(options: ExpressListenerOptions): Promise<ExpressListener> {
  const backend = await contractBackend(options);
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple');
  app.use(securityHeaders(options.tls !== undefined));
  if (options.before !== undefined) app.use(options.before);
  const tlsServer =
    options.tls === undefined
      ? undefined
      : createHttpsServer({ ...serverLimits, ...tlsLimits, ...options.tls }, app);
  const server = tlsServer ?? createHttpServer(serverLimits, app);
  limitServer(server);
  keepDoor(server, options.door ?? usualDoor, (reason) => options.events?.refused?.(reason));
  const connections = trackConnections(server);
  app.use(contractRouter(backend, connections, options.events));
  app.use(problemHandler(connections, options.events));
  answerClientErrors(server, (code) => options.events?.refused?.(code));
  return { server, tlsServer, connections };
}
