/**
 * The city of all scenarios: invented people with their households, dwellings, work and vehicles, enterprises, cases and sensors, and what is
 * true of each. The same size and seed make the same city. Its identity numbers, social credit codes, mobile numbers and number plates are
 * well formed, and none of them can be a real one (clients/cli/demo/files/invented.ts).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  districts,
  enterpriseCode,
  residents,
  seededRandom,
  type Resident,
} from '../../clients/cli/demo/files/invented.ts';
import type { Rings } from '../../schemas/codelists/codeList.ts';
import { boxOf, isIn, type Region } from '../../schemas/places/within.ts';
import type { Point, Position } from '../../schemas/places/point.ts';
import { Random } from '../../schemas/sample/random.ts';
import { civilDateText } from '../../terms/civilDate.ts';

/** Whether a register has a record of someone, and whether that record meets what is asked of it. */
type RecordState = 'meets' | 'fails' | 'absent';

interface Dwelling {
  readonly household: string;
  readonly address: string;
  readonly region: string;
  readonly place: Point;
  readonly right: 'owner' | 'tenant';
  /** of the head of the household: fails: they own a shop only, or the lease ends within the school year; absent: no record */
  readonly state: RecordState;
}

/** The work of the head of a household. */
interface Work {
  readonly kind: 'employee' | 'trader';
  /** fails: the last month of insurance is owed, or the licence has ended; absent: no record */
  readonly state: RecordState;
  /** social credit code of the employer, or of the licence; '' where the state is absent */
  readonly enterprise: string;
}

export interface Household {
  readonly id: string;
  readonly head: Resident;
  readonly members: readonly Resident[];
  readonly dwelling: Dwelling;
  readonly work: Work;
  /** of the head; fails: benefits have stopped; absent: none were granted */
  readonly benefits: RecordState;
}

/** What is true of a child, next to its resident. */
export interface Child {
  readonly id: string;
  /** false: registered in another city */
  readonly registered: boolean;
  /** doses against measles; undefined: no record */
  readonly doses: 0 | 1 | 2 | undefined;
}

interface Enterprise {
  readonly uscc: string;
  readonly name: string;
  readonly kind: 'company' | 'trader';
  readonly region: string;
  /** identity number of a trader; '' for a company */
  readonly operator: string;
  readonly isActive: boolean;
}

interface Vehicle {
  readonly plate: string;
  /** identity number */
  readonly owner: string;
}

/** A case that a resident reports to the hotline. */
export interface CityCase {
  readonly case: string;
  readonly reporter: Resident;
  /** 1 to `caseDays` */
  readonly day: number;
  readonly category: string;
  readonly street: string;
  readonly region: string;
  readonly place: Point;
  readonly hasPhoto: boolean;
}

interface Sensor {
  readonly sensor: string;
  readonly kind: 'air' | 'water';
  readonly region: string;
  readonly place: Point;
}

export interface City {
  readonly people: readonly Resident[];
  readonly households: readonly Household[];
  /** by identity number */
  readonly children: ReadonlyMap<string, Child>;
  readonly enterprises: readonly Enterprise[];
  readonly vehicles: readonly Vehicle[];
  readonly cases: readonly CityCase[];
  readonly sensors: readonly Sensor[];
}

/** Days on which the cases are reported. */
export const caseDays = 30;

/** The code list of the districts with their outlines, for `datong apply`. */
export const districtsFile = join(import.meta.dirname, 'districts.yaml');

/** Each part has random numbers that do not depend on the other parts. */
const randomOf = (seed: number, part: number): Random => new Random(seed + part * 0x9e37_79b9);

/** @param size number of residents */
export function seededCity(size: number, seed: number): City {
  const all = residents(seededRandom(seed));
  const people = Array.from({ length: size }, () => all.next().value);
  const outlines = outlinesOf(districtsFile);
  const { households, enterprises } = householdsOf(people, outlines, randomOf(seed, 1));
  return {
    people,
    households,
    children: childrenOf(people, randomOf(seed, 2)),
    enterprises,
    vehicles: vehiclesOf(people, randomOf(seed, 3)),
    cases: casesOf(people, outlines, randomOf(seed, 4)),
    sensors: sensorsOf(size, outlines, randomOf(seed, 5)),
  };
}

type Outlines = ReadonlyMap<string, Region>;

function outlinesOf(file: string): Outlines {
  const { entries } = parse(readFileSync(file, 'utf8')) as {
    readonly entries: readonly { readonly code: string; readonly area: { readonly coordinates: Rings } }[];
  };
  return new Map(
    entries.map(({ code, area }) => {
      const polygons = [area.coordinates];
      return [code, { box: boxOf(polygons), polygons }];
    }),
  );
}

/** A place in a district, to about ten centimetres. */
function placeIn(outlines: Outlines, region: string, random: Random): Point {
  const outline = outlines.get(region);
  if (outline === undefined) throw new RangeError(`district ${region} has no outline`);
  const [west, south, east, north] = outline.box;
  const between = (least: number, most: number): number =>
    random.whole(Math.round(least * 1e6), Math.round(most * 1e6)) / 1e6;
  for (;;) {
    const position: Position = [between(west, east), between(south, north)];
    if (isIn(outline, position)) return { type: 'Point', coordinates: position };
  }
}

const stateOf = (random: Random, meets: number, fails: number): RecordState => {
  const drawn = random.next();
  if (drawn < meets) return 'meets';
  return drawn < meets + fails ? 'fails' : 'absent';
};

/** The households, the companies where they work, and the enterprises of the sole traders among them. */
function householdsOf(
  people: readonly Resident[],
  outlines: Outlines,
  random: Random,
): Pick<City, 'households' | 'enterprises'> {
  const enterprises = companiesOf(people.length, random);
  const companies = [...enterprises];
  const membersOf = new Map<string, [Resident, ...Resident[]]>();
  for (const person of people) {
    const members = membersOf.get(person.household);
    if (members === undefined) membersOf.set(person.household, [person]);
    else members.push(person);
  }
  const workOf = (head: Resident): Work => {
    const kind = random.chance(0.8) ? 'employee' : 'trader';
    const state = stateOf(random, 0.93, 0.04);
    if (state === 'absent') return { kind, state, enterprise: '' };
    if (kind === 'employee') return { kind, state, enterprise: random.pick(companies).uscc };
    const licence = licenceOf(head, enterprises.length, state === 'meets');
    enterprises.push(licence);
    return { kind, state, enterprise: licence.uscc };
  };
  const households = [...membersOf].map(([id, members]): Household => {
    const [head] = members;
    const { address, region } = head;
    const dwelling: Dwelling = {
      household: id,
      address,
      region,
      place: placeIn(outlines, region, random),
      right: random.chance(0.7) ? 'owner' : 'tenant',
      state: stateOf(random, 0.93, 0.04),
    };
    return { id, head, members, dwelling, work: workOf(head), benefits: stateOf(random, 0.08, 0.04) };
  });
  return { households, enterprises };
}

/** One company for forty residents. */
const companiesOf = (size: number, random: Random): Enterprise[] =>
  Array.from({ length: Math.max(10, Math.round(size / 40)) }, (_, i): Enterprise => {
    const { code, streets } = random.pick(districts);
    return {
      uscc: enterpriseCode('91', code, i),
      name: `云栖${random.pick(streets)}${random.pick(['商贸', '餐饮', '建材', '物业', '科技'])}有限公司`,
      kind: 'company',
      region: code,
      operator: '',
      isActive: true,
    };
  });

const licenceOf = ({ id, name, region }: Resident, number: number, isActive: boolean): Enterprise => ({
  uscc: enterpriseCode('92', region, number),
  name: `云栖${name}商店`,
  kind: 'trader',
  region,
  operator: id,
  isActive,
});

const dosesOf = (random: Random): Child['doses'] => {
  const drawn = random.next();
  if (drawn < 0.9) return 2;
  if (drawn < 0.95) return 1;
  return drawn < 0.97 ? 0 : undefined;
};

const childrenOf = (people: readonly Resident[], random: Random): City['children'] =>
  new Map(
    people
      .filter(({ guardian }) => guardian !== '')
      .map(({ id }) => [id, { id, registered: !random.chance(0.02), doses: dosesOf(random) }]),
  );

/** One vehicle for four residents. No authority issues plates with the letter I. */
function vehiclesOf(people: readonly Resident[], random: Random): readonly Vehicle[] {
  const adults = people.filter(({ guardian }) => guardian === '');
  const numbers = new Set<number>();
  const count = Math.max(40, Math.round(people.length / 4));
  while (numbers.size < count) numbers.add(random.whole(10_000, 99_999));
  return [...numbers].map((number) => ({ plate: `浙I${number}`, owner: random.pick(adults).id }));
}

/** One case for ten residents, each of another mobile number; each fourth has a photo. */
function casesOf(people: readonly Resident[], outlines: Outlines, random: Random): readonly CityCase[] {
  const reachable = [...new Map(people.map((one) => [one.mobile, one])).values()].filter(
    ({ mobile }) => mobile !== '',
  );
  const count = Math.max(caseDays, Math.round(people.length / 10));
  const dayOf = (number: number): number => Math.floor(((number - 1) * caseDays) / count) + 1;
  return Array.from({ length: count }, (_, i): CityCase => {
    const at = random.whole(i, reachable.length - 1);
    const reporter = reachable[at];
    if (reporter === undefined) throw new RangeError('fewer residents with a mobile number than cases');
    // those before `i` have reported
    reachable[at] = reachable[i] ?? reporter;
    const { region } = reporter;
    return {
      case: `AJ-${String(i + 1).padStart(6, '0')}`,
      reporter,
      day: dayOf(i + 1),
      category: random.pick(['占道', '路灯', '积水', '绿化', '垃圾']),
      street: random.pick(districts.find(({ code }) => code === region)?.streets ?? []),
      region,
      place: placeIn(outlines, region, random),
      hasPhoto: (i + 1) % 4 === 0,
    };
  });
}

/** One station of each kind for fifty residents. */
const sensorsOf = (size: number, outlines: Outlines, random: Random): readonly Sensor[] =>
  (
    [
      ['air', 's', 10],
      ['water', 'w', 20],
    ] as const
  ).flatMap(([kind, letter, least]) =>
    Array.from({ length: Math.max(least, Math.round(size / 50)) }, (_, i): Sensor => {
      const region = random.pick(districts).code;
      const sensor = `${letter}${String(i).padStart(4, '0')}`;
      return { sensor, kind, region, place: placeIn(outlines, region, random) };
    }),
  );

/** The truth of a city as tables: rows of JSON, by the name of the table. Persons are named by their identity numbers. */
export const tablesOf = (city: City): Readonly<Record<string, readonly object[]>> => ({
  people: city.people.map(({ birth, movedIn, ...person }) =>
    Object.assign(person, { birth: civilDateText(birth), movedIn: civilDateText(movedIn) }),
  ),
  households: city.households.map(({ id, head, members, work, benefits }) => ({
    id,
    head: head.id,
    members: members.map((one) => one.id),
    work,
    benefits,
  })),
  dwellings: city.households.map(({ dwelling }) => dwelling),
  children: [...city.children.values()],
  enterprises: city.enterprises,
  vehicles: city.vehicles,
  cases: city.cases.map(({ reporter, ...one }) => ({ ...one, reporter: reporter.id })),
  sensors: city.sensors,
});
