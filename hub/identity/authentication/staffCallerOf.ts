import { departmentCode } from '../../../terms/ids.ts';
import type { Role } from '../../domain/permissions.ts';
import type { Directory } from '../directory/directory.ts';
import type { KnownPerson } from '../persons/knownPersons.ts';
import { rolesNow } from '../persons/rolesNow.ts';
import type { StaffCaller } from './caller.ts';

/**
 * The person of a valid credential or session, with the roles that they hold as a deputy now.
 * @param credential its id, and the roles it is narrowed to: null for all that the person has
 * @param now Unix milliseconds
 */
export function staffCallerOf(
  { id: person, name, department }: KnownPerson,
  { id, roles }: { readonly id: string; readonly roles: readonly Role[] | null },
  directory: Pick<Directory, 'persons' | 'standIns'>,
  now: number,
): StaffCaller {
  const { actingPersons, insteadOf, grants: whole } = rolesNow(person, directory, now);
  const grants = roles === null ? whole : whole.filter(({ role }) => roles.includes(role));
  return {
    kind: 'staff',
    person,
    actingPersons,
    insteadOf,
    tokenId: id,
    name,
    department: department === null ? undefined : departmentCode(department),
    grants,
    scopes: [...new Set(grants.map(({ role }) => role))],
  };
}
