/**
 * The open, staff and admin listeners: express and openapi-backend over the part of openapi.yaml that belongs to one listener. Addresses
 * of another listener are not in it, so they answer 404 like any unknown one.
 *
 *   address → security → body (media type, JSON) → shape → operation
 *
 * A refusal after the first step goes to the operation's own `refuse`, which writes the entry where one is due.
 */
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import express from 'express';
import type { OpenAPIBackend } from 'openapi-backend';
import { Problem } from '../../terms/problem.ts';
import { answerClientErrors } from './clientErrors.ts';
import { trackConnections, type Connections } from './connections.ts';
import { operationsOf } from './contract.ts';
import { contractBackend } from './contractBackend.ts';
import type { CallState, ExpressListenerOptions } from './listenerCall.ts';
import { problemOf, problemReply, type WireReply } from './problemReply.ts';
import { ClientGone, readBody } from './readBody.ts';
import { contractAjv, requestChecks, type RequestChecks } from './requestChecks.ts';
import { limitServer, mostRawHeaders, serverLimits, tlsLimits } from './serverLimits.ts';
import { writeReply } from './writeReply.ts';

export interface ExpressListener {
  readonly server: Server;
  /** the same server, where it speaks TLS */
  readonly tlsServer: HttpsServer | undefined;
  readonly connections: Connections;
}

/** Makes the server; it does not listen yet. @throws ContractError */
export async function expressListener(options: ExpressListenerOptions): Promise<ExpressListener> {
  const ajv = contractAjv(false);
  const checks = new Map<string, RequestChecks>(
    operationsOf(options.contract, options.listener).map((operation) => [
      operation.operationId,
      requestChecks(operation, ajv),
    ]),
  );
  const backend = await contractBackend(options, checks);
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple');
  if (options.before !== undefined) app.use(options.before);
  const tlsServer =
    options.tls === undefined
      ? undefined
      : createHttpsServer({ ...serverLimits, ...tlsLimits, ...options.tls }, app);
  const server = tlsServer ?? createHttpServer(serverLimits, app);
  limitServer(server);
  const connections = trackConnections(server);
  app.use((request: IncomingMessage, response: ServerResponse) => {
    void serve(request, response, { options, backend, connections, checks });
  });
  // express would answer with HTML and a stack
  app.use((error: unknown, _request: unknown, response: ServerResponse, _next: express.NextFunction) => {
    options.events?.failed?.(error);
    if (!response.headersSent) writeReply(response, problemReply(problemOf(undefined)), false);
  });
  answerClientErrors(server, (code) => options.events?.refused?.(code));
  return { server, tlsServer, connections };
}

interface Serving {
  readonly options: ExpressListenerOptions;
  readonly backend: OpenAPIBackend;
  readonly connections: Connections;
  readonly checks: ReadonlyMap<string, RequestChecks>;
}

async function serve(request: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
  const { events } = serving.options;
  const started = performance.now();
  let operation: string | undefined;
  let reply: WireReply;
  try {
    const state = await receive(request, serving);
    try {
      reply = (await serving.backend.handleRequest(state.backendRequest, state)) as WireReply;
    } catch (error) {
      reply = await refuse(state, error, serving);
    }
    operation = state.call?.operation.operationId;
  } catch (error) {
    if (error instanceof ClientGone) return;
    const problem = problemOf(error);
    if (problem.code === 'internal_error') events?.failed?.(error);
    else events?.refused?.(problem.code);
    reply = problemReply(problem);
  }
  serving.connections.before(response);
  writeReply(response, reply, request.method === 'HEAD');
  if (operation !== undefined) events?.answered?.(operation, reply.status, performance.now() - started);
}

/** A refusal of an operation is the operation's own affair; one without operation has no entry. */
async function refuse(state: CallState, error: unknown, { options }: Serving): Promise<WireReply> {
  const problem = problemOf(error);
  if (problem.code === 'internal_error') options.events?.failed?.(error);
  const { call } = state;
  const operation = call === undefined ? undefined : options.operations[call.operation.operationId];
  if (call === undefined || operation === undefined) throw problem;
  return operation.refuse(call, problem);
}

/** @throws Problem headers_too_many, target_malformed, not_found, body_too_large */
async function receive(request: IncomingMessage, serving: Serving): Promise<CallState> {
  if (request.rawHeaders.length > mostRawHeaders) {
    throw new Problem(
      'headers_too_many',
      { limit: mostRawHeaders / 2 },
      { headers: { connection: 'close' } },
    );
  }
  const raw = request.url ?? '';
  if (!raw.startsWith('/')) throw new Problem('target_malformed');
  const mark = raw.indexOf('?');
  const path = mark < 0 ? raw : raw.slice(0, mark);
  // no identifier needs an escape: `%2F` and `..` arrive decoded in parameters otherwise
  if (path.includes('%')) throw new Problem('not_found');
  const method = request.method ?? '';
  const caller = await callerOf(request, serving);
  const limit = limitFor(method, path, serving);
  return {
    request,
    // what nobody will look at is not kept: the body of a stranger, or for an address that does not exist
    bytes: 'problem' in caller || limit === undefined ? new Uint8Array(0) : await readBody(request, limit),
    backendRequest: {
      method,
      path,
      query: mark < 0 ? '' : raw.slice(mark + 1),
      headers: singleHeaders(request.headers),
    },
    call: undefined,
    caller,
    refusal: undefined,
  };
}

/** Who holds the token, before a byte of the body is read. */
async function callerOf(request: IncomingMessage, { options }: Serving): Promise<CallState['caller']> {
  if (options.authenticate === undefined) return { staff: undefined };
  try {
    return { staff: await options.authenticate(request.headers.authorization) };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

/** Bytes a body may have; undefined for an address or method that does not exist. */
function limitFor(method: string, path: string, { backend, options }: Serving): number | undefined {
  const match = backend.matchOperation({ method: method.toLowerCase(), path, headers: {} });
  const id = match?.operationId;
  return options.contract.operations.find((operation) => operation.operationId === id)?.bodyLimit;
}

function singleHeaders(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
