import type { RoleGrant } from '../hub/domain/roles.ts';
import type { Identity } from '../hub/identity/identity.ts';

/** A person of a test, invited and let in as those of `datong admin bootstrap` are. @returns her id and her bearer token */
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
    ...(department === undefined ? {} : { department }),
    roles: roles.map(({ role, department: place }) => ({
      role,
      ...(place === undefined ? {} : { department: place }),
    })),
  };
  const { code, second } = await identity.perform('bootstrap', { proven: { staff: 'hub' } }, (context) =>
    identity.inviteFounder(request, context),
  );
  return await identity.perform('acceptInvitation', { proven: {} }, (context) =>
    identity.acceptInvitation({ first: code, second }, context),
  );
}
