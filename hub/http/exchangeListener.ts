/**
 * The exchange listener: node:https and one table of routes made from openapi.yaml, because a one-record release spends half its time in
 * a framework otherwise. It reads the whole request, hands it to the gate as it was on the wire, and writes the gate's reply.
 *
 * Whatever does not reach an operation (unknown address or method, too large, not HTTP) is answered here and leaves no entry; everything
 * else is the gate's.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import { TLSSocket } from 'node:tls';
import { Problem } from '../../terms/problem.ts';
import type { Gate } from '../exchange/gate.ts';
import { readPeer } from '../identity/tls/readPeer.ts';
import { bodiesInFlight, type BodiesInFlight, type BodyLimits } from './bodiesInFlight.ts';
import { answerClientErrors } from './clientErrors.ts';
import { trackConnections, type Connections } from './connections.ts';
import { operationsOf, type Contract, type ContractOperation } from './contract.ts';
import type { ListenerEvents } from './listenerEvents.ts';
import { noRoute, problemOf, problemReply, type WireReply } from './problemReply.ts';
import { ClientGone, readBody } from './readBody.ts';
import { contractAjv, requestChecks, type RequestChecks } from './requestChecks.ts';
import { routesOf, type Routes } from './routes.ts';
import { limitServer, mostRawHeaders, serverLimits, tlsLimits } from './serverLimits.ts';
import { writeReply } from './writeReply.ts';

export interface ExchangeListenerOptions {
  readonly contract: Contract;
  readonly gate: Gate;
  /** `https://hub.example:8443`, the configured origin that signatures cover; never taken from Host */
  readonly publicOrigin: string | (() => string);
  /** certificate, key, authorities, revocation lists */
  readonly tls: ServerOptions;
  /** memory that bodies in flight may take */
  readonly bodies?: BodyLimits;
  readonly events?: ListenerEvents;
}

export interface RunningListener {
  readonly server: Server;
  readonly connections: Connections;
}

interface Route {
  readonly operation: ContractOperation;
  readonly checks: RequestChecks;
}

/** Makes the server; it does not listen yet. */
export function exchangeListener(options: ExchangeListenerOptions): RunningListener {
  const ajv = contractAjv();
  const routes = routesOf(
    operationsOf(options.contract, 'exchange').map((operation): Route => ({
      operation,
      checks: requestChecks(operation, ajv),
    })),
  );
  const server = createServer({
    ...serverLimits,
    ...tlsLimits,
    ...options.tls,
    requestCert: true,
    rejectUnauthorized: true,
    requireHostHeader: false, // a missing one is refused by targetOf, as a problem instead of a bare status
  });
  limitServer(server);
  const connections = trackConnections(server);
  const bodies = bodiesInFlight(options.bodies);
  server.on('secureConnection', (socket: TLSSocket) => {
    const peer = readPeer(socket);
    if (peer !== undefined) connections.bind(socket, peer);
  });
  server.on('tlsClientError', (error: NodeJS.ErrnoException) =>
    options.events?.refused?.(error.code ?? 'tls'),
  );
  answerClientErrors(server, (code) => options.events?.refused?.(code));
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void serve(request, response, { options, routes, connections, bodies });
  });
  return { server, connections };
}

interface Serving {
  readonly options: ExchangeListenerOptions;
  readonly routes: Routes<Route>;
  readonly connections: Connections;
  readonly bodies: BodiesInFlight;
}

async function serve(request: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
  const { events } = serving.options;
  const started = performance.now();
  let operation: string | undefined;
  let reply: WireReply;
  try {
    const target = targetOf(request, hostOf(originOf(serving.options)));
    const match = serving.routes.match(request.method ?? '', target.path);
    if (!match.found) throw noRoute(match.allow);
    operation = match.route.operation.operationId;
    reply = await call(request, target, match.route, match.params, serving);
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

/**
 * Hands the call to the gate. Query parameters travel in `params` as sent; `parseBody` checks parameters, `datong-*` headers and body, so
 * that the refusal is logged under the caller that was authenticated before.
 */
async function call(
  request: IncomingMessage,
  target: Target,
  { operation, checks }: Route,
  pathParams: Readonly<Record<string, string>>,
  { options, bodies }: Serving,
): Promise<WireReply> {
  const peer = request.socket instanceof TLSSocket ? readPeer(request.socket) : undefined;
  const held = bodies.hold(peer?.serial ?? '');
  try {
    const body = await readBody(request, operation.bodyLimit, held);
    const { rawHeaders } = request;
    return await options.gate.answer({
      operation: operation.operationId,
      message: { method: operation.method, targetUri: `${originOf(options)}${target.raw}`, rawHeaders, body },
      peer,
      params: target.query === '' ? pathParams : { ...queryAsSent(target.query), ...pathParams },
      parseBody: () => {
        checks.params(pathParams);
        checks.query(target.query);
        checks.headers(rawHeaders);
        return checks.body(rawHeaders, body);
      },
    });
  } finally {
    held.release();
  }
}

/** A function where the port is known only once the server listens. */
const originOf = ({ publicOrigin }: ExchangeListenerOptions): string =>
  typeof publicOrigin === 'string' ? publicOrigin : publicOrigin();

let lastOrigin = { origin: '', host: '' };
function hostOf(origin: string): string {
  if (lastOrigin.origin !== origin) lastOrigin = { origin, host: new URL(origin).host };
  return lastOrigin.host;
}

interface Target {
  readonly raw: string;
  readonly path: string;
  readonly query: string;
}

/** @throws Problem headers_too_many, malformed_http, header_duplicate, host_mismatch, target_malformed */
function targetOf(request: IncomingMessage, host: string): Target {
  const { rawHeaders } = request;
  if (rawHeaders.length > mostRawHeaders) {
    throw new Problem(
      'headers_too_many',
      { limit: mostRawHeaders / 2 },
      { headers: { connection: 'close' } },
    );
  }
  // the parser takes 0.9 and 2.0 in the first line as well
  if (request.httpVersionMajor !== 1) throw new Problem('malformed_http');
  // Node lets a second Host pass; a proxy in front may have believed the other one
  if (hostsOf(rawHeaders) > 1) throw new Problem('header_duplicate', { name: 'host' }, { at: 'host' });
  if (request.headers.host !== host) {
    throw new Problem('host_mismatch', { expected: host }, { at: 'host', expected: host });
  }
  const raw = request.url ?? '';
  if (!raw.startsWith('/')) throw new Problem('target_malformed');
  const mark = raw.indexOf('?');
  return mark < 0
    ? { raw, path: raw, query: '' }
    : { raw, path: raw.slice(0, mark), query: raw.slice(mark + 1) };
}

function hostsOf(rawHeaders: readonly string[]): number {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts;
}

/** The first of each name; `parseBody` refuses unknown and doubled ones. */
function queryAsSent(query: string): Record<string, string> {
  const values: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of new URLSearchParams(query)) values[name] ??= value;
  return values;
}
