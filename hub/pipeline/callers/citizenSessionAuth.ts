/** The caller adapter of the citizen listener: citizens on their own page, authenticated by a browser session. */
import type { Identity } from '../../identity/identity.ts';
import type { CallHead, SubjectCaller } from '../../identity/authentication/caller.ts';
import { plainReply } from '../reply.ts';
import { cookieOf } from './cookie.ts';
import type { CallerAuth } from './callerAuth.ts';
import { checkSameOrigin, type StaffPlace } from './staffAuth.ts';

/** Browsers send a cookie with requests from any page. A call must therefore come from a page of the same origin. */
export const citizenSessionAuth = (
  identity: Pick<Identity, 'current' | 'sessions'>,
  place: StaffPlace,
): CallerAuth<SubjectCaller> => ({
  scheme: 'ownSession',
  bucketOf: ({ address }: CallHead) => address,
  strangerOf: ({ address }: CallHead) => address,
  authenticate: async (head, { now }) => {
    checkSameOrigin(head, place);
    await identity.current();
    return identity.sessions.own(cookieOf(head, place.cookie), now);
  },
  reply: (_head, parts) => plainReply(parts),
});
