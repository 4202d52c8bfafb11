import { setAddresses } from './setAddresses.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** Her own mail: nobody sets it for her. @throws Problem reminder_place_not_allowed */
export const setOwnReminders = operation('setOwnReminders', {
  kind: 'management',
  permission: everyone,
  owner: self,
  run: async (call, services) => {
    const asked = call.body;
    return await setAddresses(call, services, { kind: 'person', owner: call.caller.person }, asked);
  },
});
