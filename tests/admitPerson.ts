import type { RoleGrant } from '../hub/domain/permissions.ts';
import type { Identity } from '../hub/identity/identity.ts';
import { acceptInvitation } from '../hub/identity/persons/personLifeCycle.ts';
import { inviteFounder } from '../hub/identity/persons/invitePerson.ts';
import { defined } from '../terms/defined.ts';

/** A person of a test, invited and admitted as those of `datong hub bootstrap` are. @returns their id and bearer token */
export async function admitPerson(
  identity: Identity,
  name: string,
  roles: readonly RoleGrant[],
): Promise<{
  readonly person: string;
  readonly id: string;
  readonly token: string;
  readonly expires: string;
}> {
  const department = roles.find((grant) => grant.department !== undefined)?.department;
  const request = {
    name,
    ...defined({ department }),
    roles: roles.map(({ role, department: place }) => ({
      role,
      ...defined({ department: place }),
    })),
  };
  const { code, second } = await identity.perform('bootstrap', { proven: { staff: 'hub' } }, (context) =>
    identity.prepare(inviteFounder, request, context),
  );
  return await identity.perform('acceptInvitation', { proven: {} }, (context) =>
    identity.prepare(acceptInvitation, { first: code, second }, context),
  );
}
