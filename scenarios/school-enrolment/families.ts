/** The families of the seeded city that apply for a school. */
import type { Resident } from '../../clients/cli/demo/files/invented.ts';
import { Random } from '../../schemas/sample/random.ts';
import { civilDateText } from '../../terms/civilDate.ts';
import { defined } from '../../terms/defined.ts';
import type { Child, City, Household } from '../city/seededCity.ts';

/** An application, with what is true of the family. */
export interface Family extends Pick<Household, 'dwelling' | 'work'>, Pick<Child, 'registered' | 'doses'> {
  /** number of the application */
  readonly matter: string;
  readonly child: Resident;
  readonly guardian: Resident;
  /** the name that the parent entered */
  readonly enteredName: string;
  /** absent: the family does not apply for subsidised meals */
  readonly meals?: Pick<Household, 'benefits'> & { readonly withdraws: boolean };
}

/** Children who may apply: some are too young, which the register answers. */
const applies = ({ guardian, birth }: Resident): boolean => {
  const born = civilDateText(birth);
  return guardian !== '' && born >= '2018-09-01' && born <= '2021-02-28';
};

/** One application for 20 residents, at most one of a household. */
export function familiesOf({ people, households, children }: City, seed: number): readonly Family[] {
  const random = new Random(seed);
  const families: Family[] = [];
  for (const { head, members, dwelling, work, benefits } of households) {
    const child = members.find(applies);
    const known = child && children.get(child.id);
    if (child === undefined || known === undefined) continue;
    const { registered, doses } = known;
    const number = families.length + 1;
    families.push({
      matter: `RX-2026-${String(number).padStart(6, '0')}`,
      child,
      guardian: head,
      dwelling,
      work,
      registered,
      doses,
      enteredName: random.chance(0.03) ? `${child.name}一` : child.name,
      ...defined({ meals: mealsOf(benefits, number, random) }),
    });
    if (families.length >= people.length / 20) break;
  }
  return families;
}

function mealsOf(benefits: Household['benefits'], number: number, random: Random): Family['meals'] {
  // of the first four families two withdraw, so that a small city has both
  if (number <= 4) return { benefits, withdraws: number % 2 === 0 };
  const isInNeed = benefits !== 'absent' || random.chance(0.05);
  return isInNeed ? { benefits, withdraws: random.chance(0.5) } : undefined;
}
