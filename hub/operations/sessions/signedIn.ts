import type { StaffPlace } from '../../gate/doors/staffDoor.ts';
import { setCookie } from '../../gate/doors/cookie.ts';
import type { AllowedOutcome } from '../../gate/call.ts';
import type { Act } from '../../identity/act.ts';
import type { SignedIn } from '../../identity/sessions/newSession.ts';
import { actOutcome } from '../actOutcome.ts';

/** A session begins: its secret goes out in the cookie alone, where no script reads it. */
export function signedIn(
  { reply: { secret, ...shown }, ...act }: Act<SignedIn>,
  { cookie }: StaffPlace,
): AllowedOutcome {
  return { ...actOutcome<'signInByCode'>(201, { ...act, reply: shown }), headers: setCookie(cookie, secret) };
}
