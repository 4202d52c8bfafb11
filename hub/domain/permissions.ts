/**
 * Decides who may do what on the staff listener. Every operation states its permission beside its function; docs/roles.md lists them all.
 * What a permission does not name is refused.
 */
import type { Cell, Holder, Owner, Permission, Verdict } from './cells.ts';

/** What a person may be, and where: in one department, or in the data office for all. */

/**
 * A clerk (报送员) sends what her department sends and mends it, and decides nothing; a leader (领导) reads numbers about departments and
 * datasets, never a row and never who asked.
 */
const roles = ['operator', 'steward', 'security', 'auditor', 'clerk', 'leader'] as const;

export type Role = (typeof roles)[number];

/** Of those who decide nothing: they stop no agreement and found no hub. */
const looking: readonly Role[] = ['auditor', 'clerk', 'leader'];

export const decides = (role: Role): boolean => !looking.includes(role);

export const isRole = (text: string): text is Role => (roles as readonly string[]).includes(text);

/** 三员分立: three different persons, wherever they hold it. */
const apart: readonly Role[] = ['operator', 'security', 'auditor'];

export const isGuarded = (role: Role): boolean => apart.includes(role);

/** The two of the three that would meet in one person; undefined: they do not. */
export function rolesMeeting(roles: readonly Role[]): readonly Role[] | undefined {
  const guarded = [...new Set(roles.filter(isGuarded))];
  return guarded.length > 1 ? guarded : undefined;
}

/** A role at its place. */
export interface RoleGrant {
  readonly role: Role;
  /** undefined: the data office (政务数据共享主管部门), which keeps what is shared */
  readonly department?: string | undefined;
}

/** Two grants of the same role at the same place. */
export const sameGrant = (one: RoleGrant, other: RoleGrant): boolean =>
  one.role === other.role && (one.department ?? '') === (other.department ?? '');

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
