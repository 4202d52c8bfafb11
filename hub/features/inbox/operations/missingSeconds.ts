import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import type { Services } from '../../common/services.ts';
import { ownPlaces } from '../../../identity/staffPlaces.ts';

/** Places of the caller that have one steward and no standing second (AB角): what she writes, nobody there can approve, and where she is away it waits. */
export function missingSeconds({ caller }: Call<StaffCaller>, { identity }: Services) {
  const stewarding = caller.grants.filter(({ role }) => role === 'steward');
  const places = ownPlaces(identity, stewarding);
  const stewards = identity
    .persons()
    .filter(({ state }) => state === 'active')
    .flatMap(({ id, name, grants }) =>
      grants
        .filter(({ role }) => role === 'steward')
        .map(({ department }) => ({ steward: id, name, department })),
    );
  return stewards
    .filter(({ department }) => places === undefined || places.includes(department ?? ''))
    .filter(
      (one) =>
        !stewards.some((other) => other.steward !== one.steward && other.department === one.department) &&
        !identity
          .standIns()
          .some(
            ({ kind, steward, department }) =>
              kind === 'second' && steward === one.steward && department === (one.department ?? null),
          ),
    )
    .map(({ department, ...one }) => ({ ...one, ...(department === undefined ? {} : { department }) }));
}
