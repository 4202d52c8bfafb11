import { actOutcome } from '../../common/actOutcome.ts';
import { invitePerson as act } from '../../../identity/persons/invitePerson.ts';
import { everywhere, seen } from '../../../domain/cells.ts';
import { eachOf, self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { compareText, pageOfRows } from '../../../platform/database/pages.ts';
import { listedInOrder, names, oneMore, orderedPage } from '../../common/listing.ts';
import { reachOf } from '../../common/reach.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import type { Identity } from '../../../identity/identity.ts';
import type { Role } from '../../../domain/permissions.ts';
import { defined, present } from '../../../../terms/defined.ts';

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

const listPersonsPermission = seen;

/** Persons of the caller's own departments and the caller; for the data office all. */
export function visiblePersons(
  identity: Pick<Identity, 'persons'>,
  caller: StaffCaller,
): ReturnType<Identity['persons']> {
  const reach = reachOf(listPersonsPermission, caller);
  return identity
    .persons()
    .filter(
      ({ id, department }) =>
        reach === undefined || id === caller.person || (department !== null && reach.includes(department)),
    );
}

type Ordered = Pick<ReturnType<Identity['persons']>[number], 'id' | 'name'>;

const bySound = new Intl.Collator('zh-CN');

/** @param sort a name of an order in the contract; persons of one name are ordered by id */
function comparing(sort = 'id'): (one: Ordered, other: Ordered) => number {
  const direction = sort.startsWith('-') ? -1 : 1;
  const isByName = sort.endsWith('name');
  return (one, other) =>
    direction * ((isByName ? bySound.compare(one.name, other.name) : 0) || compareText(one.id, other.id));
}

/** GET /v1/persons: persons and their roles, of the caller's own departments or, for the data office, of all; ordered by id or name, a page at a time. */
export const listPersons = operation('listPersons', {
  kind: 'inspect',
  permission: listPersonsPermission,
  owner: self,
  run: (call, { identity }) => {
    const page = orderedPage(call.query, names.person);
    const { state, role, department: requested } = call.query;
    const compare = comparing(page.sort);
    const visible = visiblePersons(identity, call.caller);
    const all = visible
      .filter(
        (one) =>
          (state ?? one.state) === one.state &&
          (requested ?? one.department) === one.department &&
          (role === undefined || [...one.grants, ...one.waiting].some((held) => held.role === role)),
      )
      .sort(compare);
    // a cursor of a person who is not seen reveals nothing of their name
    const called = new Map<string, string>(visible.map(({ id, name }) => [id, name]));
    // and a list by name cannot go on after them: it ends
    const isLost =
      page.after !== undefined && !called.has(page.after) && page.sort?.endsWith('name') === true;
    const found = pageOfRows(isLost ? [] : all, oneMore(page), (one, id) =>
      compare(one, { id, name: called.get(id) ?? '' }),
    );
    return listedInOrder(
      call,
      'persons',
      page,
      found,
      ({ id }) => id,
      ({ id, name, department, state: at, grants, waiting }) => ({
        person: id,
        name,
        state: at,
        ...present({ department }),
        roles: grants.map(({ role: held, department: place }) => rolePlace(held, place)),
        waiting: waiting.map(({ role: held, department: place }) => rolePlace(held, place ?? undefined)),
      }),
    );
  },
});

const rolePlace = (role: Role, department: string | undefined) => ({
  role,
  ...defined({ department }),
});
