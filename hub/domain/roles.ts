/** What a person may be, and where: in one department, or in the data office for all. */

const roles = ['operator', 'steward', 'security', 'auditor'] as const;
export type Role = (typeof roles)[number];

export const isRole = (text: string): text is Role => (roles as readonly string[]).includes(text);

/** A role at its place. */
export interface RoleGrant {
  readonly role: Role;
  /** undefined: the data office (政务数据共享主管部门), which keeps what is shared */
  readonly department?: string | undefined;
}

/** Two grants of the same role at the same place. */
export const sameGrant = (one: RoleGrant, other: RoleGrant): boolean =>
  one.role === other.role && (one.department ?? '') === (other.department ?? '');
