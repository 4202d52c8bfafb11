import type { RequestPlace } from '../../../domain/requests/procedure.ts';
import type { RoleGrant, Role } from '../../../domain/roles.ts';
import type { KeptRequest } from '../store/requests.ts';
import type { Services } from '../../common/services.ts';

/** Sides of a request on which a person acts, with her role there. Whoever is of the data office is not of its departments. */
export function placesOf(
  { consumer, provider }: Pick<KeptRequest, 'consumer' | 'provider'>,
  grants: readonly RoleGrant[],
  { identity }: Pick<Services, 'identity'>,
): readonly { readonly by: RequestPlace; readonly role: Role }[] {
  return grants.flatMap(({ role, department }) => {
    const office = department === undefined || identity.department(department)?.dataOffice === true;
    return [
      ...(department === consumer ? [{ by: 'consumer', role } as const] : []),
      ...(department === provider ? [{ by: 'provider', role } as const] : []),
      ...(office ? [{ by: 'office', role } as const] : []),
    ];
  });
}
