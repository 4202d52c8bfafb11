import { createContext, useContext } from 'react';
import type { Schemas } from './api/call.ts';

/** item of the browser's storage while a person is signed in there; the session is a cookie that no script can read */
export const signedMark = 'datong-signed-in';

export type Role = Schemas['PersonRole']['role'];

export interface Signed {
  readonly session: Schemas['Session'];
  /** called when a call finds that the session has ended: the page stays, with its input */
  readonly ended: () => void;
  /** grows with each new sign-in */
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

/** Roles that read registrations and agreements of departments; clerks and leaders do not. */
export const readers: readonly Role[] = ['operator', 'steward', 'security', 'auditor'];

/** Roles that read quality, batches and pulls. */
export const batchReaders: readonly Role[] = [...readers, 'clerk'];

/** Whether the person has the role at any place; the hub decides, and the menu only follows. */
export const hasRole = ({ roles }: Held, wanted: readonly Role[]): boolean =>
  roles.some(({ role }) => wanted.includes(role));

/** Whether the person has the role at exactly that place; without a department: at the data office. */
export const hasRoleAt = ({ roles }: Held, wanted: readonly Role[], place: string | undefined): boolean =>
  roles.some(({ role, department }) => department === place && wanted.includes(role));

/** Whether the person has the role at the data office. */
export const hasOffice = (held: Held, wanted: readonly Role[]): boolean => hasRoleAt(held, wanted, undefined);

/** Whether the person has the role at any department. */
export const hasDepartment = ({ roles }: Held, wanted: readonly Role[]): boolean =>
  roles.some(({ role, department }) => department !== undefined && wanted.includes(role));

/** The departments at which the person is a steward; the data office is none of them. */
export const stewardDepartments = ({ roles }: Held): string[] =>
  roles.flatMap(({ role, department }) =>
    role === 'steward' && department !== undefined ? [department] : [],
  );

/** Whether the person has the role for objects of a department: there, or at the data office. */
export const hasRoleFor = (held: Held, wanted: readonly Role[], owner: string | undefined): boolean =>
  hasRoleAt(held, wanted, owner) || hasOffice(held, wanted);

/** Whether the person may propose what is registered for a department. */
export const mayRegister = (held: Held, department: string): boolean =>
  hasRoleAt(held, ['steward'], department) || hasOffice(held, ['operator', 'steward']);
