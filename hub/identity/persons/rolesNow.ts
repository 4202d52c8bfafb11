import { effectOfStandIns, type ActingPersons } from '../../domain/standIn.ts';
import type { RoleGrant } from '../../domain/permissions.ts';
import type { Directory } from '../directory/directory.ts';

export interface RolesNow extends ActingPersons {
  /** the person's own roles, and those they hold as a deputy */
  readonly grants: readonly RoleGrant[];
  /** persons whose deputy this person is */
  readonly insteadOf: readonly string[];
}

/** What a person may be now, and with which acting persons; empty for a person who is not active. @param now Unix milliseconds */
export function rolesNow(
  person: string,
  { persons, standIns }: Pick<Directory, 'persons' | 'standIns'>,
  now: number,
): RolesNow {
  const own = (id: string): readonly RoleGrant[] => {
    const known = persons.get(id);
    return known?.state === 'active' ? known.grants : [];
  };
  const { lent, ...others } = effectOfStandIns(person, standIns, own, now);
  const here = persons.get(person)?.state === 'active';
  return { ...others, grants: here ? [...own(person), ...lent] : [] };
}
