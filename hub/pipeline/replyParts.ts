import type { Appended } from '../log/draft.ts';
import type { Entry } from '../log/entry.ts';
import type { Caller } from '../identity/authentication/caller.ts';
import type { Answer } from './call.ts';
import { connectionOf, currentEpoch } from './requestChecks.ts';
import type { Carried } from './entryOf.ts';
import type { GateServices, Passage } from './passage.ts';
import { reportLimits } from './rateLimit.ts';
import type { ReplyParts, StreamedBody } from './reply.ts';
import { streamBody } from './streamBody.ts';

/** What is sent once the entry is durable: the answer, the caller's remaining quota, and the stream or connection that it opens. */
export function replyParts<C extends Caller>(
  services: GateServices,
  passage: Passage<C>,
  { draft }: Appended<Entry<Carried>>,
  receipt: string,
): ReplyParts {
  const { stream, notices, connect, ...reported } = reportLimits(services, passage, draft);
  const { caller } = draft.carried;
  return {
    exchange: passage.exchange,
    receipt,
    ...reported,
    ...(stream === undefined ? {} : { stream: streamBody(services, passage, caller, stream) }),
    ...(notices === undefined ? {} : { stream: noticesBody(services, passage, notices) }),
    ...(connect === undefined ? {} : { connect: connectionOf(services, passage, caller, connect) }),
  };
}

/** @throws TypeError for a caller adapter without notices */
function noticesBody<C extends Caller>(
  services: GateServices,
  { door, operation, request, exchange }: Passage<C>,
  notices: NonNullable<Answer['notices']>,
): StreamedBody {
  const { stillAuthenticated } = door;
  if (stillAuthenticated === undefined)
    throw new TypeError(`${operation.id} is on a listener without notices`);
  return (signal) =>
    notices({
      signal,
      caller: async () => {
        await currentEpoch(services.current, services.audit);
        const caller = await stillAuthenticated(request.head, { now: services.database.now(), exchange });
        operation.permit?.(caller);
        return caller;
      },
    });
}
