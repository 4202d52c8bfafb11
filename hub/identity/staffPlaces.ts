/** Which department owns something, and where a person works. */
import type { Owner, RoleGrant } from '../domain/permissions.ts';
import type { Identity } from './identity.ts';

/** The owner of something by its department; the department that is the data office owns what the office owns. */
export const placeOf = (identity: Pick<Identity, 'department'>, code: string | null | undefined): Owner =>
  code === null || code === undefined || identity.department(code)?.dataOffice === true ? undefined : code;

/** Departments in which the person has a role; undefined for roles of the data office, which see all departments. */
export function ownPlaces(
  identity: Pick<Identity, 'department'>,
  grants: readonly RoleGrant[],
): readonly string[] | undefined {
  const places = grants.map(({ department }) => placeOf(identity, department));
  return places.includes(undefined) ? undefined : places.filter((place) => place !== undefined);
}
