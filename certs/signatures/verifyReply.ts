import type { Bilingual } from '../../terms/bilingual.ts';
import type { FaultWord } from '../../terms/factWords.ts';
import { keyId, type KeyId } from '../../terms/ids.ts';
import { Problem } from '../../terms/problem.ts';
import type { ReplyMessage, RequestHead } from '../message.ts';
import { joinedHeaders, signatureBase } from './headers.ts';
import type { MessageView } from './component.ts';
import { contentDigest } from './contentDigest.ts';
import { verifyBytes, type VerificationKey } from './key.ts';
import { replyLabel, replyTag, streamTag } from './profile.ts';
import { replyShape, requestView, streamShape } from './replyComponents.ts';
import { FieldReader, FieldSyntaxError, type Parameters } from './structuredField.ts';

/** The proven facts of a verified reply. */
export interface VerifiedReply {
  readonly keyid: KeyId;
  /** Unix seconds */
  readonly created: number;
  readonly exchange: string | undefined;
  readonly receipt: string | undefined;
  /** false where the reply does not cover the request's signature, which is allowed only for rejecting an unreadable request */
  readonly bound: boolean;
}

/** Maximum length of the Signature-Input of a reply; its parameters are few. */
const maxInputLength = 1024;

/**
 * Verifies a reply against the request that was sent: signed by a key of the hub, body unchanged, every component covered that the
 * profile requires, bound to this request.
 * @throws Problem reply_signature_missing, reply_not_bound, reply_signature_invalid (also for a reply without Content-Digest)
 */
export function verifyReply(reply: ReplyMessage, options: ReplyOptions): VerifiedReply {
  const verified = verifyHead(reply, options, replyTag);
  if (joinedHeaders(reply.rawHeaders).get('content-digest') !== contentDigest(reply.body))
    throw invalid('the body is not the one that was signed');
  return verified;
}

/**
 * Verifies the head of a reply whose body is not available, such as a reply stored as proof. It proves that the content with that digest
 * was sent.
 * @throws Problem as verifyReply
 */
export function verifyReplyHead(
  head: Pick<ReplyMessage, 'status' | 'rawHeaders'>,
  options: ReplyOptions,
): VerifiedReply {
  return verifyHead({ ...head, body: new Uint8Array(0) }, options, replyTag);
}

/**
 * Verifies the head of a stream (tag `datong-stream-1`): as a reply, without the digest, because the body is still being made.
 * @throws Problem as verifyReply
 */
export function verifyStreamHead(
  head: Pick<ReplyMessage, 'status' | 'rawHeaders'>,
  options: ReplyOptions,
): VerifiedReply {
  return verifyHead({ ...head, body: new Uint8Array(0) }, options, streamTag);
}

export interface ReplyOptions {
  readonly request: RequestHead & { readonly body?: Uint8Array };
  readonly lookupKey: (keyid: KeyId) => VerificationKey | undefined;
}

function verifyHead(
  reply: ReplyMessage,
  options: ReplyOptions,
  tag: typeof replyTag | typeof streamTag,
): VerifiedReply {
  const view = replyMessageView(reply, options.request);
  const { input, signature } = signatureFields(view);
  const { parameters, parametersText, list } = readReplyInput(input);
  const shape = tag === streamTag ? streamShape(view) : replyShape(view);
  const bound = shape.list.includes('"signature";req');
  if (!bound && reply.status < 400) throw new Problem('reply_not_bound');
  if (list !== shape.list) throw invalid('it does not cover what the profile wants', shape.list, list);
  const { keyid, created, key } = readReplyParameters(parameters, options.lookupKey, tag);
  const base = signatureBase(shape.components, parametersText, view);
  if (typeof base !== 'string')
    throw invalid({ zh: `答复没有 ${base.missing.id}`, en: `the reply has no ${base.missing.id}` });
  if (!verifyBytes(Buffer.from(base, 'latin1'), signature, key))
    throw invalid('the bytes were changed or belong to another request');
  return {
    keyid,
    created,
    exchange: view.headers.get('datong-exchange-id'),
    receipt: view.headers.get('datong-receipt'),
    bound,
  };
}

/** The reply in the view of its signature, with the request it answers. */
function replyMessageView(reply: ReplyMessage, request: RequestHead): MessageView {
  return { status: reply.status, headers: joinedHeaders(reply.rawHeaders), request: requestView(request) };
}

function invalid(reason: FaultWord | Bilingual, expected?: string, received?: string): Problem {
  return new Problem(
    'reply_signature_invalid',
    { reason },
    {
      check: 'reply',
      ...(expected === undefined ? {} : { expected }),
      ...(received === undefined ? {} : { received }),
    },
  );
}

function signatureFields(view: MessageView): { input: string; signature: Buffer } {
  const input = view.headers.get('signature-input');
  const field = view.headers.get('signature');
  if (input === undefined || field === undefined) throw new Problem('reply_signature_missing');
  const reader = new FieldReader(field);
  return {
    input,
    signature: readOr('signature', () => {
      if (reader.key() !== replyLabel) reader.fail(`the label ${replyLabel}`);
      reader.need('=');
      const bytes = reader.bytes(512);
      if (!reader.ended) reader.fail('the end');
      return bytes;
    }),
  };
}

function readReplyInput(input: string): { parameters: Parameters; parametersText: string; list: string } {
  return readOr('signature-input', () => {
    if (input.length > maxInputLength) throw invalid('Signature-Input is too long');
    const reader = new FieldReader(input);
    if (reader.key() !== replyLabel) reader.fail(`the label ${replyLabel}`);
    reader.need('=');
    const start = reader.position;
    reader.innerList(16);
    const list = input.slice(start, reader.position);
    const parameters = reader.parameters();
    if (!reader.ended) reader.fail('the end');
    return { parameters, parametersText: input.slice(start), list };
  });
}

function readReplyParameters(
  parameters: Parameters,
  lookupKey: (keyid: KeyId) => VerificationKey | undefined,
  wanted: string,
): { keyid: KeyId; created: number; key: VerificationKey } {
  const { created, keyid, alg, tag } = parameters;
  if (tag !== wanted) throw invalid('its tag is another', wanted, String(tag));
  if (typeof created !== 'number') throw invalid('it has no created');
  if (typeof keyid !== 'string' || keyid.length !== 43) throw invalid('it names no key');
  const named = readOr('keyid', () => keyId(keyid));
  const key = lookupKey(named);
  if (key === undefined) throw invalid('its key is not a key of this hub', undefined, keyid);
  if (key.alg !== alg) throw invalid("alg is not that of the hub's key", key.alg, String(alg));
  return { keyid: named, created, key };
}

/** Maps any parsing error to the one problem of a reply. */
function readOr<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof FieldSyntaxError)
      throw invalid({
        zh: `${what} 第 ${error.position + 1} 个字符处写法有误`,
        en: `${what}: ${error.expected} at character ${error.position + 1}`,
      });
    if (error instanceof Problem && error.code === 'malformed_identifier')
      throw invalid({ zh: `${what} 写法有误`, en: `${what} is malformed` });
    throw error;
  }
}
