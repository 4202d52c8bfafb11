/** Requests and replies that were kept as raw HTTP messages, as far as receipts are about them. */
import { createHash } from 'node:crypto';
import { parseHttpMessage, readSignature, signatureHash } from '../../../certs/signatures/index.ts';
import type { ReceiptEvidence } from '../../../log/receipt/verifyReceipt.ts';
import { exitCode, VerbFailure } from '../verb.ts';

/** Digest of a reply's body. @param bytes a raw HTTP reply, or the body alone */
export function keptReply(bytes: Uint8Array): Required<Pick<ReceiptEvidence, 'replyDigest'>> {
  const isMessage = Buffer.from(bytes.subarray(0, 7)).toString('latin1') === 'HTTP/1.';
  const body = isMessage ? parseHttpMessage(bytes).message.body : bytes;
  return { replyDigest: createHash('sha256').update(body).digest() };
}

/** Hash of a request's signature. @throws VerbFailure when it is not a request; Problem when it has no signature */
export function keptRequest(bytes: Uint8Array): Required<Pick<ReceiptEvidence, 'requestHash'>> {
  const kept = parseHttpMessage(bytes);
  if (kept.kind !== 'request') {
    throw new VerbFailure(exitCode.usage, { zh: '--request 给出的是答复', en: '--request names a reply' });
  }
  return { requestHash: signatureHash(readSignature(kept.message).signature) };
}
