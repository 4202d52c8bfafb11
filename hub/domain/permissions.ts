/**
 * Decides who may do what on the staff listener. Every operation states its permission beside its function; docs/roles.md lists them all.
 * What a permission does not name is refused.
 */
import type { Cell, Holder, Owner, Permission, Verdict } from './cells.ts';
import type { RoleGrant } from './roles.ts';

export { holders, type Cell, type Holder, type Owner, type Permission, type Verdict } from './cells.ts';

export const holderOf = ({ role, department }: RoleGrant): Holder =>
  role === 'operator' ? 'operator' : department === undefined ? `office ${role}` : role;

/** The cell of a permission; refused where it has none. */
export const cellOf = (permission: Permission, holder: Holder): Cell =>
  permission[holder] ?? ['refuse', 'refuse'];

/**
 * The best verdict that any role of a person gives.
 * @param owners of the thing that is touched; being one of several is enough
 */
export function verdictOf(
  permission: Permission,
  grants: readonly RoleGrant[],
  owners: readonly Owner[],
): Verdict {
  const found = grants.map((grant): Verdict => {
    const [own, others] = cellOf(permission, holderOf(grant));
    return owners.includes(grant.department) ? own : others;
  });
  return found.find((one) => one === 'act') ?? found.find((one) => one === 'propose') ?? 'refuse';
}
