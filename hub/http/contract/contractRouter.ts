/** The operations of one listener as a router: what is well-formed goes to openapi-backend, what comes back is written as it is. */
import type { IncomingMessage } from 'node:http';
import { Router } from 'express';
import type { OpenAPIBackend } from 'openapi-backend';
import { Problem } from '../../../terms/problem.ts';
import type { WireCall } from '../expressCall.ts';
import type { ListenerEvents } from '../listenerEvents.ts';
import type { WireReply } from '../replies/problemReply.ts';
import { writeReply } from '../replies/writeReply.ts';
import type { Connections } from '../sockets/connections.ts';
import { refuseTransferCodings } from '../sockets/refuseTransferCodings.ts';
import { mostRawHeaders } from '../sockets/serverLimits.ts';

export function contractRouter(
  backend: Pick<OpenAPIBackend, 'handleRequest'>,
  connections: Pick<Connections, 'before'>,
  events: ListenerEvents | undefined,
): Router {
  const router = Router();
  router.use(async (request, response) => {
    const started = performance.now();
    const wire = wireCall(request);
    const reply = (await backend.handleRequest(wire.asked, wire)) as WireReply;
    connections.before(response);
    writeReply(response, reply, request.method === 'HEAD');
    if (wire.operation !== undefined)
      events?.answered?.(wire.operation, reply.status, performance.now() - started);
  });
  return router;
}

/** @throws Problem headers_too_many, target_malformed, not_found */
function wireCall(request: IncomingMessage): WireCall {
  if (request.rawHeaders.length > mostRawHeaders) {
    throw new Problem(
      'headers_too_many',
      { limit: mostRawHeaders / 2 },
      { headers: { connection: 'close' } },
    );
  }
  refuseTransferCodings(request);
  const raw = request.url ?? '';
  if (!raw.startsWith('/')) throw new Problem('target_malformed');
  const mark = raw.indexOf('?');
  const path = mark < 0 ? raw : raw.slice(0, mark);
  // no identifier needs an escape: `%2F` and `..` arrive decoded in parameters otherwise
  if (path.includes('%')) throw new Problem('not_found');
  return {
    request,
    asked: {
      method: request.method ?? '',
      path,
      query: mark < 0 ? '' : raw.slice(mark + 1),
      headers: singleHeaders(request.headers),
    },
    operation: undefined,
  };
}

function singleHeaders(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
