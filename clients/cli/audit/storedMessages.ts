/** Requests and replies stored as raw HTTP messages, as far as receipts cover them. */
import { parseHttpMessage } from '../../../certs/signatures/index.ts';
import type { StoredMessages } from '../../../log/receipt/verifyExchange.ts';
import { Problem } from '../../../terms/problem.ts';

/** Maximum length of a stored message, in bytes: a buffered reply of 64 MiB with its headers. */
export const maxMessageLength = 65 * 1024 * 1024;

/** The stored reply. @param bytes a raw HTTP reply, or the body alone. @throws Problem message_malformed */
export function storedReply(bytes: Uint8Array): Required<Pick<StoredMessages, 'reply'>> {
  const isMessage = Buffer.from(bytes.subarray(0, 7)).toString('latin1') === 'HTTP/1.';
  if (!isMessage) return { reply: { body: bytes } };
  const stored = parseHttpMessage(bytes);
  if (stored.kind !== 'reply') throw new Problem('message_malformed', { reason: 'it is a request' });
  return { reply: stored.message };
}

/** The request. @throws Problem message_malformed, also for a reply */
export function storedRequest(bytes: Uint8Array): Required<Pick<StoredMessages, 'request'>> {
  const stored = parseHttpMessage(bytes);
  if (stored.kind !== 'request') throw new Problem('message_malformed', { reason: 'it is a reply' });
  return { request: stored.message };
}
