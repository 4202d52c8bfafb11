/** For whom an inbox is read, and when: the calling member of staff, or a person or department on whose behalf the hub reads it. */
import { departmentCode } from '../../../../terms/ids.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import type { Services } from '../../common/services.ts';

export interface InboxViewer {
  readonly caller: StaffCaller;
  /** Unix milliseconds */
  readonly now: number;
}

/** A person with their current roles, lent ones included. @param now Unix milliseconds @returns undefined if the person has left */
export function personOf(id: string, { identity }: Services, now: number): StaffCaller | undefined {
  const person = identity.person(id);
  if (person?.state !== 'active') return undefined;
  const { department } = person;
  return {
    ...hubItself,
    ...identity.rolesNow(id, now),
    person: id,
    name: person.name,
    department: department === null ? undefined : departmentCode(department),
  };
}

/** Whether the viewer is a department's own address: it has the department's roles, and is no person. */
export const isDepartmentItself = ({ person }: Pick<StaffCaller, 'person'>): boolean =>
  person === hubItself.person;

/** The hub itself, without a person or a role. */
export const hubItself: StaffCaller = {
  kind: 'staff',
  person: '',
  actingPersons: [],
  insteadOf: [],
  tokenId: '',
  name: '',
  department: undefined,
  grants: [],
  scopes: [],
};
