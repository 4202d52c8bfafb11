import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { ReplyMessage, RequestMessage } from '../../certs/message.ts';
import { signNow } from '../../machine/signNow.ts';
import {
  type SigningKey,
  type VerificationKey,
  type VerifiedReply,
  verifyReply,
  verifyStreamHead,
} from '../../certs/signatures/index.ts';
import { publicJwk } from '../../certs/thumbprint.ts';
import { joinedHeaders } from '../../certs/signatures/headers.ts';
import { geoJsonType } from '../../terms/geoJson.ts';
import { defined } from '../../terms/defined.ts';
import { Problem } from '../../terms/problem.ts';
import { type Connection, StaleSocket } from './connection.ts';
import type { Deprecations } from './deprecation.ts';
import { DatongProblem } from './datongProblem.ts';
import type { ReceiptChecker } from './receiptCheck.ts';
import type { Answer } from './types.ts';

/** One call as its caller sees it: `signedCall` signs, sends and verifies it. */
export interface CallInput {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** path and query, as sent */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** whether a successful answer without a receipt is refused */
  readonly receipt: 'required' | 'optional';
}

export interface CallServices {
  readonly connection: Connection;
  /** the hub's public origin */
  readonly origin: string;
  readonly key: SigningKey;
  readonly hubKey: (keyid: string) => VerificationKey | undefined;
  /** fetches the hub's keys again, after a reply that an unknown key signed */
  readonly refreshHubKeys: () => Promise<void>;
  readonly receipts: ReceiptChecker;
  /** `traceparent` of the caller's current span, as in the options */
  readonly traceparent?: (() => string | undefined) | undefined;
  /** receives the deprecation notices of each verified answer */
  readonly deprecations?: Deprecations;
}

/**
 * Signs and sends a call, then verifies signature and receipt of the reply before anything of it is used.
 * @throws DatongProblem when the hub refused, Problem reply_… for an invalid reply, the network's error when there was none
 */
export async function signedCall(input: CallInput, services: CallServices): Promise<Answer<unknown>> {
  return verifiedAnswer(input, services, await sendSigned(input, services));
}

/** Verifies a reply and its receipt. @throws as signedCall */
export async function verifiedAnswer(
  input: CallInput,
  services: CallServices,
  { request, reply }: { readonly request: RequestMessage; readonly reply: ReplyMessage },
): Promise<Answer<unknown>> {
  let verified: VerifiedReply;
  try {
    verified = await verifyWithFreshKeys(reply, request, services);
  } catch (error) {
    // a refusal before the application (size, parser, unknown address) is not signed: it is a refusal without proof of its sender
    if (reply.status >= 400 && isUnsigned(error)) throw new DatongProblem(reply, undefined);
    throw error;
  }
  const { receipt, bound, exchange = '' } = verified;
  const stored = { exchange, request, reply, receipt, signingKey: publicJwk(services.key.privateKey) };
  const check =
    receipt === undefined ? undefined : await services.receipts.check(receipt, request, reply, bound);
  if (reply.status >= 400) throw new DatongProblem(reply, stored);
  if (receipt === undefined && input.receipt === 'required') throw new Problem('reply_receipt_missing');
  const headers = joinedHeaders(reply.rawHeaders);
  services.deprecations?.hear(input.path, headers);
  return {
    status: reply.status,
    headers,
    body: reply.body,
    json: jsonOf(reply, headers),
    receipt,
    check,
    exchange,
    kept: stored,
  };
}

/** The head of a stream that was verified; its body is not read yet. */
export interface OpenedStream {
  readonly request: RequestMessage;
  readonly response: Readable;
  readonly exchange: string;
}

/**
 * Signs and sends a call whose answer is a stream, and verifies its head and the receipt of its first entry.
 * @throws as signedCall
 */
export async function openStream(
  input: Omit<CallInput, 'receipt'>,
  services: CallServices,
): Promise<OpenedStream> {
  const { request, response } = await openSigned(input, services);
  const status = response.statusCode ?? 0;
  const { rawHeaders } = response;
  if (status !== 200) {
    const reply = { status, rawHeaders, body: await wholeOf(response) };
    throw await refusalOf({ request, reply }, services);
  }
  try {
    const { receipt, exchange } = await withFreshKeys(services, (lookupKey) =>
      verifyStreamHead({ status, rawHeaders }, { request, lookupKey }),
    );
    if (receipt === undefined || exchange === undefined) throw new Problem('reply_receipt_missing');
    const { leaf } = await services.receipts.checkOpened(receipt, request);
    if (leaf?.stream?.state !== 'open' || leaf.id !== exchange)
      throw new Problem('reply_receipt_invalid', { reason: 'its entry opens no stream' });
    services.deprecations?.hear(input.path, joinedHeaders(rawHeaders));
    return { request, response, exchange };
  } catch (error) {
    response.destroy();
    throw error;
  }
}

/** The refusal of a stream is an ordinary reply. */
async function refusalOf(
  { request, reply }: { readonly request: RequestMessage; readonly reply: ReplyMessage },
  services: CallServices,
): Promise<unknown> {
  try {
    await verifiedAnswer({ method: 'POST', path: '', receipt: 'optional' }, services, { request, reply });
    return new Problem('reply_stream_invalid', {
      reason: { zh: `状态码 ${reply.status}`, en: `status ${reply.status}` },
    });
  } catch (error) {
    return error;
  }
}

/** Refusals are short; a longer body is not one. */
const maxRefusalLength = 1024 * 1024;

async function wholeOf(response: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxRefusalLength)
      throw new Problem('reply_stream_invalid', { reason: 'a refusal without end' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function openSigned(
  input: Omit<CallInput, 'receipt'>,
  services: CallServices,
): Promise<{ request: RequestMessage; response: IncomingMessage }> {
  for (let attempt = 1; ; attempt += 1) {
    const { request, headers } = signedMessage(input, services);
    try {
      const { method, targetUri, body } = request;
      return { request, response: await services.connection.open({ method, uri: targetUri, headers, body }) };
    } catch (error) {
      if (!(error instanceof StaleSocket) || attempt === 3) throw error;
    }
  }
}

/** Tries once more, with a new nonce and signature, where the hub had closed a keep-alive socket. */
async function sendSigned(
  input: Omit<CallInput, 'receipt'>,
  services: CallServices,
): Promise<{ request: RequestMessage; reply: ReplyMessage }> {
  for (let attempt = 1; ; attempt += 1) {
    const { request, headers } = signedMessage(input, services);
    try {
      const { method, targetUri, body } = request;
      return { request, reply: await services.connection.send({ method, uri: targetUri, headers, body }) };
    } catch (error) {
      if (!(error instanceof StaleSocket) || attempt === 3) throw error;
    }
  }
}

/** A signed call: the bytes that are sent, and the values that its reply is verified against. */
export function signedMessage(
  input: Omit<CallInput, 'receipt'>,
  { origin, key, traceparent }: CallServices,
): { request: RequestMessage; headers: Record<string, string> } {
  const { method, path, body = new Uint8Array() } = input;
  const targetUri = `${origin}${path}`;
  const traced = defined({ traceparent: traceparent?.() });
  const headers = signNow({ method, targetUri, headers: { ...input.headers, ...traced }, body, key });
  return { request: { method, targetUri, rawHeaders: Object.entries(headers).flat(), body }, headers };
}

const verifyWithFreshKeys = (
  reply: ReplyMessage,
  request: RequestMessage,
  services: CallServices,
): Promise<VerifiedReply> =>
  withFreshKeys(services, (lookupKey) => verifyReply(reply, { request, lookupKey }));

/** Fetches the keys again, as the hub may have a new one since. */
export async function withFreshKeys<T>(
  services: CallServices,
  verify: (lookupKey: (keyid: string) => VerificationKey | undefined) => T | Promise<T>,
): Promise<T> {
  const unknown = new Set<string>();
  const lookupKey = (keyid: string): VerificationKey | undefined => {
    const key = services.hubKey(keyid);
    if (key === undefined) unknown.add(keyid);
    return key;
  };
  try {
    return await verify(lookupKey);
  } catch (error) {
    if (unknown.size === 0) throw error;
    await services.refreshHubKeys();
    return verify(lookupKey);
  }
}

const isUnsigned = (error: unknown): boolean =>
  error instanceof Problem && error.code === 'reply_signature_missing';

function jsonOf(reply: ReplyMessage, headers: ReadonlyMap<string, string>): unknown {
  const type = headers.get('content-type') ?? '';
  const isJson = ['application/json', geoJsonType].some((one) => type.startsWith(one));
  if (!isJson || reply.body.length === 0) return undefined;
  return JSON.parse(Buffer.from(reply.body).toString('utf8')) as unknown;
}
