/** The citizen listener's door: a person on her own page, by the session of her browser. */
import type { Identity } from '../../identity/identity.ts';
import type { CallHead, SubjectCaller } from '../../identity/authentication/caller.ts';
import { plainReply } from '../reply.ts';
import { cookieOf } from './cookie.ts';
import type { CallerAuth } from './callerAuth.ts';
import { checkSameOrigin, type StaffPlace } from './staffAuth.ts';

/** A cookie travels with whatever a page of anybody makes the browser send; so a call must come from a page of this very origin. */
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
