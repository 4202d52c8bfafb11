import { actOutcome } from '../../common/actOutcome.ts';
import { endPerson as act } from '../../../identity/persons/personLifeCycle.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** Ends the access of a person who leaves. @throws Problem person_unknown, reason_identifies */
export const endPerson = operation('endPerson', {
  kind: 'management',
  // one person ends access at once: this removes rights and grants none
  permission: { operator: everywhere, 'office security': everywhere, steward: own, security: own },
  owner: (call, { identity }) =>
    anyOf(identity.persons().find(({ id }) => id === call.params.person)?.department),
  run: async (call, { identity }) => {
    const { reason } = call.body;
    const request = { person: call.params.person, reason };
    return actOutcome<'endPerson'>(200, await identity.prepare(act, request, call.caller.person, call));
  },
});
