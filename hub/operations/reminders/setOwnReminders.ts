import type { components } from '../../../api/openapi.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { setAddresses } from './setAddresses.ts';

/** Her own mail: nobody sets it for her. @throws Problem reminder_place_not_allowed */
export async function setOwnReminders(call: Call<StaffCaller>, services: Services): Promise<Outcome> {
  const asked = call.body as components['schemas']['OwnReminders'];
  return await setAddresses(call, services, { kind: 'person', owner: call.caller.person }, asked);
}
