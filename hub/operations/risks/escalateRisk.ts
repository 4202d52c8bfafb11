import type { Call, Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { decideRisk } from './decideRisk.ts';

/** A person hands a finding on, with what she knows. @throws Problem not_found, transition_not_allowed */
export function escalateRisk(call: Call<StaffCaller>, services: Services): Promise<Outcome> {
  return decideRisk(call, services, 'escalate');
}
