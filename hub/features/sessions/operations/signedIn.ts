import type { StaffPlace } from '../../../pipeline/callers/staffDoor.ts';
import { setCookie } from '../../../pipeline/callers/cookie.ts';
import type { AllowedOutcome } from '../../../pipeline/call.ts';
import type { Act } from '../../../identity/act.ts';
import type { SignedIn } from '../../../identity/sessions/newSession.ts';
import { actOutcome } from '../../common/actOutcome.ts';

/** A session begins: its secret goes out in the cookie alone, where no script reads it. */
export function signedIn(
  { reply: { secret, ...shown }, ...act }: Act<SignedIn>,
  { cookie }: StaffPlace,
): AllowedOutcome {
  return { ...actOutcome<'signInByCode'>(201, { ...act, reply: shown }), headers: setCookie(cookie, secret) };
}
