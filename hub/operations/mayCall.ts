import { rolesTold } from '../../terms/factWords.ts';
import type { DeclaredOperation } from '../pipeline/operation.ts';
import type { StaffCaller } from '../identity/authentication/caller.ts';
import { Problem } from '../../terms/problem.ts';

/** Whether one of the token's scopes is enough for the operation. @throws Problem scope_missing */
export function mayCall(staff: StaffCaller, { scopes }: DeclaredOperation): void {
  if (staff.scopes.some((scope) => scopes.includes(scope))) return;
  throw new Problem('scope_missing', { scope: rolesTold(scopes) });
}
