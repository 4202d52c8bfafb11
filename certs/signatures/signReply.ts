import type { RequestHead } from '../message.ts';
import { signatureBase } from './headers.ts';
import { contentDigest } from './contentDigest.ts';
import { signInPool, type SigningKey } from './key.ts';
import { replyLabel, replyTag, streamTag } from './profile.ts';
import { replyShape, requestView, streamShape } from './replyComponents.ts';

export interface ReplyToSign {
  readonly status: number;
  /** by lower-case name; content-type, datong-exchange-id, datong-receipt and repr-digest are covered where present */
  readonly headers: Readonly<Record<string, string>>;
  /** bytes as they will be sent */
  readonly body: Uint8Array;
  /** the request that is answered */
  readonly request: RequestHead;
  readonly key: SigningKey;
  /** Unix seconds */
  readonly created: number;
  /** the Content-Digest header where it is known already */
  readonly digest?: string;
}

/** The three headers that sign a reply: content-digest, signature-input, signature. They are sent in addition to the given ones. */
export interface ReplySignatureHeaders {
  readonly 'content-digest': string;
  readonly 'signature-input': string;
  readonly signature: string;
}

/** Signs a reply of any status, bound to the request it answers. The elliptic-curve computation runs in the thread pool. */
export async function signReplyInPool(reply: ReplyToSign): Promise<ReplySignatureHeaders> {
  const unsigned = unsignedReply(reply);
  return signatureHeaders(unsigned, await signInPool(unsigned.base, reply.key));
}

/** The signed content of a reply, and the corresponding headers. */
export interface UnsignedReply {
  readonly base: Buffer;
  readonly digest: string;
  readonly parametersText: string;
}

export function unsignedReply(reply: ReplyToSign): UnsignedReply {
  const { key } = reply;
  const digest = reply.digest ?? contentDigest(reply.body);
  const headers = new Map(Object.entries(reply.headers));
  headers.set('content-digest', digest);
  const view = { status: reply.status, headers, request: requestView(reply.request) };
  const { components, list } = replyShape(view);
  const created = reply.created;
  const parametersText = `${list};created=${created};keyid="${key.keyid}";alg="${key.alg}";tag="${replyTag}"`;
  const base = signatureBase(components, parametersText, view);
  if (typeof base !== 'string') throw new TypeError(`no value for ${base.missing.id}`);
  return { base: Buffer.from(base, 'latin1'), digest, parametersText };
}

export const signatureHeaders = (
  { digest, parametersText }: UnsignedReply,
  signature: Buffer,
): ReplySignatureHeaders => ({
  'content-digest': digest,
  'signature-input': `${replyLabel}=${parametersText}`,
  signature: `${replyLabel}=:${signature.toString('base64')}:`,
});

/** Signs the head of a stream, whose lines sign its bytes (certs/streamEnd.ts). */
export async function signStreamHead(
  head: Omit<ReplyToSign, 'body' | 'digest'>,
): Promise<Pick<ReplySignatureHeaders, 'signature-input' | 'signature'>> {
  const { status, headers, request, key, created } = head;
  const view = { status, headers: new Map(Object.entries(headers)), request: requestView(request) };
  const { components, list } = streamShape(view);
  const parametersText = `${list};created=${created};keyid="${key.keyid}";alg="${key.alg}";tag="${streamTag}"`;
  const base = signatureBase(components, parametersText, view);
  if (typeof base !== 'string') throw new TypeError(`no value for ${base.missing.id}`);
  const signature = await signInPool(Buffer.from(base, 'latin1'), key);
  return {
    'signature-input': `${replyLabel}=${parametersText}`,
    signature: `${replyLabel}=:${signature.toString('base64')}:`,
  };
}
