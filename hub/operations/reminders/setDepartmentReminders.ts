import type { components } from '../../../api/openapi.ts';
import { Problem } from '../../../terms/problem.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { setAddresses } from './setAddresses.ts';

/** A department's, by a steward of its own. @throws Problem department_unknown, reminder_place_not_allowed */
export async function setDepartmentReminders(call: Call<StaffCaller>, services: Services): Promise<Outcome> {
  const owner = call.params['department'] ?? '';
  if (services.identity.department(owner) === undefined)
    throw new Problem('department_unknown', { department: owner });
  const asked = call.body as components['schemas']['DepartmentReminders'];
  return await setAddresses(call, services, { kind: 'department', owner }, asked);
}
