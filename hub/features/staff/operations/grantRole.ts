import { actOutcome } from '../../common/actOutcome.ts';
import { grantRole as act } from '../../../identity/persons/personLifeCycle.ts';
import { everywhere } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** @throws Problem person_unknown, person_invalid, department_unknown, already_registered */
export const grantRole = operation('grantRole', {
  kind: 'management',
  permission: { operator: everywhere },
  owner: (call) => anyOf(call.body.department),
  run: async (call, { identity }) => {
    const grant = call.body;
    const request = { person: call.params.person, grant };
    return actOutcome<'grantRole'>(201, await identity.prepare(act, request, call.caller.person, call));
  },
});
