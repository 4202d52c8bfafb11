import { createContext, useContext } from 'react';
import type { Schemas } from './api/call.ts';

export type Role = Schemas['PersonRole']['role'];

export interface Signed {
  readonly session: Schemas['Session'];
  /** told when a call found the session ended: the page stays, with what was typed */
  readonly ended: () => void;
  /** signed in once more: grows */
  readonly turn: number;
}
export const SessionContext = createContext<Signed | undefined>(undefined);

/** @throws Error outside of the signed-in part of the console */
export function useSession(): Signed {
  const signed = useContext(SessionContext);
  if (signed === undefined) throw new Error('not signed in');
  return signed;
}

type Held = Pick<Schemas['Session'], 'roles'>;

/** Who reads what departments have registered and agreed; clerks and leaders do not. */
export const readers: readonly Role[] = ['operator', 'steward', 'security', 'auditor'];

/** Whether she has the role, anywhere; the hub decides, the menu only follows. */
export const hasRole = ({ roles }: Held, wanted: readonly Role[]): boolean =>
  roles.some(({ role }) => wanted.includes(role));

/** Whether she has it at that very place; without a department: at the data office. */
export const hasRoleAt = ({ roles }: Held, wanted: readonly Role[], place: string | undefined): boolean =>
  roles.some(({ role, department }) => department === place && wanted.includes(role));

/** Whether she has it at the data office. */
export const hasOffice = (held: Held, wanted: readonly Role[]): boolean => hasRoleAt(held, wanted, undefined);

/** Whether she has it at a department, whichever. */
export const hasDepartment = ({ roles }: Held, wanted: readonly Role[]): boolean =>
  roles.some(({ role, department }) => department !== undefined && wanted.includes(role));

/** Whether she has it for what belongs to a department: there, or at the data office. */
export const hasRoleFor = (held: Held, wanted: readonly Role[], owner: string | undefined): boolean =>
  hasRoleAt(held, wanted, owner) || hasOffice(held, wanted);
