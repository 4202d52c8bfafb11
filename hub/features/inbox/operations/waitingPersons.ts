import { timeOfUuid7 } from '../../../../machine/uuid7.ts';
import { ofOneHand } from '../../../domain/standIn.ts';
import { verdictOf } from '../../../domain/permissions.ts';
import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { moment } from '../../common/listing.ts';
import type { Services } from '../../common/services.ts';
import { placeOf } from '../../../identity/staffPlaces.ts';
import { confirmPerson } from '../../staff/operations/confirmPerson.ts';

/** Persons with roles that wait for somebody other than who invited or granted. */
export function waitingPersons({ caller }: Call<StaffCaller>, { identity }: Services) {
  const persons = identity.persons().filter(({ id, state, waiting, invitedBy }) => {
    const others = [id, invitedBy, ...waiting.map(({ grantedBy }) => grantedBy)];
    const may = waiting.every(
      ({ department }) =>
        verdictOf(confirmPerson.permission, caller.grants, [placeOf(identity, department)]) === 'act',
    );
    return (
      state !== 'ended' && waiting.length > 0 && may && !others.some((other) => ofOneHand(caller, other))
    );
  });
  return persons.map(({ id, name, waiting }) => ({
    person: id,
    name,
    roles: waiting.map(({ role, department }) => ({ role, ...(department === null ? {} : { department }) })),
    ...sinceOf(waiting),
  }));
}

/** The first of them that waits says since when. */
function sinceOf(waiting: readonly { readonly madeBy?: string }[]): { readonly since?: string } {
  const at = waiting.flatMap(({ madeBy }) => (madeBy === undefined ? [] : [timeOfUuid7(madeBy)]));
  return at.length === 0 ? {} : { since: moment(Math.min(...at)) };
}
