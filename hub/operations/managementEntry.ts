/** The entry of a management call and the reply that goes with it. */
import { createHash, type X509Certificate } from 'node:crypto';
import { newSalt, replyCommitment } from '../../log/commitment.ts';
import type { Leaf } from '../../log/leaf.ts';
import type { Openings } from '../../log/receipt/receipt.ts';
import { problemDocument, type Problem } from '../../terms/problem.ts';
import type { Appended, EntryDraft } from '../audit/draft.ts';
import { receiptOf } from '../audit/receipt.ts';
import type { StaffCaller } from '../identity/caller.ts';
import type { ManagedCall } from './managed.ts';

/** One call, as the listener hands it over. */
export interface ManagementInput {
  readonly operation: string;
  readonly staff: StaffCaller | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** the bytes of the body as received */
  readonly bytes: Uint8Array;
  readonly certificate: X509Certificate | undefined;
  /** address of the client: only to slow down strangers, never logged */
  readonly address: string;
  readonly idempotencyKey: string | undefined;
  /** id of the token that a stranger named, for the entry of its refusal */
  readonly claimedToken: string | undefined;
  /** the reply holds a secret: it is never stored */
  readonly secret: boolean;
}

export interface ManagementReply {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
  /** further headers, such as Retry-After */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ManagementDraft extends EntryDraft<ManagementDraft> {
  readonly answer: Answer;
  readonly openings: Openings;
}

export function leafOf(call: ManagedCall): Pick<Leaf, 'v' | 'id' | 'at' | 'operation' | 'actor'> {
  return {
    v: 1,
    id: call.exchange,
    at: new Date(call.now).toISOString(),
    operation: call.operation,
    actor:
      call.staff === undefined
        ? {}
        : {
            staff: call.staff.tokenId,
            ...(call.staff.department === undefined ? {} : { department: call.staff.department }),
          },
  };
}

/** What a stranger said of itself, named so. */
export function claimOf({ claimedToken, staff }: ManagementInput): Pick<Leaf, 'change'> {
  return staff !== undefined || claimedToken === undefined ? {} : { change: { claimedToken } };
}

/** The leaf commits to the digest of the reply; the salt goes out in the receipt. */
export function sealed(
  answer: Answer,
  leaf: Omit<Leaf, 'reply' | 'status'>,
): Pick<ManagementDraft, 'leaf' | 'answer' | 'openings'> {
  const salt = newSalt();
  const digest = createHash('sha256').update(answer.body).digest();
  return {
    answer,
    leaf: { ...leaf, reply: replyCommitment(digest, salt), status: answer.status },
    openings: { reply: salt },
  };
}

export const receiptFor = (appended: Appended<ManagementDraft>): string =>
  receiptOf(appended, appended.draft.openings);

export function problemAnswer(problem: Problem, exchange: string | undefined): Answer {
  return {
    status: problem.status,
    contentType: 'application/problem+json',
    body: Buffer.from(JSON.stringify(problemDocument(problem, exchange))),
    ...(problem.extras.headers === undefined ? {} : { headers: problem.extras.headers }),
  };
}

export function replyOf(exchange: string, answer: Answer, receipt: string | undefined): ManagementReply {
  return {
    status: answer.status,
    headers: [
      ['content-type', answer.contentType],
      ['cache-control', 'no-store'],
      ['datong-exchange-id', exchange],
      ...(receipt === undefined ? [] : [['datong-receipt', receipt] as const]),
      ...Object.entries(answer.headers ?? {}),
    ],
    body: answer.body,
  };
}
