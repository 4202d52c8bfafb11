/** Stand-ins for a steward: a deputy (代办) until a day, or a permanent second (AB角) until it is ended. Pure: the time is an argument. */
import type { RoleGrant } from './permissions.ts';

export type StandInKind = 'deputy' | 'second';

export interface StandIn {
  readonly id: string;
  readonly kind: StandInKind;
  /** id of the steward, and of their deputy or permanent second */
  readonly steward: string;
  readonly person: string;
  /** the place of the steward's role; null: the data office */
  readonly department: string | null;
  /** Unix milliseconds */
  readonly begins: number;
  /** the end of its validity; null for a permanent second */
  readonly until: number | null;
  readonly ended: boolean;
}

/** Half open: at `until` it has ended. @param now Unix milliseconds */
export const lasts = ({ begins, until, ended }: StandIn, now: number): boolean =>
  !ended && begins <= now && (until === null || now < until);

/** The persons with whose authority a person acts. */
export interface ActingPersons {
  readonly person: string;
  /**
   * Persons for whom this person is not a second person: themselves, those whose deputy they are, and their own deputies. A permanent
   * second does count as a second person, which is the purpose of the role.
   */
  readonly actingPersons: readonly string[];
}

export interface EffectOfStandIns extends ActingPersons {
  /** roles of the stewards for whom the person stands in */
  readonly lent: readonly RoleGrant[];
  /** persons whose deputy this person is */
  readonly insteadOf: readonly string[];
}

/**
 * The effect of stand-ins on a person now. Only active persons who hold a role in their own right lend it: a deputy has no deputies.
 * @param ownGrants roles of a person in their own right; none for a person who has left
 */
export function effectOfStandIns(
  person: string,
  standIns: readonly StandIn[],
  ownGrants: (person: string) => readonly RoleGrant[],
  now: number,
): EffectOfStandIns {
  const current = standIns.filter((one) => lasts(one, now));
  const lent = current
    .filter((one) => one.person === person)
    .flatMap(({ steward, department }) =>
      ownGrants(steward).filter(
        (grant) => grant.role === 'steward' && (grant.department ?? null) === department,
      ),
    );
  const deputies = current.filter(({ kind }) => kind === 'deputy');
  const insteadOf = deputies.filter((one) => one.person === person).map(({ steward }) => steward);
  const ownDeputies = deputies.filter(({ steward }) => steward === person).map((one) => one.person);
  return { person, actingPersons: [...new Set([person, ...insteadOf, ...ownDeputies])], insteadOf, lent };
}

/** Whether two persons count as one: neither is a second person for the other. */
export const isSamePerson = (
  { actingPersons }: Pick<ActingPersons, 'actingPersons'>,
  other: string | null | undefined,
): boolean => other !== null && other !== undefined && actingPersons.includes(other);
