/** The reply, as the listener writes it. */
import type { RequestHead } from '../../certs/message.ts';
import { signReplyInPool } from '../../certs/signatures/signReply.ts';
import type { SigningKey } from '../../certs/signatures/key.ts';
import { problemDocument, type Problem } from '../../terms/problem.ts';
import type { Answer } from './call.ts';

export interface OutgoingReply {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

export interface ReplySigner {
  readonly key: SigningKey;
  /** Unix milliseconds */
  readonly now: () => number;
}

export type ReplyBody = Answer;

export interface ReplyParts extends ReplyBody {
  readonly exchange: string;
  readonly receipt?: string;
  /** the Content-Digest header, where it was needed before */
  readonly digest?: string;
}

/** The one place where a problem becomes an answer. @param exchange under which the refusal is logged, if it is */
export function problemAnswer(problem: Problem, exchange?: string): ReplyBody {
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
  const signature = await signReplyInPool({
    status: parts.status,
    headers: covered,
    body: parts.body,
    request,
    key: signer.key,
    created: Math.floor(signer.now() / 1000),
    ...(parts.digest === undefined ? {} : { digest: parts.digest }),
  });
  return {
    status: parts.status,
    headers: [
      ...Object.entries(covered),
      ...Object.entries(signature),
      ...Object.entries(parts.headers ?? {}),
    ],
    body: parts.body,
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
