import { actOutcome } from '../../common/actOutcome.ts';
import { confirmPerson as act } from '../../../identity/persons/personLifeCycle.ts';
import { guarded } from '../../../domain/cells.ts';
import { office, anyOf, eachOf } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** @throws Problem person_unknown, four_eyes, transition_not_allowed */
export const confirmPerson = operation('confirmPerson', {
  kind: 'management',
  permission: guarded,
  owner: (call, { identity }) => {
    const person = identity.persons().find(({ id }) => id === call.params.person);
    if (person === undefined) return office;
    return person.waiting.length === 0
      ? anyOf(person.department)
      : eachOf(person.waiting.map(({ department }) => department));
  },
  run: async (call, { identity }) => {
    const { roles } = call.body;
    const request = { person: call.params.person, roles };
    return actOutcome<'confirmPerson'>(200, await identity.prepare(act, request, call.caller));
  },
});
