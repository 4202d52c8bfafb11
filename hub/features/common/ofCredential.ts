/** The owner of a session or token: its holder, and for those who may end it on their behalf the holder's place. */
import { othersCredentialEnded } from '../../domain/cells.ts';
import { verdictOf } from '../../domain/permissions.ts';
import { ownerOf } from '../../identity/owners.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Identity } from '../../identity/identity.ts';
import { anyOf, self, type Owners } from '../../pipeline/ownership.ts';
import { Problem } from '../../../terms/problem.ts';

/** Whether the caller may end the credentials of other persons of a place. */
export const endsCredentialsIn = (
  department: string | null | undefined,
  { grants }: Pick<StaffCaller, 'grants'>,
  identity: Pick<Identity, 'department'>,
): boolean => verdictOf(othersCredentialEnded, grants, [ownerOf(identity, department)]) === 'act';

/**
 * @param holder undefined: there is no such credential
 * @throws Problem not_your_department where it is another person's, which the caller may not end
 */
export function ofCredential(
  { caller }: { readonly caller: Pick<StaffCaller, 'grants' | 'person'> },
  holder: { readonly id: string; readonly department: string | null } | undefined,
  identity: Pick<Identity, 'department'>,
): Owners {
  if (holder?.id === caller.person) return self({ caller });
  const place = ownerOf(identity, holder?.department);
  if (!endsCredentialsIn(place, caller, identity))
    throw new Problem('not_your_department', { department: place ?? 'office' });
  return anyOf(place);
}
