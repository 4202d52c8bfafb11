/**
 * The exchange listener: node:https and one table of routes made from openapi.yaml, because a one-record release spends half its time in
 * a framework otherwise. It reads the whole request, hands it to the gate as it was on the wire, and writes the gate's reply.
 *
 * Whatever does not reach an operation (unknown address or method, too large, not HTTP) is answered here and leaves no entry; everything
 * else is the gate's.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { Problem } from '../../terms/problem.ts';
import type { Answering } from '../gate/gate.ts';
import { ClientGone } from '../gate/unlogged.ts';
import { readPeer } from '../identity/tls/readPeer.ts';
import { bodiesInFlight, type BodiesInFlight, type BodyLimits } from './bodies/bodiesInFlight.ts';
import { answerClientErrors } from './sockets/clientErrors.ts';
import { trackConnections, type Connections } from './sockets/connections.ts';
import { operationsOf, schemeOn, type Contract, type ContractOperation } from './contract/contract.ts';
import type { ListenerEvents } from './listenerEvents.ts';
import { noRoute, problemOf, problemReply, type WireReply } from './replies/problemReply.ts';
import { answeringOf } from './contract/answeringOf.ts';
import { keepDoor, usualDoor, type DoorkeeperLimits } from './sockets/doorkeeper.ts';
import { headOf } from './headOf.ts';
import { refuseTransferCodings } from './sockets/refuseTransferCodings.ts';
import { readBody } from './bodies/readBody.ts';
import { contractAjv } from './contract/contractAjv.ts';
import { requestChecks, type RequestChecks } from './contract/requestChecks.ts';
import { routesOf, type Routes } from './contract/routes.ts';
import { limitServer, mostRawHeaders, serverLimits, tlsLimits } from './sockets/serverLimits.ts';
import { writeStream } from './replies/writeStream.ts';
import { writeReply } from './replies/writeReply.ts';
import { webSockets, type WebSockets } from './sockets/webSockets.ts';

export interface ExchangeListenerOptions {
  readonly contract: Contract;
  /** by operationId; exactly the operations of this listener */
  readonly operations: Readonly<Record<string, Answering>>;
  /** `https://hub.example:8443`, the configured origin that signatures cover; never taken from Host */
  readonly publicOrigin: string;
  /** certificate, key, authorities, revocation lists */
  readonly tls: ServerOptions;
  /** who may open connections, and how many */
  readonly door?: DoorkeeperLimits;
  /** memory that bodies in flight may take */
  readonly bodies?: BodyLimits;
  /** ms in which a consumer must take a slice of a stream (default 5 minutes) */
  readonly streamPatience?: number | undefined;
  readonly events?: ListenerEvents;
}

export interface RunningListener {
  readonly server: Server;
  readonly connections: Connections;
}

/** Bytes of one message of a connection. Answers of providers have a limit of their own, below. */
const longestFrame = 16 << 20;

interface Route {
  readonly scheme: string | undefined;
  readonly operation: ContractOperation;
  readonly checks: RequestChecks;
  readonly answer: Answering;
}

/** Makes the server; it does not listen yet. */
export function exchangeListener(options: ExchangeListenerOptions): RunningListener {
  const ajv = contractAjv();
  const routes = routesOf(
    operationsOf(options.contract, 'exchange').map((operation): Route => ({
      operation,
      scheme: schemeOn(operation, 'exchange'),
      checks: requestChecks(operation, ajv),
      answer: answeringOf(options.operations, operation.operationId),
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
  keepDoor(server, options.door ?? usualDoor, (reason) => options.events?.refused?.(reason));
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
  const { host } = new URL(options.publicOrigin);
  const serving = { options, routes, connections, bodies, host, webSockets: webSockets(longestFrame) };
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void serve(request, response, serving);
  });
  server.on('upgrade', (request: IncomingMessage, socket: TLSSocket, head: Buffer) => {
    void upgrade(request, socket, head, serving);
  });
  return { server, connections };
}

/** What opens a connection is asked for as such. @throws Problem upgrade_refused, and before it what else is wrong */
function refusePlain({ operation, checks }: Route, { query }: Target): void {
  if (!operation.connection) return;
  checks.query(query);
  throw new Problem('upgrade_refused');
}

/** A request that asks for another protocol: a WebSocket where an operation opens a connection, nothing elsewhere. */
async function upgrade(
  request: IncomingMessage,
  socket: TLSSocket,
  head: Buffer,
  serving: Serving,
): Promise<void> {
  const { events } = serving.options;
  const { webSockets } = serving;
  socket.on('error', () => undefined); // whoever is gone is told nothing
  serving.connections.keep(socket);
  let reply: WireReply;
  try {
    const target = targetOf(request, serving.host);
    const match = serving.routes.match(request.method ?? '', target.path);
    if (!match.found) throw noRoute(match.allow);
    if (!match.route.operation.connection) throw new Problem('upgrade_refused');
    webSockets.check(request);
    reply = await call(request, target, match.route, match.params, serving);
    events?.answered?.(match.route.operation.operationId, reply.status, 0);
  } catch (error) {
    if (error instanceof ClientGone) return;
    const problem = problemOf(error);
    if (problem.code === 'internal_error') events?.failed?.(error);
    else events?.refused?.(problem.code);
    reply = problemReply(problem);
  }
  webSockets.answer(request, socket, head, reply);
}

interface Serving {
  /** of the public origin */
  readonly host: string;
  readonly options: ExchangeListenerOptions;
  readonly routes: Routes<Route>;
  readonly connections: Connections;
  readonly bodies: BodiesInFlight;
  readonly webSockets: WebSockets;
}

async function serve(request: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
  const { events } = serving.options;
  const started = performance.now();
  let operation: string | undefined;
  let reply: WireReply;
  try {
    const target = targetOf(request, serving.host);
    const match = serving.routes.match(request.method ?? '', target.path);
    if (!match.found) throw noRoute(match.allow);
    operation = match.route.operation.operationId;
    refusePlain(match.route, target);
    reply = await call(request, target, match.route, match.params, serving);
  } catch (error) {
    if (error instanceof ClientGone) return;
    const problem = problemOf(error);
    if (problem.code === 'internal_error') events?.failed?.(error);
    else events?.refused?.(problem.code);
    reply = problemReply(problem);
  }
  serving.connections.before(response);
  if (reply.stream === undefined) writeReply(response, reply, request.method === 'HEAD');
  else
    await writeStream(response, reply, reply.stream, serving.options).catch((error: unknown) =>
      events?.failed?.(error),
    );
  if (operation !== undefined) events?.answered?.(operation, reply.status, performance.now() - started);
}

/** Hands the call to the gate, which asks for its body and has it checked once it knows the caller. */
async function call(
  request: IncomingMessage,
  target: Target,
  { operation, scheme, checks, answer }: Route,
  params: Readonly<Record<string, string>>,
  { options, bodies }: Serving,
): Promise<WireReply> {
  const { rawHeaders } = request;
  const head = headOf(request, operation.method, `${options.publicOrigin}${target.raw}`);
  const held = bodies.hold(head.peer?.department ?? head.peer?.serial ?? '');
  try {
    return await answer({
      head,
      scheme,
      params,
      checkHead: () => {
        checks.params(params);
        checks.headers(rawHeaders);
        return checks.query(target.query);
      },
      readBody: () => readBody(request, operation.bodyLimit, held),
      checkBody: (bytes) => checks.body(rawHeaders, bytes),
    });
  } finally {
    held.release();
  }
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
  refuseTransferCodings(request);
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
