import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { reachOf } from '../reading/reach.ts';
import type { Services } from '../services.ts';

/** GET /v1/persons: persons and their roles, of the caller's own departments or, for the data office, of all. */
export function listPersons(call: Call<StaffCaller>, { identity }: Services): Outcome {
  const reach = reachOf('listPersons', call.caller);
  const persons = identity
    .persons()
    .filter(
      ({ id, department }) =>
        reach === undefined ||
        id === call.caller.person ||
        (department !== null && reach.includes(department)),
    )
    .map(({ id, name, department, state, grants, waiting }) => ({
      ...{ person: id, name, state },
      ...(department === null ? {} : { department }),
      roles: grants.map(({ role, department: place }) => rolePlace(role, place)),
      waiting: waiting.map(({ role, department: place }) => rolePlace(role, place ?? undefined)),
    }));
  return allowed(200, { persons }, { facts: { change: { persons: persons.length } } });
}

const rolePlace = (role: string, department: string | undefined): object => ({
  role,
  ...(department === undefined ? {} : { department }),
});
