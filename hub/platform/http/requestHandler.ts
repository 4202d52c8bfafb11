/**
 * Takes requests of a listener from the wire to the request pipeline and writes the replies. express and openapi-backend route them. The hot
 * operations are dispatched before both, with the same validators.
 *
 * A request that reaches no operation (unknown address or method, too large, ambiguous) is answered here and leaves no log entry; all others
 * are answered by the pipeline.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { Router, type ErrorRequestHandler, type RequestHandler as Middleware } from 'express';
import type { Context } from 'openapi-backend';
import { Problem } from '../../../terms/problem.ts';
import type { Answering } from '../../pipeline/pipeline.ts';
import { ClientGone } from '../../pipeline/unlogged.ts';
import type { CallHead } from '../../identity/authentication/caller.ts';
import { bodiesInFlight, type BodyLimits } from './bodies/bodiesInFlight.ts';
import { readBody } from './bodies/readBody.ts';
import { contractBackends, pathPattern, schemeOf } from './contract/contractBackend.ts';
import {
  ContractError,
  operationsOf,
  schemeOn,
  type Contract,
  type ContractOperation,
  type Listener,
} from './contract/contract.ts';
import { requestChecks, type RequestChecks } from './contract/requestChecks.ts';
import { noRoute, problemOf, problemReply, writeReply, type WireReply } from './replies/reply.ts';
import { writeStream } from './replies/writeStream.ts';
import type { Connections } from './sockets/connections.ts';
import { checkRequestHead, type HostCheck } from './sockets/server.ts';
import { webSockets } from './sockets/webSockets.ts';
import { readPeer } from '../../identity/tls/readPeer.ts';
import { addressOf } from './sockets/connectionLimits.ts';

/**
 * Dispatched before express and openapi-backend, because routing there costs as much as half of a one-record release. At most six: what
 * `npm run bench -- release` measures per call.
 */
const hotOperations: ReadonlySet<string> = new Set(['queryDataset', 'checkFact', 'batchQuery']);

/** Maximum size of a WebSocket message, in bytes. Replies of providers have a limit of their own, below this. */
const maxMessageBytes = 16 << 20;

/** Counts for metrics, nothing about callers. */
export interface ListenerEvents {
  /** a reply was written */
  answered?(operation: string, status: number, milliseconds: number): void;
  /** rejected before it reached an operation: parser, TLS, address, size */
  refused?(reason: string): void;
  /** not a Problem: the hub's own fault */
  failed?(error: unknown): void;
}

export interface RequestHandlerOptions {
  readonly contract: Contract;
  readonly listener: Listener;
  /** by operationId; exactly the operations of this listener */
  readonly operations: Readonly<Record<string, Answering>>;
  /** `https://hub.example:8443`: signatures cover it. It is configured, never taken from Host. Absent if nothing is signed. */
  readonly signedOrigin?: string;
  readonly checkHost: HostCheck;
  /** memory of bodies in flight */
  readonly bodies?: BodyLimits;
  /** ms in which a consumer must accept a slice of a stream (default 5 minutes) */
  readonly streamPatience?: number | undefined;
  readonly events?: ListenerEvents;
}

export interface RequestHandler {
  /** for express, before everything that answers: refuses ambiguous requests and escaped addresses */
  readonly checkRequest: Middleware;
  /** for express: every operation, and 404 for other addresses */
  readonly operations: Router;
  /** Answers a hot operation. @returns false for any other request */
  handleHot(request: IncomingMessage, response: ServerResponse): boolean;
  /** Answers a request for another protocol: a WebSocket if its operation opens a connection, else a refusal. Never rejects. */
  upgrade(request: IncomingMessage, socket: TLSSocket, head: Buffer): Promise<void>;
  /** for express: answers errors with problems */
  readonly refuse: ErrorRequestHandler;
}

interface Endpoint {
  readonly operation: ContractOperation;
  readonly checks: RequestChecks;
  readonly answer: Answering;
  /** for requests that do not come through openapi-backend */
  readonly pattern: RegExp;
  readonly scheme: string | undefined;
}

/** One request in progress. */
interface WireCall {
  readonly request: IncomingMessage;
  /** query string without `?` */
  readonly query: string;
  readonly isUpgrade: boolean;
  /** operationId, once it is known */
  operationId: string | undefined;
}

/** @throws ContractError if the operations and their handlers differ */
export async function requestHandler(
  options: RequestHandlerOptions,
  connections: Connections,
): Promise<RequestHandler> {
  const { contract, listener, checkHost, events, signedOrigin = '' } = options;
  const bodies = bodiesInFlight(options.bodies);
  const sockets = webSockets(maxMessageBytes);
  const operations = operationsOf(contract, listener);
  checkHandlersOf(listener, operations, Object.keys(options.operations));

  const endpoints = new Map<string, Endpoint>();
  const backends = await contractBackends(
    contract,
    listener,
    Object.fromEntries(
      operations.map(({ operationId }) => [
        operationId,
        (context: Context, call: WireCall) => {
          const endpoint = endpoints.get(operationId);
          if (endpoint === undefined) throw new ContractError(`no handler for ${operationId}`);
          return answer(call, endpoint, context.request.params as Params, schemeOf(context));
        },
      ]),
    ),
  );
  for (const operation of operations) {
    const handler = options.operations[operation.operationId];
    const backend = backends.get(operation.path);
    if (handler === undefined || backend === undefined)
      throw new ContractError(`no handler for ${operation.operationId}`);
    endpoints.set(operation.operationId, {
      operation,
      checks: requestChecks(operation, backend.validator),
      answer: handler,
      pattern: pathPattern(operation.path),
      scheme: schemeOn(operation, listener),
    });
  }
  const hot = [...endpoints.values()].filter(({ operation }) => hotOperations.has(operation.operationId));

  /** Passes the call to the pipeline, which reads and validates its body once it knows the caller. */
  async function answer(
    call: WireCall,
    { operation, checks, answer: handler }: Endpoint,
    params: Params,
    scheme: string | undefined,
  ): Promise<WireReply> {
    const { request, query, isUpgrade } = call;
    call.operationId = operation.operationId;
    const { headers, rawHeaders } = request;
    if (operation.connection !== isUpgrade) {
      if (operation.connection) checks.head({ params, query, headers });
      throw new Problem('upgrade_refused');
    }
    if (isUpgrade) sockets.check(request);
    const head = headOf(request, operation.method, `${signedOrigin}${request.url ?? ''}`);
    const held = bodies.hold(listener === 'exchange' ? departmentOf(head) : head.address);
    try {
      return await handler({
        head,
        scheme,
        params,
        checkHead: () => checks.head({ params, query, headers }),
        readBody: () => readBody(request, operation.bodyLimit, held),
        checkBody: (bytes) => checks.body(rawHeaders, bytes),
      });
    } finally {
      held.release();
    }
  }

  /** The reply to a call, rejections included; undefined if the client is gone. */
  async function replyTo(dispatched: () => Promise<WireReply>): Promise<WireReply | undefined> {
    try {
      return await dispatched();
    } catch (error) {
      return error instanceof ClientGone ? undefined : refusal(error);
    }
  }

  function refusal(error: unknown): WireReply {
    const problem = problemOf(error);
    if (problem.code === 'internal_error') events?.failed?.(error);
    else events?.refused?.(problem.code);
    return problemReply(problem);
  }

  /** Never rejects. */
  async function respond(
    call: WireCall,
    response: ServerResponse,
    dispatched: () => Promise<WireReply>,
  ): Promise<void> {
    const started = performance.now();
    const reply = await replyTo(dispatched);
    if (reply === undefined) return;
    connections.beforeReply(response);
    if (reply.stream === undefined) writeReply(response, reply, call.request.method === 'HEAD');
    else
      await writeStream(response, reply, reply.stream, options).catch((error: unknown) =>
        events?.failed?.(error),
      );
    if (call.operationId !== undefined)
      events?.answered?.(call.operationId, reply.status, performance.now() - started);
  }

  /** @throws Problem not_found, method_not_allowed, upgrade_refused */
  function dispatchUpgrade(call: WireCall): Promise<WireReply> {
    const { method = '', url = '' } = call.request;
    checkRequestHead(call.request, checkHost);
    const here = [...endpoints.values()].filter(({ pattern }) => pattern.test(pathOf(url)));
    const endpoint = here.find(({ operation }) => operation.method === method);
    if (endpoint === undefined) throw noRoute(here.map(({ operation }) => operation.method));
    return answer(call, endpoint, { ...endpoint.pattern.exec(pathOf(url))?.groups }, endpoint.scheme);
  }

  const router = Router({ strict: true, caseSensitive: true });
  for (const [path, backend] of backends)
    router.all(path.replaceAll(/\{([^}]+)\}/g, ':$1'), async (request, response) => {
      const call = wireCall(request, false);
      const { method, path } = request;
      await respond(
        call,
        response,
        () => backend.handleRequest({ method, path, query: '', headers: {} }, call) as Promise<WireReply>,
      );
    });
  router.use(() => {
    throw noRoute([]);
  });

  return {
    checkRequest: (request, _response, next) => {
      checkRequestHead(request, checkHost);
      // no identifier needs an escape, so each path has exactly one form
      if (pathOf(request.url).includes('%')) throw new Problem('not_found');
      next();
    },
    operations: router,
    handleHot: (request, response) => {
      const { method, url = '' } = request;
      for (const endpoint of hot) {
        if (endpoint.operation.method !== method) continue;
        const match = endpoint.pattern.exec(pathOf(url));
        if (match === null) continue;
        const call = wireCall(request, false);
        void respond(call, response, async () => {
          checkRequestHead(request, checkHost);
          return answer(call, endpoint, { ...match.groups }, endpoint.scheme);
        });
        return true;
      }
      return false;
    },
    upgrade: async (request, socket, head) => {
      socket.on('error', () => undefined); // the client is gone
      connections.upgraded(socket);
      const call = wireCall(request, true);
      const reply = await replyTo(async () => dispatchUpgrade(call));
      if (reply === undefined) return;
      if (call.operationId !== undefined) events?.answered?.(call.operationId, reply.status, 0);
      sockets.answer(request, socket, head, reply);
    },
    refuse: (error: unknown, request, response, _next) => {
      const reply = refusal(error);
      if (response.headersSent) {
        response.destroy();
        return;
      }
      connections.beforeReply(response);
      writeReply(response, reply, request.method === 'HEAD');
    },
  };
}

function checkHandlersOf(
  listener: Listener,
  operations: readonly ContractOperation[],
  handlers: readonly string[],
): void {
  const unknown = handlers.filter((id) => !operations.some(({ operationId }) => operationId === id));
  if (unknown.length > 0) throw new ContractError(`${listener} has no operation ${unknown.join(', ')}`);
}

type Params = Readonly<Record<string, string>>;

function wireCall(request: IncomingMessage, isUpgrade: boolean): WireCall {
  const { url = '' } = request;
  const mark = url.indexOf('?');
  return { request, query: mark < 0 ? '' : url.slice(mark + 1), isUpgrade, operationId: undefined };
}

function pathOf(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? url : url.slice(0, mark);
}

const departmentOf = ({ peer }: CallHead): string => peer?.department ?? peer?.serial ?? '';

/** Everything of a request except its body. @param targetUri from the configured origin, never from Host */
function headOf(request: IncomingMessage, method: string, targetUri: string): CallHead {
  const { socket, rawHeaders, headers } = request;
  const tls = socket instanceof TLSSocket ? socket : undefined;
  const length = headers['content-length'];
  return {
    method,
    targetUri,
    rawHeaders,
    hasBody: headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) > 0),
    peer: tls === undefined ? undefined : readPeer(tls),
    address: addressOf(socket),
    certificate: () => tls?.getPeerX509Certificate(),
  };
}
