/** What anybody can do with a kept exchange, years later and without the hub: request, reply and receipt against the anchors. */
import { createHash, type JsonWebKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkDigest,
  checkKey,
  checkSignature,
  parseHttpMessage,
  readSignature,
  signatureHash,
  verificationKey,
  verifyReply,
  type VerificationKey,
} from '../../../certs/signatures/index.ts';
import { parseAnchors } from '../../../log/anchors.ts';
import { verifyReceipt } from '../../../log/receipt/verifyReceipt.ts';

/**
 * @param folder holds request.http, reply.http and receipt.json
 * @param department public signing key of the department that asked
 * @throws Problem for a signature or a file that does not hold
 * @returns index of the entry, and the size of the log its checkpoint signed
 */
export function verifyKept(
  folder: string,
  anchorsFile: string,
  department: JsonWebKey,
): { readonly index: number; readonly size: number } {
  const anchors = parseAnchors(readFileSync(anchorsFile, 'utf8'));
  const request = parseHttpMessage(readFileSync(join(folder, 'request.http')));
  const reply = parseHttpMessage(readFileSync(join(folder, 'reply.http')));
  if (request.kind !== 'request' || reply.kind !== 'reply') throw new TypeError('not a kept exchange');

  const signature = readSignature(request.message);
  checkSignature(signature, request.message, checkKey(signature, verificationKey(department)));
  checkDigest(signature, request.message);

  const hubKeys = anchors.hubKeys.map((key) => verificationKey(key.jwk));
  const lookupKey = (keyid: string): VerificationKey | undefined =>
    hubKeys.find((key) => key.keyid === keyid);
  verifyReply(reply.message, { request: request.message, lookupKey });

  const { findings, receipt, checkpoint } = verifyReceipt(
    readFileSync(join(folder, 'receipt.json'), 'utf8'),
    {
      anchors,
      replyDigest: createHash('sha256').update(reply.message.body).digest(),
      requestHash: signatureHash(signature.signature),
    },
  );
  const [finding] = findings;
  if (finding !== undefined) throw new Error(finding.message.en);
  return { index: receipt?.proof.index ?? -1, size: checkpoint?.size ?? 0 };
}
