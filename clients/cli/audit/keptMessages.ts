/** Requests and replies that were kept as raw HTTP messages, as far as receipts are about them. */
import { parseHttpMessage } from '../../../certs/signatures/index.ts';
import type { KeptMessages } from '../../../log/receipt/verifyExchange.ts';
import { Problem } from '../../../terms/problem.ts';

/** No kept message is longer, in bytes: a buffered reply of 64 MiB with its headers. */
export const longestMessage = 65 * 1024 * 1024;

/** The reply. @param bytes a raw HTTP reply, or the body alone. @throws Problem message_malformed */
export function keptReply(bytes: Uint8Array): Required<Pick<KeptMessages, 'reply'>> {
  const isMessage = Buffer.from(bytes.subarray(0, 7)).toString('latin1') === 'HTTP/1.';
  if (!isMessage) return { reply: { body: bytes } };
  const kept = parseHttpMessage(bytes);
  if (kept.kind !== 'reply') throw new Problem('message_malformed', { reason: 'it is a request' });
  return { reply: kept.message };
}

/** The request. @throws Problem message_malformed, also for a reply */
export function keptRequest(bytes: Uint8Array): Required<Pick<KeptMessages, 'request'>> {
  const kept = parseHttpMessage(bytes);
  if (kept.kind !== 'request') throw new Problem('message_malformed', { reason: 'it is a reply' });
  return { request: kept.message };
}
