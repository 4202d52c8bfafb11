/** Where things lie by their departments, and where a person works. */
import type { Owner, RoleGrant } from '../domain/permissions.ts';
import type { Identity } from './identity.ts';

/** Whose something is by its department; the department that is the data office owns what the office owns. */
export const placeOf = (identity: Pick<Identity, 'department'>, code: string | null | undefined): Owner =>
  code === null || code === undefined || identity.department(code)?.dataOffice === true ? undefined : code;

/** Departments in which somebody has a role; undefined for the data office's, who look at all. */
export function ownPlaces(
  identity: Pick<Identity, 'department'>,
  grants: readonly RoleGrant[],
): readonly string[] | undefined {
  const places = grants.map(({ department }) => placeOf(identity, department));
  return places.includes(undefined) ? undefined : places.filter((place) => place !== undefined);
}
