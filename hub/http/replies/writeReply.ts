import type { ServerResponse } from 'node:http';
import type { WireReply } from './problemReply.ts';

/** Head and body leave together, so that a small reply is one packet. */
export function writeReply(response: ServerResponse, reply: WireReply, headOnly: boolean): void {
  if (response.destroyed) return;
  response.statusCode = reply.status;
  for (const [name, value] of reply.headers) response.setHeader(name, value);
  response.setHeader('content-length', reply.body.length);
  response.end(headOnly ? undefined : reply.body);
}
