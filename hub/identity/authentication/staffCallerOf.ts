import { departmentCode } from '../../../terms/ids.ts';
import type { Role } from '../../domain/roles.ts';
import type { KnownPerson } from '../persons/knownPersons.ts';
import type { StaffCaller } from './caller.ts';

/**
 * The person behind a credential or a session that was found good.
 * @param credential its id, and the roles it is narrowed to: null for all that the person has
 */
export function staffCallerOf(
  person: KnownPerson,
  { id, roles }: { readonly id: string; readonly roles: readonly Role[] | null },
): StaffCaller {
  const grants = roles === null ? person.grants : person.grants.filter(({ role }) => roles.includes(role));
  return {
    kind: 'staff',
    person: person.id,
    tokenId: id,
    name: person.name,
    department: person.department === null ? undefined : departmentCode(person.department),
    grants,
    scopes: [...new Set(grants.map(({ role }) => role))],
  };
}
