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

/** Whether she has the role, anywhere; the hub decides, the menu only follows. */
export const hasRole = ({ roles }: Schemas['Session'], wanted: readonly Role[]): boolean =>
  roles.some(({ role }) => wanted.includes(role));

/** Whether she has it at the data office. */
export const hasOffice = ({ roles }: Schemas['Session'], wanted: readonly Role[]): boolean =>
  roles.some(({ role, department }) => department === undefined && wanted.includes(role));

/** Whether she has it for what belongs to a department: there, or at the data office. */
export const hasRoleFor = (
  { roles }: Schemas['Session'],
  wanted: readonly Role[],
  owner: string | undefined,
): boolean =>
  roles.some(
    ({ role, department }) => (department === undefined || department === owner) && wanted.includes(role),
  );
