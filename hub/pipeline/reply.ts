/** The reply, as the listener writes it. */
import type { RequestHead } from '../../certs/message.ts';
import { signReplyInPool, signStreamHead } from '../../certs/signatures/signReply.ts';
import type { SigningKey } from '../../certs/signatures/key.ts';
import { problemDocument, type Problem } from '../../terms/problem.ts';
import type { Answer, WholeAnswer } from './call.ts';
import type { FrameChannel } from './frameChannel.ts';

export interface OutgoingReply {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** the body of a stream, `body` is empty then. @param signal aborted when the reader has disconnected */
  readonly stream?: StreamedBody | undefined;
  /** for status 101: receives the connection as soon as it is open */
  readonly connect?: ((channel: FrameChannel) => void) | undefined;
}

export type StreamedBody = (signal: AbortSignal) => AsyncIterable<Uint8Array>;

export interface ReplySigner {
  readonly key: SigningKey;
  /** Unix milliseconds */
  readonly now: () => number;
}

export type ReplyBody = Answer;

export interface ReplyParts extends WholeAnswer {
  readonly exchange: string;
  readonly receipt?: string;
  /** the Content-Digest header, where it was computed before */
  readonly digest?: string;
  readonly stream?: StreamedBody | undefined;
  readonly connect?: OutgoingReply['connect'];
}

/** The only place that turns a problem into an answer. @param exchange under which the refusal is logged, if it is */
export function problemAnswer(problem: Problem, exchange?: string): WholeAnswer {
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
  const { 'repr-digest': representation, ...others } = parts.headers ?? {};
  if (representation !== undefined) covered['repr-digest'] = representation;
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
    headers: [...Object.entries(covered), ...Object.entries(signature), ...Object.entries(others)],
    body: parts.body,
    stream: parts.stream,
    connect: parts.connect,
  };
}

/** An unsigned reply, for the listeners used by people and by the operator's systems. No intermediary may store it. */
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
    stream: parts.stream,
  };
}

/** Receives failures of the hub itself; must not throw. */
export type ReportFailure = (failure: {
  /** empty where it belongs to no exchange */
  readonly exchange: string;
  readonly operation: string;
  readonly error: unknown;
}) => void;
