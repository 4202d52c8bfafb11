/**
 * The record of one exchange: the bytes of the request and of the reply, and the receipt. Stored in a folder, it can be verified years
 * later without the hub:
 *
 *   <exchange id>/request.http   raw HTTP/1.1, signature headers included
 *   <exchange id>/reply.http     raw HTTP/1.1
 *   <exchange id>/receipt.json   the receipt, decoded
 *   <exchange id>/signing-key.json   public key that the request was signed with: the entry names it by its thumbprint
 *
 *   datong client signature verify request.http --key SIGNING_JWK
 *   datong client signature verify reply.http --key HUB_JWKS --request request.http
 *   datong audit receipt verify receipt.json --anchors anchors.json --request request.http --reply reply.http
 */
import type { JsonWebKey } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReplyMessage, RequestMessage } from '../../certs/message.ts';
import {
  replyBytes,
  requestBytes,
  checkKey,
  checkSignature,
  readSignature,
  verifyReplyHead,
  type VerificationKey,
} from '../../certs/signatures/index.ts';
import { exchangeId } from '../../terms/ids.ts';

export interface StoredExchange {
  /** uuid version 7 */
  readonly exchange: string;
  readonly request: RequestMessage;
  readonly reply: ReplyMessage;
  /** the header `datong-receipt`; undefined where the call has no entry of its own */
  readonly receipt: string | undefined;
  /** public key of the request's signature */
  readonly signingKey?: JsonWebKey;
}

/**
 * Writes an exchange below a folder, readable by its owner alone: the reply contains personal data.
 * @returns the folder of this exchange
 * @throws Problem malformed_identifier where the exchange's id from the hub is no uuid: it becomes a folder name here
 */
export async function saveExchange(folder: string, stored: StoredExchange): Promise<string> {
  const place = join(folder, exchangeId(stored.exchange));
  await mkdir(place, { recursive: true, mode: 0o700 });
  const write = (name: string, bytes: Uint8Array | string): Promise<void> =>
    writeFile(join(place, name), bytes, { mode: 0o600 });
  await write('request.http', requestBytes(stored.request));
  await write('reply.http', replyBytes(stored.reply));
  if (stored.receipt !== undefined) await write('receipt.json', receiptJson(stored.receipt));
  if (stored.signingKey !== undefined)
    await write('signing-key.json', `${JSON.stringify(stored.signingKey, null, 2)}\n`);
  return place;
}

/** The receipt's JSON, indented for people. */
export function receiptJson(receipt: string): string {
  const value: unknown = JSON.parse(Buffer.from(receipt, 'base64url').toString('utf8'));
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** The hub's record of a service's answer, verified without the rows: it proves the hub's question and the provider's answer. */
export interface ProvenAnswer {
  /** id of the consumer's call, as the hub signed it */
  readonly exchange: string;
  /** Content-Digest of the body that was given: `sha-256=:…:` */
  readonly digest: string;
  /** thumbprint of the provider's key */
  readonly keyid: string;
}

interface Stored {
  readonly request: {
    readonly method: string;
    readonly targetUri: string;
    readonly rawHeaders: readonly string[];
  };
  readonly reply: { readonly status: number; readonly rawHeaders: readonly string[] };
}

/**
 * @param statement as stored with the entry (`datong audit explain`)
 * @throws Problem that names the violated rule of the signature; SyntaxError for text that is no such statement
 */
export function provenAnswer(
  statement: string,
  hubKeys: readonly VerificationKey[],
  providerKeys: readonly VerificationKey[],
): ProvenAnswer {
  const { request, reply } = JSON.parse(statement) as Stored;
  const signature = readSignature({ ...request, hasBody: true });
  const named = (keys: readonly VerificationKey[], wanted: string) =>
    keys.find(({ keyid }) => keyid === wanted);
  checkSignature(signature, request, checkKey(signature, named(hubKeys, signature.keyid)));
  const { keyid } = verifyReplyHead(reply, { request, lookupKey: (one) => named(providerKeys, one) });
  const at = reply.rawHeaders.findIndex((name) => name.toLowerCase() === 'content-digest');
  const [exchange = ''] = (signature.headers.get('datong-idempotency-key') ?? '').split('.');
  return { exchange, digest: reply.rawHeaders[at + 1] ?? '', keyid };
}
