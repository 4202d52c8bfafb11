import { cellOf, holderOf, type Permission, type RoleGrant } from '../../domain/permissions.ts';
import type { DepartmentCaller, StaffCaller } from '../../identity/authentication/caller.ts';

export type Reading = StaffCaller | DepartmentCaller;

/**
 * The departments whose data a caller may see by the permission table; undefined means all departments. A department's system sees the
 * same as a steward of that department.
 */
export function reachOf(permission: Permission, caller: Reading): readonly string[] | undefined {
  const grants: readonly RoleGrant[] =
    caller.kind === 'staff' ? caller.grants : [{ role: 'steward', department: caller.department }];
  const own: string[] = [];
  for (const grant of grants) {
    const [mine, others] = cellOf(permission, holderOf(grant));
    if (others === 'act') return undefined;
    if (mine === 'act' && grant.department !== undefined) own.push(grant.department);
  }
  return own;
}

/** The part of it that remains if the caller asks for one department. */
export function within(
  reach: readonly string[] | undefined,
  requested: string | undefined,
): readonly string[] | undefined {
  if (requested === undefined) return reach;
  return reach === undefined || reach.includes(requested) ? [requested] : [];
}
