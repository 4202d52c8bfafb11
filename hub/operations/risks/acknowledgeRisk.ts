import type { Call, Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { decideRisk } from './decideRisk.ts';

/**
 * A person has looked at a finding and says what it was. What one person escalated another one acknowledges.
 * @throws Problem not_found, four_eyes, transition_not_allowed
 */
export function acknowledgeRisk(call: Call<StaffCaller>, services: Services): Promise<Outcome> {
  return decideRisk(call, services, 'acknowledge');
}
