/** The signed reply, as the listener writes it. */
import { signReply } from '../../certs/signatures/signReply.ts';
import type { SigningKey } from '../../certs/signatures/key.ts';
import type { RequestMessage } from '../../certs/message.ts';

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

export interface ReplyParts {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly exchange: string;
  readonly receipt?: string;
  /** the Content-Digest header, where it was needed before */
  readonly digest?: string;
  /** further headers, unsigned */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Signs a reply over status, type, digest, exchange id, receipt and the request it answers. */
export function signedReply(signer: ReplySigner, request: RequestMessage, parts: ReplyParts): OutgoingReply {
  const covered: Record<string, string> = {
    'content-type': parts.contentType,
    'datong-exchange-id': parts.exchange,
    ...(parts.receipt === undefined ? {} : { 'datong-receipt': parts.receipt }),
  };
  const signature = signReply({
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
