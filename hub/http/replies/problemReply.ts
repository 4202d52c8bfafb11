/** The one place that turns an error into a reply: RFC 9457 problem+json, never HTML, never a stack. */
import type { OutgoingReply, StreamedBody } from '../../gate/reply.ts';
import { Problem, problemDocument } from '../../../terms/problem.ts';

export interface WireReply {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  /** a body that is made while it leaves; `body` is empty then */
  readonly stream?: StreamedBody | undefined;
  /** of status 101: told of the connection as soon as it is there */
  readonly connect?: OutgoingReply['connect'];
}

/** Whatever is no Problem is the hub's own fault: the caller learns nothing of it, the cause stays for the hub's log. */
export function problemOf(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem('internal_error', {}, { cause: error });
}

/** @param exchange id under which the refusal was logged, if it was */
export function problemReply(problem: Problem, exchange?: string): WireReply {
  return {
    status: problem.status,
    headers: [
      ['content-type', 'application/problem+json'],
      ['cache-control', 'no-store'],
      ...(exchange === undefined ? [] : [['datong-exchange-id', exchange] as const]),
      ...Object.entries(problem.extras.headers ?? {}),
    ],
    body: Buffer.from(JSON.stringify(problemDocument(problem, exchange))),
  };
}

/** An unknown address is the same on every listener; a known one tells its methods. */
export function noRoute(allow: readonly string[]): Problem {
  return allow.length === 0
    ? new Problem('not_found')
    : new Problem('method_not_allowed', {}, { headers: { allow: allow.join(', ') } });
}
