import type { components } from '../../../api/openapi.ts';
import { clearCookie } from '../../gate/doors/cookie.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { actOutcome } from '../actOutcome.ts';
import type { Services } from '../services.ts';

/** Signs out, or ends somebody's session. @throws Problem session_unknown */
export async function endSession(call: Call<StaffCaller>, { identity, hub }: Services): Promise<Outcome> {
  const { reason = 'signed out' } = call.body as components['schemas']['SessionEnd'];
  const id = call.params['session'] ?? '';
  const outcome = actOutcome(200, await identity.sessions.end({ id, reason }, call));
  return id === call.caller.tokenId ? { ...outcome, headers: clearCookie(hub.staff.cookie) } : outcome;
}
