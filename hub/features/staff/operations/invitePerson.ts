import { actOutcome } from '../../common/actOutcome.ts';
import { invitePerson as act } from '../../../identity/persons/invitePerson.ts';
import { everywhere } from '../../../domain/cells.ts';
import { eachOf } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** @throws Problem person_invalid, department_unknown */
export const invitePerson = operation('invitePerson', {
  kind: 'management',
  permission: { operator: everywhere },
  owner: (call) => eachOf(call.body.roles.map(({ department }) => department)),
  run: async (call, { identity }) => {
    const body = call.body;
    return actOutcome<'invitePerson'>(201, await identity.prepare(act, body, call.caller.person, call));
  },
});
