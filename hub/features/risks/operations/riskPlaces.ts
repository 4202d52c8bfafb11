import { verdictOf, type Owner, type Permission } from '../../../domain/permissions.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import type { Services } from '../../common/services.ts';

/** Departments whose findings a person may do something with; undefined: everybody's. */
export function riskPlaces(
  { grants }: StaffCaller,
  { identity }: Pick<Services, 'identity'>,
  permission: Permission,
): readonly string[] | undefined {
  if (verdictOf(permission, grants, [undefined]) === 'act') return undefined;
  const place = (code: string): Owner => (identity.department(code)?.dataOffice === true ? undefined : code);
  return grants.flatMap(({ department }) =>
    department !== undefined && verdictOf(permission, grants, [place(department)]) === 'act'
      ? [department]
      : [],
  );
}
