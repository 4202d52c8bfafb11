/** Verifies a stored exchange, years later and without the hub: request, reply and receipt against the anchors. */
import type { JsonWebKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verificationKey } from '../../../certs/signatures/index.ts';
import { parseAnchors } from '../../../log/anchors.ts';
import { verifyExchange } from '../../../log/receipt/verifyExchange.ts';
import { calledOperation } from '../../sdk/deprecation.ts';
import { readReceipt } from '../audit/evidenceFolder.ts';
import { storedReply, storedRequest } from '../audit/storedMessages.ts';
import { exitCode, VerbFailure } from '../verb.ts';

/**
 * @param folder contains request.http, reply.http and receipt.json
 * @param department public signing key of the calling department
 * @throws VerbFailure for anything invalid or missing
 * @returns index of the entry, and the size of the log its checkpoint signed
 */
export function verifyStored(
  folder: string,
  anchorsFile: string,
  department: JsonWebKey,
): { readonly index: number; readonly size: number } {
  const { findings, receipt, checkpoint, parts } = verifyExchange(
    readReceipt(join(folder, 'receipt.json')).text,
    {
      anchors: parseAnchors(readFileSync(anchorsFile, 'utf8')),
      signingKeys: [verificationKey(department)],
      operationOf: calledOperation,
      ...storedRequest(readFileSync(join(folder, 'request.http'))),
      ...storedReply(readFileSync(join(folder, 'reply.http'))),
    },
  );
  const [finding] = findings;
  if (finding !== undefined) throw new VerbFailure(exitCode.verification, finding.message);
  if (Object.values(parts).some((extent) => extent !== 'verified'))
    throw new VerbFailure(exitCode.verification, {
      zh: '请求、答复、回执未能全部核验',
      en: 'request, reply and receipt could not all be verified',
    });
  return { index: receipt?.proof.index ?? -1, size: checkpoint?.size ?? 0 };
}
