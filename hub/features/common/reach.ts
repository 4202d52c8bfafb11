import { cellOf, holderOf, type Permission, type RoleGrant } from '../../domain/permissions.ts';
import type { DepartmentCaller, StaffCaller } from '../../identity/authentication/caller.ts';

export type Reading = StaffCaller | DepartmentCaller;

/**
 * Whose things a caller may be told of by the table of who may do what: those of some departments, or (undefined) everybody's. A
 * department's machine reads what a steward of the department reads.
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

/** What remains of it where one department is asked for. */
export function within(
  reach: readonly string[] | undefined,
  requested: string | undefined,
): readonly string[] | undefined {
  if (requested === undefined) return reach;
  return reach === undefined || reach.includes(requested) ? [requested] : [];
}
