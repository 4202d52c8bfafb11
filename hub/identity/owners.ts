/** Owners, as permissions compare them: a department, or undefined for the data office. */
import type { Owner, RoleGrant } from '../domain/permissions.ts';
import type { Identity } from './identity.ts';

/** The owner of what belongs to a department. What belongs to no department, or to the department of the data office, is the office's. */
export const ownerOf = (identity: Pick<Identity, 'department'>, code: string | null | undefined): Owner =>
  code === null || code === undefined || identity.department(code)?.dataOffice === true ? undefined : code;

/** The departments in which a person has a role; undefined where one of the roles is the data office's, which sees all departments. */
export function departmentsOfRoles(
  identity: Pick<Identity, 'department'>,
  grants: readonly RoleGrant[],
): readonly string[] | undefined {
  const owners = grants.map(({ department }) => ownerOf(identity, department));
  return owners.includes(undefined) ? undefined : owners.filter((owner) => owner !== undefined);
}
