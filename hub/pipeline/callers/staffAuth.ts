/** The staff listener's doors: a person by a bearer token or by the session of her browser, and whoever is about to sign in. */
import { Problem } from '../../../terms/problem.ts';
import type { Identity } from '../../identity/identity.ts';
import type { CallHead, StaffCaller, Stranger } from '../../identity/authentication/caller.ts';
import { headerOf } from '../requestChecks.ts';
import { plainReply } from '../reply.ts';
import { cookieOf, type SessionCookie } from './cookie.ts';
import type { CallerAuth } from './callerAuth.ts';

/** The staff listener as browsers reach it. */
export interface StaffPlace {
  /** `https://hub.example:8445` */
  readonly origin: string;
  readonly cookie: SessionCookie;
}

const behind = {
  bucketOf: ({ address }: CallHead) => address,
  strangerOf: ({ address }: CallHead) => address,
  reply: (_head: CallHead, parts: Parameters<typeof plainReply>[0]) => plainReply(parts),
};

/**
 * A bearer token, which machines send, or the session of a browser: never both, since then two persons could be meant. A cookie travels
 * with whatever a page of anybody makes the browser send; so a call with one must come from a page of this very origin.
 */
export const staffAuth = (
  identity: Pick<Identity, 'staff' | 'current' | 'sessions'>,
  place: StaffPlace,
): CallerAuth<StaffCaller> => ({
  ...behind,
  scheme: 'staffToken',
  authenticate: async (head, { now }) => {
    const authorization = headerOf(head, 'authorization');
    const session = cookieOf(head, place.cookie);
    if (session === undefined) return identity.staff(authorization);
    if (authorization !== undefined) throw new Problem('two_credentials');
    checkSameOrigin(head, place);
    await identity.current();
    return identity.sessions.caller(session, now);
  },
});

/** Nobody is proven yet. Another page may not sign a person in either: she would work in somebody else's name. */
export const signInAuth = (place: StaffPlace): CallerAuth<Stranger> => ({
  ...behind,
  scheme: undefined,
  authenticate: (head) => {
    checkSameOrigin(head, place);
    return {
      kind: 'stranger',
      certificate: undefined,
      actor: { proven: {} },
      signatureHash: undefined,
      refusal: undefined,
    };
  },
});

/**
 * What the browser itself says about who made the call, which no page can change: `Sec-Fetch-Site` (Chromium since 76), else `Origin`.
 * @throws Problem cross_site_call
 */
export function checkSameOrigin(head: CallHead, { origin }: Pick<StaffPlace, 'origin'>): void {
  const site = headerOf(head, 'sec-fetch-site');
  const same = site === undefined ? headerOf(head, 'origin') === origin : site === 'same-origin';
  if (!same)
    throw new Problem(
      'cross_site_call',
      {},
      { check: 'origin', at: site === undefined ? 'origin' : 'sec-fetch-site' },
    );
}
