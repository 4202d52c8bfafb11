import { Problem } from '../../../../terms/problem.ts';
import type { Reading } from '../../common/reach.ts';

/** The departments that a caller acts for: a machine's own, or those of a steward's roles. */
export function departmentsOf(caller: Reading): readonly string[] {
  if (caller.kind !== 'staff') return [caller.department];
  return caller.grants.flatMap(({ role, department }) =>
    role === 'steward' && department !== undefined ? [department] : [],
  );
}

/** @throws Problem not_your_department */
export function departmentOf(caller: Reading): string {
  const [department] = departmentsOf(caller);
  if (department === undefined) throw new Problem('not_your_department', { department: '' });
  return department;
}
