/** The rules over a day of the log. Pure, so that a month can be replayed through them. */
import { chinaWorkingCalendar } from '../../../terms/calendar/chinaWorkingCalendar.ts';
import { isWorkingDay } from '../../../terms/calendar/workingDays.ts';
import type { RiskSettings } from '../../../terms/riskSettings.ts';
import { median } from '../median.ts';
import type { Look, Rests, Risk, RiskRule, SubjectSearch } from './risk.ts';
import { grouped } from '../../../terms/grouped.ts';
import { entriesOf, gathered, sidesOf } from './grouped.ts';
import { restedAgreements, restedCases, staffSearches } from './usedAgain.ts';

/** What one department received on one day. */
export interface DayVolume {
  readonly consumer: string;
  readonly rows: number;
  /** of them, those outside working hours */
  readonly offHours: number;
}

export interface Day {
  /** `YYYY-MM-DD`, calendar of China */
  readonly day: string;
  /** its calls for data, ascending by index */
  readonly looks: readonly Look[];
  /** volumes of departments earlier that day, where the day is judged in portions */
  readonly soFar?: readonly DayVolume[];
  /** earlier days with calls of the departments, at most the last 28 of each */
  readonly before: readonly DayVolume[];
  /** staff queries about persons, ascending by index */
  readonly searches: readonly SubjectSearch[];
  readonly rests: Rests;
}

const hour = 3_600_000;
/** offset of China from UTC, in hours */
const zone = 8;

/** @returns the risks of a day, in the order of the rules */
export function risksOf(
  { day, looks, soFar = [], before, searches, rests }: Day,
  settings: RiskSettings,
): Risk[] {
  const found: Found[] = [];
  // pushed one by one: a day of bulk calls has more findings than a function call takes arguments
  const add = (more: readonly Found[]): void => {
    for (const one of more) found.push(one);
  };
  const byConsumer = grouped(looks, ({ consumer }) => consumer);
  const volumes = new Map(volumesOf(day, looks, settings).map((one) => [one.consumer, one]));
  for (const [consumer, own] of byConsumer) {
    add(burst(own, settings));
    const earlier = before.filter((one) => one.consumer === consumer);
    const today = together(
      volumes.get(consumer),
      soFar.find((one) => one.consumer === consumer),
    );
    if (today !== undefined && earlier.length >= settings.learningDays)
      add(unusual(day, own, today, earlier, settings));
  }
  add(manyReaders(looks, settings));
  for (const own of grouped(looks, officialOf).values())
    for (const rule of [withoutCases, repeats]) add(rule(own, settings));
  add(enumeration(looks, settings));
  return gathered([
    ...found.map((one) => reported(one, day)),
    ...restedAgreements(day, looks, rests, settings),
    ...restedCases(day, looks, rests, settings),
    ...staffSearches(day, searches, settings),
  ]);
}

const together = (one: DayVolume | undefined, other: DayVolume | undefined): DayVolume | undefined =>
  one === undefined || other === undefined
    ? one
    : { ...one, rows: one.rows + other.rows, offHours: one.offHours + other.offHours };

/** The volume of each department on a day, or in a portion of it. */
export function volumesOf(day: string, looks: readonly Look[], settings: RiskSettings): DayVolume[] {
  const isOff = offHoursOf(day, settings);
  return [...grouped(looks, ({ consumer }) => consumer)].map(([consumer, own]) => ({
    consumer,
    rows: rowsOf(own),
    offHours: rowsOf(own.filter(isOff)),
  }));
}

interface Found {
  readonly rule: RiskRule;
  readonly looks: readonly Look[];
  readonly count: number;
  readonly limit: number;
  /** also names the official */
  readonly ofOfficial?: boolean;
  /** concerns no single department */
  readonly ofMany?: boolean;
  /** the part of the department that is concerned; absent: all of it */
  readonly scopeOf?: (look: Look) => string;
}

function reported({ rule, looks, count, limit, ofOfficial, ofMany, scopeOf }: Found, day: string): Risk {
  const [first] = looks;
  const { consumer, official } = first ?? {};
  const named = ofMany === true ? undefined : consumer;
  const person = rule === 'person-read-by-many' || rule === 'official-repeats' || rule === 'denial-burst';
  return {
    rule,
    day,
    // the department and position of the first access identify the person
    key: [
      named,
      ofOfficial === true ? official : undefined,
      person ? first?.index : undefined,
      ...(scopeOf === undefined || first === undefined ? [] : [scopeOf(first)]),
    ].join('/'),
    consumer: named,
    official: ofOfficial === true ? official : undefined,
    person: undefined,
    departments: sidesOf(looks),
    count,
    limit,
    entries: entriesOf(looks),
  };
}

/** The first range of a day that reaches the limit, with the calls that follow it as closely. */
function burst(own: readonly Look[], { denials, denialMinutes }: RiskSettings): Found[] {
  const refused = own.filter(({ denied }) => denied);
  const span = denialMinutes * 60_000;
  const found: Found[] = [];
  for (let first = 0; first + denials <= refused.length;) {
    const [begin, end] = [refused[first], refused[first + denials - 1]];
    if (begin === undefined || end === undefined || end.at - begin.at > span) {
      first += 1;
      continue;
    }
    let last = first + denials - 1;
    while ((refused[last + 1]?.at ?? Infinity) - (refused[last]?.at ?? 0) <= span) last += 1;
    const looks = refused.slice(first, last + 1);
    found.push({ rule: 'denial-burst', looks, count: looks.length, limit: denials });
    first = last + 1;
  }
  return found;
}

function unusual(
  day: string,
  own: readonly Look[],
  today: DayVolume,
  earlier: readonly DayVolume[],
  settings: RiskSettings,
): Found[] {
  const { volumeFactor, volumeLeast, offHoursLeast } = settings;
  const limitOf = (least: number, usual: readonly number[]): number =>
    Math.max(least, Math.ceil(volumeFactor * (median(usual) ?? 0)));
  const whole = limitOf(
    volumeLeast,
    earlier.map(({ rows }) => rows),
  );
  const off = limitOf(
    offHoursLeast,
    earlier.map(({ offHours }) => offHours),
  );
  const delivered = own.filter(({ rows }) => rows > 0);
  const late = delivered.filter(offHoursOf(day, settings));
  return [
    ...(today.rows < whole
      ? []
      : [{ rule: 'unusual-volume' as const, looks: delivered, count: today.rows, limit: whole }]),
    ...(today.offHours < off
      ? []
      : [{ rule: 'off-hours-volume' as const, looks: late, count: today.offHours, limit: off }]),
  ];
}

function manyReaders(looks: readonly Look[], { readers }: RiskSettings): Found[] {
  return [...byPerson(looks.filter(({ rows }) => rows > 0)).values()].flatMap((own) => {
    // most persons are below the limit, so their officials need not be counted
    const count = own.length < readers ? 0 : new Set(own.map(officialOf)).size;
    if (count < readers) return [];
    const ofMany = new Set(own.map(({ consumer }) => consumer)).size > 1;
    return [{ rule: 'person-read-by-many' as const, looks: own, count, limit: readers, ofMany }];
  });
}

function withoutCases(own: readonly Look[], { officialPersons }: RiskSettings): Found[] {
  const looks = own.filter(
    ({ official, matter, rows }) => official !== undefined && matter === undefined && rows > 0,
  );
  const count = byPerson(looks).size;
  return count < officialPersons
    ? []
    : [{ rule: 'official-reads-many', looks, count, limit: officialPersons, ofOfficial: true }];
}

function repeats(own: readonly Look[], { officialRepeats }: RiskSettings): Found[] {
  const looks = own.filter(({ official, rows }) => official !== undefined && rows > 0);
  return [...byPerson(looks).values()].flatMap((same) =>
    same.length < officialRepeats
      ? []
      : [
          {
            rule: 'official-repeats' as const,
            looks: same,
            count: same.length,
            limit: officialRepeats,
            ofOfficial: true,
          },
        ],
  );
}

/**
 * Consecutive values cannot be detected in a log without identifiers; their trace is that most queries match no person. The caller
 * chooses the names of officials and cases. So calls that no finding about an official covers are judged by department, by agreement and
 * by dataset.
 */
function enumeration(all: readonly Look[], settings: RiskSettings): Found[] {
  const { askedPersons: requestedPersons, askedOfConsumer: requestedOfConsumer, missedPercent } = settings;
  const found: Found[] = [];
  let rest = all.filter(({ persons }) => persons.length === 1);
  const judge = (
    of: (look: Look) => string,
    limit: number,
    more: Pick<Found, 'ofOfficial' | 'scopeOf'>,
  ): void => {
    const left: Look[] = [];
    for (const looks of grouped(rest, of).values()) {
      const requested = byPerson(looks);
      const missed = [...requested.values()].filter((same) => same.every(({ rows }) => rows === 0)).length;
      if (requested.size < limit || missed * 100 < requested.size * missedPercent)
        for (const look of looks) left.push(look);
      else found.push({ rule: 'enumeration', looks, count: requested.size, limit, ...more });
    }
    rest = left;
  };
  judge(officialOf, requestedPersons, { ofOfficial: true });
  judge(({ consumer }) => consumer, requestedOfConsumer, {});
  for (const scopeOf of [agreementOf, datasetOf])
    judge((look) => `${look.consumer}/${scopeOf(look)}`, requestedOfConsumer, { scopeOf });
  return found;
}

/** An agreement in any version. */
const agreementOf = ({ agreement }: Look): string => `agreement ${agreement?.split('@')[0] ?? ''}`;
const datasetOf = ({ dataset }: Look): string => `dataset ${dataset ?? ''}`;

function offHoursOf(day: string, { workFrom, workUntil }: RiskSettings): (look: Look) => boolean {
  const works = isWorkingDay(day, chinaWorkingCalendar);
  return ({ at }) => {
    const clock = (Math.floor(at / hour) + zone) % 24;
    return clock < workFrom || clock >= workUntil || !works;
  };
}

const officialOf = ({ consumer, official }: Look): string => `${consumer}/${official ?? ''}`;
const rowsOf = (looks: readonly Look[]): number => looks.reduce((sum, { rows }) => sum + rows, 0);

function byPerson(looks: readonly Look[]): Map<string, Look[]> {
  const groups = new Map<string, Look[]>();
  for (const look of looks)
    for (const person of look.persons) {
      const own = groups.get(person);
      if (own === undefined) groups.set(person, [look]);
      else own.push(look);
    }
  return groups;
}
