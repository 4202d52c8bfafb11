import { isGuarded, type RoleGrant } from '../../domain/roles.ts';
import { Problem } from '../../../terms/problem.ts';
import { insertRoleGrant } from '../store/persons.ts';
import type { Act, ActContext, Ground } from '../act.ts';
import { personIn } from './confirmPerson.ts';
import { grantText, refuseMeeting } from './invitePerson.ts';

/**
 * One more role for a person who is here. It counts once another person has confirmed it.
 * @throws Problem person_unknown, department_unknown, person_invalid, roles_apart, already_registered
 */
export function grantRole(
  request: { readonly person: string; readonly grant: RoleGrant },
  by: string,
  { exchange }: ActContext,
  { directory }: Pick<Ground, 'directory'>,
): Act<{ readonly person: string }> {
  const { id, grants, waiting } = personIn(directory, request.person);
  const { role, department } = request.grant;
  if (role === 'operator' && department !== undefined)
    throw new Problem('person_invalid', { reason: 'the role operator belongs to the data office alone' });
  if (department !== undefined && !directory.departments.has(department)) {
    throw new Problem('department_unknown', { department });
  }
  if (isGuarded(role)) refuseMeeting([...grants, ...waiting, request.grant]);
  return {
    reply: { person: id },
    change: { person: id, roles: grantText(request.grant) },
    work: async (transaction) => {
      const row = { person: id, role, department: department ?? null, grantedBy: by, confirmedBy: null };
      const granted = await insertRoleGrant(transaction, row, exchange);
      if (granted === 'apart') throw new Problem('roles_apart', { roles: role });
      if (granted === 'held')
        throw new Problem('already_registered', { what: `person ${id} ${grantText(request.grant)}` });
    },
    bumpsEpoch: true,
  };
}
