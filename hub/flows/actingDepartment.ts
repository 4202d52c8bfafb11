/** A department that acts by its system, or by one of its persons in a browser. */
import { defined } from '../../terms/defined.ts';
import { Problem } from '../../terms/problem.ts';
import type { DepartmentCode } from '../../terms/ids.ts';
import { signedContext } from '../identity/authentication/signedContext.ts';
import type { DepartmentCaller, StaffCaller } from '../identity/authentication/caller.ts';
import { anyOf, self, type Owners } from '../pipeline/ownership.ts';
import type { Sender } from './intake/sender.ts';

/** A person who acts for one department, in which they have a role. */
interface ActingPerson extends StaffCaller {
  readonly department: DepartmentCode;
  /** what a department signs in its headers, by the same names */
  readonly stated: Readonly<Record<string, string>>;
}

export type Acting = DepartmentCaller | ActingPerson;

/** Purpose, agreement, official and case number of a call. */
export const statedBy = (caller: Acting): Readonly<Record<string, string>> =>
  caller.kind === 'department' ? caller.signed : caller.stated;

/** What a person states where a call reads rows; agreement and purpose may be absent for invented ones. */
interface Stated {
  readonly agreement?: string | undefined;
  readonly purpose?: string | undefined;
  readonly matter?: string | undefined;
}

interface Asked {
  readonly query: { readonly department?: string | undefined };
}

/** The department that a person acts for, by the address of the call: their role there is checked before the operation runs. */
export const ofActingDepartment = (call: Asked & { readonly caller: StaffCaller }): Owners =>
  call.query.department === undefined ? self(call) : anyOf(call.query.department);

/**
 * The call of the department that its caller acts for. A person names it in the address; a system acts for its own department only.
 * @param stated of a person: purpose, agreement and case number, where the call reads rows
 * @throws Problem acting_department_missing, not_your_department, header_identity_number, header_text_malformed
 */
export function asDepartment<C extends Asked & { readonly caller: Sender }>(
  call: C,
  stated?: Stated,
): C & { readonly caller: Acting } {
  const { department } = call.query;
  const { caller } = call;
  if (caller.kind === 'department') {
    if (department !== undefined && department !== caller.department)
      throw new Problem('not_your_department', { department });
    return { ...call, caller };
  }
  if (department === undefined)
    throw new Problem('acting_department_missing', {}, { at: '/query/department' });
  return {
    ...call,
    caller: {
      ...caller,
      department: department as DepartmentCode,
      stated: stated === undefined ? {} : contextOf(stated, caller.person),
    },
  };
}

/** What a system signs: the same texts are accepted. The official is the person. */
function contextOf({ agreement, purpose, matter }: Stated, person: string): ActingPerson['stated'] {
  const sent = {
    ...defined({ agreement, purpose, matter: matter === undefined ? undefined : encodeURIComponent(matter) }),
    'on-behalf-of': person,
  };
  const { signed, refusedHeader } = signedContext(sent);
  if (refusedHeader !== undefined) throw refusedHeader;
  return signed;
}
