/** Replies as a listener writes them. Errors become RFC 9457 problem+json, never HTML, never a stack. */
import type { ServerResponse } from 'node:http';
import type { OutgoingReply, StreamedBody } from '../../../pipeline/reply.ts';
import { Problem, problemDocument } from '../../../../terms/problem.ts';

export interface WireReply {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  /** a body that is generated while it is sent; `body` is empty then */
  readonly stream?: StreamedBody | undefined;
  /** of status 101: receives the connection once it is open */
  readonly connect?: OutgoingReply['connect'];
}

/** An error that is not a Problem is the hub's own fault: the caller sees no detail, the cause goes to the hub's log. */
export function problemOf(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem('internal_error', {}, { cause: error });
}

export function problemReply(problem: Problem): WireReply {
  return {
    status: problem.status,
    headers: [
      ['content-type', 'application/problem+json'],
      ['cache-control', 'no-store'],
      ...Object.entries(problem.extras.headers ?? {}),
    ],
    body: Buffer.from(JSON.stringify(problemDocument(problem))),
  };
}

/** An unknown path gets the same reply on every listener; a known one lists its methods. */
export function noRoute(allow: readonly string[]): Problem {
  return allow.length === 0
    ? new Problem('not_found')
    : new Problem('method_not_allowed', {}, { headers: { allow: allow.join(', ') } });
}

/** Writes head and body together, so that a small reply is one packet. */
export function writeReply(response: ServerResponse, reply: WireReply, headOnly: boolean): void {
  if (response.destroyed) return;
  response.statusCode = reply.status;
  for (const [name, value] of reply.headers) response.setHeader(name, value);
  response.setHeader('content-length', reply.body.length);
  response.end(headOnly ? undefined : reply.body);
}
