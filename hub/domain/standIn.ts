/** Who stands in for a steward: a deputy (代办) until a day, a standing second (AB角) until it is ended. Pure: the time is an argument. */
import type { RoleGrant } from './permissions.ts';

export type StandInKind = 'deputy' | 'second';

export interface StandIn {
  readonly id: string;
  readonly kind: StandInKind;
  /** id of the steward, and of the person who stands in for her */
  readonly steward: string;
  readonly person: string;
  /** the place of her role; null: the data office */
  readonly department: string | null;
  /** Unix milliseconds */
  readonly begins: number;
  /** from then on it holds no more; null of a standing second */
  readonly until: number | null;
  readonly ended: boolean;
}

/** Half open: at `until` it is over. @param now Unix milliseconds */
export const lasts = ({ begins, until, ended }: StandIn, now: number): boolean =>
  !ended && begins <= now && (until === null || now < until);

/** Whose hand somebody's hand is. */
export interface ActingPersons {
  readonly person: string;
  /**
   * Persons of whom she is not a second pair of eyes: herself, whom she is deputy of and who is deputy of her. A standing second is one: that
   * is what she is named for.
   */
  readonly hands: readonly string[];
}

export interface Standing extends ActingPersons {
  /** roles that are hers for a time */
  readonly lent: readonly RoleGrant[];
  /** persons whose deputy she is */
  readonly insteadOf: readonly string[];
}

/**
 * What stand-ins make of a person now. Roles are lent by whoever has them in her own right and is here: a deputy has no deputies.
 * @param ownGrants roles of a person in her own right, none of who has left
 */
export function standingOf(
  person: string,
  standIns: readonly StandIn[],
  ownGrants: (person: string) => readonly RoleGrant[],
  now: number,
): Standing {
  const hers = standIns.filter((one) => lasts(one, now));
  const lent = hers
    .filter((one) => one.person === person)
    .flatMap(({ steward, department }) =>
      ownGrants(steward).filter(
        (grant) => grant.role === 'steward' && (grant.department ?? null) === department,
      ),
    );
  const deputies = hers.filter(({ kind }) => kind === 'deputy');
  const insteadOf = deputies.filter((one) => one.person === person).map(({ steward }) => steward);
  const theirs = deputies.filter(({ steward }) => steward === person).map((one) => one.person);
  return { person, hands: [...new Set([person, ...insteadOf, ...theirs])], insteadOf, lent };
}

/** Whether somebody is of one hand with another: she is no second pair of eyes for her. */
export const isSamePerson = (
  { hands: actingPersons }: Pick<ActingPersons, 'hands'>,
  other: string | null | undefined,
): boolean => other !== null && other !== undefined && actingPersons.includes(other);
