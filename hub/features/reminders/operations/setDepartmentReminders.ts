import { Problem } from '../../../../terms/problem.ts';
import { setAddresses } from './setAddresses.ts';
import { own } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { placeOf } from '../../../identity/staffPlaces.ts';
import { operation } from '../../common/operation.ts';

/** A department's, by a steward of its own. @throws Problem department_unknown, reminder_place_not_allowed */
export const setDepartmentReminders = operation('setDepartmentReminders', {
  kind: 'management',
  permission: { 'office steward': own, steward: own },
  owner: (call, { identity }) => anyOf(placeOf(identity, call.params.department)),
  run: async (call, services) => {
    const owner = call.params.department;
    if (services.identity.department(owner) === undefined)
      throw new Problem('department_unknown', { department: owner });
    const asked = call.body;
    return await setAddresses(call, services, { kind: 'department', owner }, asked);
  },
});
