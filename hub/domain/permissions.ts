/**
 * Decides who may do what on the staff listener. Every operation declares its permission next to its function; docs/roles.md lists them
 * all. What a permission does not name is rejected.
 */
import type { Cell, Holder, Owner, Permission, Verdict } from './cells.ts';

/**
 * Roles of a person, in one department or in the data office for all. A clerk (报送员) sends and corrects the submissions of their department,
 * and has no right to decide. A leader (领导) reads numbers about departments and datasets, never a row and never who asked.
 */
const roles = ['operator', 'steward', 'security', 'auditor', 'clerk', 'leader'] as const;

export type Role = (typeof roles)[number];

/** Roles that cannot stop an agreement or found a hub. */
const readers: readonly Role[] = ['auditor', 'clerk', 'leader'];

export const canDecide = (role: Role): boolean => !readers.includes(role);

export const isRole = (text: string): text is Role => (roles as readonly string[]).includes(text);

/** 三员分立: three different persons, in every place. */
const separatedRoles: readonly Role[] = ['operator', 'security', 'auditor'];

export const isSeparated = (role: Role): boolean => separatedRoles.includes(role);

/** The separated roles that one person would hold; undefined where it is one at most. */
export function incompatibleRoles(roles: readonly Role[]): readonly Role[] | undefined {
  const separated = [...new Set(roles.filter(isSeparated))];
  return separated.length > 1 ? separated : undefined;
}

/** A role with its place. */
export interface RoleGrant {
  readonly role: Role;
  /** undefined: the data office (政务数据共享主管部门), which supervises sharing */
  readonly department?: string | undefined;
}

/** Two grants of the same role at the same place. */
export const sameGrant = (one: RoleGrant, other: RoleGrant): boolean =>
  one.role === other.role && (one.department ?? '') === (other.department ?? '');

export { holders, type Cell, type Holder, type Owner, type Permission, type Verdict } from './cells.ts';

export const holderOf = ({ role, department }: RoleGrant): Holder =>
  role === 'operator' ? 'operator' : department === undefined ? `office ${role}` : role;

/** The cell of a permission; rejecting where it has none. */
export const cellOf = (permission: Permission, holder: Holder): Cell =>
  permission[holder] ?? ['refuse', 'refuse'];

/**
 * The best verdict that any role of a person gives.
 * @param owners of the resource; being one of several is enough
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

/** Whether a grant is one of these roles of the data office. */
export const isOfOffice = (grants: readonly RoleGrant[], roles: readonly Role[]): boolean =>
  grants.some(({ role, department }) => department === undefined && roles.includes(role));
