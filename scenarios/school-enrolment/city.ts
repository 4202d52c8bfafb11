/** The seeded city of the enrolment: residents, the families that apply, and what is true of each of them. */
import { residents, seededRandom, type Resident } from '../../clients/cli/demo/files/invented.ts';
import { Random } from '../../schemas/sample/random.ts';
import { civilDateText } from '../../terms/civilDate.ts';

/** Whether a register has a row of a person, and whether that row meets the question. */
type Standing = 'meets' | 'fails' | 'absent';

export interface Family {
  /** number of the application */
  readonly matter: string;
  readonly child: Resident;
  readonly guardian: Resident;
  /** the name that the parent entered */
  readonly enteredName: string;
  /** false: the child is registered in another city */
  readonly registered: boolean;
  /** doses against measles; undefined: no record of the child */
  readonly doses: 0 | 1 | 2 | undefined;
  readonly dwelling: { readonly kind: 'owner' | 'tenant'; readonly state: Standing };
  readonly work: { readonly kind: 'employee' | 'trader'; readonly state: Standing };
  /** absent: the family does not apply for subsidised meals */
  readonly meals?: { readonly benefits: Standing; readonly withdraws: boolean };
}

export interface City {
  readonly people: readonly Resident[];
  readonly families: readonly Family[];
}

/** Children who may apply: some are too young, which the register answers. */
const applies = ({ guardian, birth }: Resident): boolean => {
  const born = civilDateText(birth);
  return guardian !== '' && born >= '2018-09-01' && born <= '2021-02-28';
};

function standing(random: Random, meets: number, fails: number): Standing {
  const drawn = random.next();
  if (drawn < meets) return 'meets';
  return drawn < meets + fails ? 'fails' : 'absent';
}

const dosesOf = (random: Random): Family['doses'] => {
  const drawn = random.next();
  if (drawn < 0.9) return 2;
  if (drawn < 0.95) return 1;
  return drawn < 0.97 ? 0 : undefined;
};

/** @param size number of residents; one application for 20 of them, at most one of a guardian */
export function seededCity(size: number, seed: number): City {
  const all = residents(seededRandom(seed));
  const people = Array.from({ length: size }, () => all.next().value);
  const byId = new Map(people.map((person) => [person.id, person]));
  const random = new Random(seed);
  const families = new Map<string, Family>();
  for (const child of people) {
    const guardian = byId.get(child.guardian);
    if (!applies(child) || guardian === undefined || families.has(guardian.id)) continue;
    families.set(guardian.id, familyOf(child, guardian, families.size + 1, random));
    if (families.size >= size / 20) break;
  }
  return { people, families: [...families.values()] };
}

function familyOf(child: Resident, guardian: Resident, number: number, random: Random): Family {
  const family: Family = {
    matter: `RX-2026-${String(number).padStart(6, '0')}`,
    child,
    guardian,
    enteredName: random.chance(0.03) ? `${child.name}一` : child.name,
    registered: !random.chance(0.02),
    doses: dosesOf(random),
    dwelling: { kind: random.chance(0.7) ? 'owner' : 'tenant', state: standing(random, 0.93, 0.04) },
    work: { kind: random.chance(0.8) ? 'employee' : 'trader', state: standing(random, 0.93, 0.04) },
  };
  if (!random.chance(0.1) && number > 4) return family;
  // of the first four families two withdraw, so that a small city has both
  const withdraws = number <= 4 ? number % 2 === 0 : random.chance(0.5);
  return { ...family, meals: { benefits: standing(random, 0.5, 0.2), withdraws } };
}
