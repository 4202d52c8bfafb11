/** Who enrols in the story: children who are six by 31 August 2026 (Compulsory Education Law, art. 11), and their guardians. */
import { civilDateText } from '../../../../terms/civilDate.ts';
import type { Resident } from './invented.ts';

export interface Family {
  readonly child: Resident;
  readonly guardian: Resident;
}

const enrols = ({ guardian, birth }: Resident): boolean => {
  const born = civilDateText(birth);
  return guardian !== '' && born >= '2019-09-01' && born <= '2020-08-31';
};

/** Families of those whose record is good, in the order of the children. */
export function cohortOf(people: readonly Resident[]): readonly Family[] {
  const byId = new Map(people.map((person) => [person.id, person]));
  return people.filter(enrols).flatMap((child) => {
    const guardian = byId.get(child.guardian);
    return guardian === undefined ? [] : [{ child, guardian }];
  });
}
