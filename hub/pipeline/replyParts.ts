import type { Appended } from '../log/draft.ts';
import type { Entry } from '../log/entry.ts';
import type { Caller } from '../identity/authentication/caller.ts';
import { connectionOf } from './requestChecks.ts';
import type { Carried } from './entryOf.ts';
import type { GateServices, Passage } from './passage.ts';
import { reportLimits } from './rateLimit.ts';
import type { ReplyParts } from './reply.ts';
import { streamBody } from './streamBody.ts';

/** What is sent once the entry is durable: the answer, the caller's remaining quota, and the stream or connection that it opens. */
export function replyParts<C extends Caller>(
  services: GateServices,
  passage: Passage<C>,
  { draft }: Appended<Entry<Carried>>,
  receipt: string,
): ReplyParts {
  const { stream, connect, ...reported } = reportLimits(services, passage, draft);
  const { caller } = draft.carried;
  return {
    exchange: passage.exchange,
    receipt,
    ...reported,
    ...(stream === undefined ? {} : { stream: streamBody(services, passage, caller, stream) }),
    ...(connect === undefined ? {} : { connect: connectionOf(services, passage, caller, connect) }),
  };
}
