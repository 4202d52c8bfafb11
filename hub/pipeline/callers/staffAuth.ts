/** The caller adapters of the staff listener: staff with a bearer token or a browser session, and callers who are signing in. */
import { Problem } from '../../../terms/problem.ts';
import type { Identity } from '../../identity/identity.ts';
import type { CallHead, StaffCaller, Stranger } from '../../identity/authentication/caller.ts';
import type { OperationId } from '../contract.ts';
import { headerOf } from '../requestChecks.ts';
import { plainReply } from '../reply.ts';
import { cookieOf, type SessionCookie } from './cookie.ts';
import type { CallerAuth } from './callerAuth.ts';

/** The address at which browsers reach the staff listener. */
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

/** Operations to which a browser connects again by itself. */
const streams: ReadonlySet<string> = new Set<OperationId>(['watchEvents', 'followOpenEvents']);

/**
 * Accepts a bearer token (sent by systems) or a browser session. Both together are refused, because they could identify two persons.
 * Browsers send a cookie with requests from any page, so a call with a cookie must come from a page of the same origin.
 */
export const staffAuth = (
  identity: Pick<Identity, 'staff' | 'current' | 'sessions'>,
  place: StaffPlace,
): CallerAuth<StaffCaller> => ({
  ...behind,
  scheme: 'staffToken',
  authenticate: (head, { now, operation }) => {
    // a page that connects again by itself is no use of the session
    const isReconnect = streams.has(operation.id) && headerOf(head, 'last-event-id') !== undefined;
    return staffOf(identity, place, head, now, !isReconnect);
  },
  stillAuthenticated: (head, { now }) => staffOf(identity, place, head, now, false),
});

/** @param isUse whether a session is used by it: one that is not used ends */
async function staffOf(
  identity: Pick<Identity, 'staff' | 'current' | 'sessions'>,
  place: StaffPlace,
  head: CallHead,
  now: number,
  isUse: boolean,
): Promise<StaffCaller> {
  const authorization = headerOf(head, 'authorization');
  const session = cookieOf(head, place.cookie);
  if (session === undefined) return identity.staff(authorization);
  if (authorization !== undefined) throw new Problem('two_credentials');
  checkSameOrigin(head, place);
  await identity.current();
  return identity.sessions.caller(session, now, isUse);
}

/**
 * The caller is not authenticated yet. Another origin may not start a sign-in either: the user would work under another person's account.
 */
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
 * The browser's own statement of which page made the call; no page can change it: `Sec-Fetch-Site` (Chromium since 76), else `Origin`.
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
