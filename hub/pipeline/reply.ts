/** The reply, as the listener writes it. */
import type { RequestHead } from '../../certs/message.ts';
import { signReplyInPool, signStreamHead } from '../../certs/signatures/signReply.ts';
import type { SigningKey } from '../../certs/signatures/key.ts';
import { problemDocument, type Problem } from '../../terms/problem.ts';
import type { Answer } from './call.ts';
import type { FrameChannel } from './frameChannel.ts';

export interface OutgoingReply {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** the body of a stream, `body` is empty then. @param signal aborted when nobody is left to read */
  readonly stream?: StreamedBody | undefined;
  /** of status 101: told of the connection as soon as it is there */
  readonly connect?: ((channel: FrameChannel) => void) | undefined;
}

export type StreamedBody = (signal: AbortSignal) => AsyncIterable<Uint8Array>;

export interface ReplySigner {
  readonly key: SigningKey;
  /** Unix milliseconds */
  readonly now: () => number;
}

export type ReplyBody = Answer;

export interface ReplyParts extends Omit<ReplyBody, 'stream' | 'connect'> {
  readonly exchange: string;
  readonly receipt?: string;
  /** the Content-Digest header, where it was needed before */
  readonly digest?: string;
  readonly stream?: StreamedBody | undefined;
  readonly connect?: OutgoingReply['connect'];
}

/** The one place where a problem becomes an answer. @param exchange under which the refusal is logged, if it is */
export function problemAnswer(problem: Problem, exchange?: string): Omit<ReplyBody, 'stream' | 'connect'> {
  return {
    status: problem.status,
    contentType: 'application/problem+json',
    body: Buffer.from(JSON.stringify(problemDocument(problem, exchange)), 'utf8'),
    headers: problem.extras.headers ?? {},
  };
}

/** Signs a reply over status, type, digest, exchange id, receipt and the request it answers. */
export async function signedReply(
  signer: ReplySigner,
  request: RequestHead,
  parts: ReplyParts,
): Promise<OutgoingReply> {
  const covered: Record<string, string> = {
    'content-type': parts.contentType,
    'datong-exchange-id': parts.exchange,
    ...(parts.receipt === undefined ? {} : { 'datong-receipt': parts.receipt }),
  };
  const head = {
    status: parts.status,
    headers: covered,
    request,
    key: signer.key,
    created: Math.floor(signer.now() / 1000),
  };
  const signature =
    parts.stream === undefined
      ? await signReplyInPool({
          body: parts.body,
          ...head,
          ...(parts.digest === undefined ? {} : { digest: parts.digest }),
        })
      : await signStreamHead(head);
  return {
    status: parts.status,
    headers: [
      ...Object.entries(covered),
      ...Object.entries(signature),
      ...Object.entries(parts.headers ?? {}),
    ],
    body: parts.body,
    stream: parts.stream,
    connect: parts.connect,
  };
}

/** An unsigned reply, of the listeners that people and machines of the operator use. Nothing keeps it on the way. */
export function plainReply(parts: ReplyParts): OutgoingReply {
  return {
    status: parts.status,
    headers: [
      ['content-type', parts.contentType],
      ['cache-control', 'no-store'],
      ['datong-exchange-id', parts.exchange],
      ...(parts.receipt === undefined ? [] : [['datong-receipt', parts.receipt] as const]),
      ...Object.entries(parts.headers ?? {}),
    ],
    body: parts.body,
  };
}

/** Told of failures that are the hub's own; must not throw. */
export type ReportFailure = (failure: {
  /** empty where it belongs to no exchange */
  readonly exchange: string;
  readonly operation: string;
  readonly error: unknown;
}) => void;
