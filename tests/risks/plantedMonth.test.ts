/** The rules over a month with planted incidents: what each finds, what it misses, and that usual days raise no alarm. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readConfig } from '../../hub/platform/config/readConfig.ts';
import { caseOf, type Look, type Rests, type Risk, type RiskRule } from '../../hub/domain/risks/risk.ts';
import { risksOf, volumesOf, type DayVolume } from '../../hub/domain/risks/rules.ts';
import { incidents, plantedMonth, plantedSearches, usedBefore } from './plantedMonth.ts';
import { defined } from '../../terms/defined.ts';

/** As a hub has them whose hub.json says nothing of them. */
const usualSettings = readConfig({ name: 'yunxi', publicOrigin: 'https://localhost' }, {}).findings;

/** Nothing rested, and no one asked. */
const quiet = { searches: [], rests: { agreements: new Map(), cases: new Map() } };
const daysBetween = (one: string, other: string): number =>
  (Date.parse(other) - Date.parse(one)) / 86_400_000;

/** What was used on earlier days, as the job reads it from the log. */
function pastUses(): { restsOn(day: string): Rests; use(day: string, looks: readonly Look[]): void } {
  const agreements = new Map<string, string>([['agr-sleeper@1', usedBefore['agr-sleeper@1']]]);
  const cases = new Map<string, string>([[caseOf('housing', 'YX-2025-77'), usedBefore['YX-2025-77']]]);
  const since = (last: ReadonlyMap<string, string>, day: string): Map<string, number> =>
    new Map([...last].map(([name, used]) => [name, daysBetween(used, day)]));
  return {
    restsOn: (day) => ({ agreements: since(agreements, day), cases: since(cases, day) }),
    use: (day, looks) => {
      for (const { denied, agreement, consumer, matter } of looks) {
        if (!denied && agreement !== undefined) agreements.set(agreement, day);
        if (!denied && matter !== undefined) cases.set(caseOf(consumer, matter), day);
      }
    },
  };
}

function play(month: ReadonlyMap<string, readonly Look[]>): Risk[] {
  const before: DayVolume[] = [];
  const found: Risk[] = [];
  const past = pastUses();
  for (const [day, looks] of month) {
    const [searches, rests] = [plantedSearches(day), past.restsOn(day)];
    found.push(...risksOf({ day, looks, before, searches, rests }, usualSettings));
    past.use(day, looks);
    before.push(...volumesOf(day, looks, usualSettings));
  }
  return found;
}
const reported = ({ rule, day, consumer }: Risk): string => `${day} ${rule} ${consumer ?? 'several'}`;
const expected = incidents
  .flatMap(({ found, day, consumer }) =>
    found === undefined ? [] : [`2026-10-${String(day).padStart(2, '0')} ${found} ${consumer}`],
  )
  .sort();

for (const seed of [1, 7, 2_026])
  test(`a month of seed ${seed}: each incident is found or missed as the table says, and nothing else is reported`, () => {
    assert.deepEqual(play(plantedMonth(seed)).map(reported).sort(), expected);
  });

test('a finding names the entries that it is made of, and no person who was read', () => {
  const month = plantedMonth(1);
  for (const { rule, day, entries, count, limit, departments, person } of play(month)) {
    const looks = new Map((month.get(day) ?? []).map((look) => [look.index, look]));
    if (rule === 'staff-searches') {
      assert.deepEqual([person, entries.length, departments], ['psn-curious', 25, []]);
      continue;
    }
    assert.ok(entries.length > 0 && entries.every((index) => looks.has(index)), rule);
    assert.ok(count >= limit, rule);
    assert.ok(departments.includes('pub-security'), rule);
    if (rule === 'denial-burst') assert.ok(!entries.some((index) => looks.get(index)?.denied !== true));
    if (rule === 'dormant-agreement') assert.equal(looks.get(entries[0] ?? 0)?.agreement, 'agr-sleeper@1');
    if (rule === 'rested-case') assert.equal(looks.get(entries[0] ?? 0)?.matter, 'YX-2025-77');
    if (rule === 'official-repeats')
      assert.deepEqual(new Set(entries.map((index) => looks.get(index)?.persons[0])), new Set(['followed']));
  }
  assert.doesNotMatch(JSON.stringify(play(month)), /celebrity|followed|p-\d/);
});

test('read again as the day grows, a finding retains its key', () => {
  const keys = new Map<string, string>();
  for (const [day, looks] of plantedMonth(1))
    for (const part of [0.6, 0.8, 1])
      for (const risk of risksOf(
        { day, looks: looks.slice(0, Math.ceil(looks.length * part)), before: [], ...quiet },
        usualSettings,
      )) {
        const name = reported(risk);
        assert.equal(keys.get(name) ?? risk.key, risk.key, name);
        keys.set(name, risk.key);
      }
  assert.ok(keys.size >= 4);
});

describe('each rule begins at its limit, and not below', () => {
  const day = '2026-10-14';
  const look = (index: number, more: Partial<Look> = {}): Look => ({
    index,
    at: Date.parse(`${day}T10:00:00+08:00`) + index * 1_000,
    consumer: 'education',
    provider: 'pub-security',
    official: 'o-1',
    matter: 'M-1',
    agreement: 'agr-1@1',
    dataset: 'pub-security.household',
    denied: false,
    rows: 1,
    persons: [`p-${index}`],
    ...more,
  });
  const many = (count: number, more: (index: number) => Partial<Look>): Look[] =>
    Array.from({ length: count }, (_, index) => look(index, more(index)));
  const usual = Array.from({ length: 7 }, (): DayVolume => ({
    consumer: 'education',
    rows: 300,
    offHours: 0,
  }));
  const rules: readonly (readonly [rule: RiskRule, limit: number, of: (count: number) => Look[]])[] = [
    ['denial-burst', 30, (n) => many(n, () => ({ denied: true, rows: 0, persons: [] }))],
    ['unusual-volume', 900, (n) => [look(1, { rows: n, persons: [] })]],
    [
      'off-hours-volume',
      100,
      (n) => [look(1, { rows: n, persons: [], at: Date.parse(`${day}T20:00:00+08:00`) })],
    ],
    ['person-read-by-many', 5, (n) => many(n, (i) => ({ official: `o-${i}`, persons: ['p'] }))],
    ['official-reads-many', 40, (n) => many(n, () => ({ matter: undefined }))],
    ['official-repeats', 8, (n) => many(n, () => ({ persons: ['p'] }))],
    ['enumeration', 40, (n) => many(n, (i) => ({ rows: i % 3 === 0 ? 1 : 0 }))],
    ['enumeration', 100, (n) => many(n, (i) => ({ official: `o-${i}`, rows: i % 3 === 0 ? 1 : 0 }))],
  ];
  for (const [rule, limit, of] of rules)
    test(rule, () => {
      const found = (count: number): string[] =>
        risksOf({ day, looks: of(count), before: usual, ...quiet }, usualSettings).map((one) => one.rule);
      assert.deepEqual(found(limit - 1), []);
      assert.deepEqual(found(limit), [rule]);
    });

  for (const [rule, limit, of] of [
    ['dormant-agreement', 90, (n: number) => ({ agreements: new Map([['agr-1@1', n]]), cases: new Map() })],
    [
      'rested-case',
      180,
      (n: number) => ({ agreements: new Map(), cases: new Map([[caseOf('education', 'M-1'), n]]) }),
    ],
  ] as const)
    test(`${rule}, where something was answered`, () => {
      const found = (days: number, more: Partial<Look> = {}): string[] =>
        risksOf(
          { day, looks: [look(1, more)], before: [], searches: [], rests: of(days) },
          usualSettings,
        ).map((one) => one.rule);
      assert.deepEqual(found(limit - 1), []);
      assert.deepEqual(found(limit), [rule]);
      assert.deepEqual(found(limit, { denied: true, rows: 0 }), []);
      assert.deepEqual(found(limit, { agreement: undefined, matter: undefined }), []);
    });

  test('staff-searches, for each person separately', () => {
    const searches = Array.from({ length: 39 }, (_, nth) => ({
      index: nth,
      person: nth % 2 === 0 ? 'psn-1' : 'psn-2',
      department: 'education',
    }));
    const found = risksOf({ day, looks: [], before: [], ...quiet, searches }, usualSettings);
    assert.deepEqual(
      found.map(({ rule, person, count, departments }) => [rule, person, count, departments]),
      [['staff-searches', 'psn-1', 20, ['education']]],
    );
  });

  test('of a day in portions the volume is that of all of them', () => {
    const soFar = [
      { consumer: 'education', rows: 500, offHours: 60 },
      { consumer: 'ecology', rows: 5_000, offHours: 5_000 },
    ];
    const late = Date.parse(`${day}T20:00:00+08:00`);
    const found = (rows: number, at?: number): unknown[] =>
      risksOf(
        {
          day,
          soFar,
          before: usual,
          ...quiet,
          looks: [look(7, { rows, persons: [], ...defined({ at }) })],
        },
        usualSettings,
      ).map(({ rule, count, entries }) => [rule, count, entries]);
    assert.deepEqual(found(399), []);
    assert.deepEqual(found(400), [['unusual-volume', 900, [7]]]);
    assert.deepEqual(found(39, late), []);
    assert.deepEqual(found(40, late), [['off-hours-volume', 100, [7]]]);
  });

  test('volume is not judged before it was learned', () => {
    const looks = [look(1, { rows: 1_000_000, persons: [] })];
    assert.deepEqual(risksOf({ day, looks, before: usual.slice(1), ...quiet }, usualSettings), []);
  });

  test('refusals spread over the day are no burst', () => {
    const looks = many(200, (i) => ({
      denied: true,
      rows: 0,
      at: Date.parse(`${day}T00:00:00+08:00`) + i * 60_000,
    }));
    assert.deepEqual(
      risksOf(
        { day, looks, before: [], ...quiet },
        { ...usualSettings, missedPercent: 100, askedPersons: 1_000, askedOfConsumer: 1_000 },
      ),
      [],
    );
  });
});

test('look-ups spread over officials and cases are judged by department, agreement and data set', () => {
  const day = '2026-10-14';
  const spread = (more: (nth: number) => Partial<Look>, count = 150): Look[] =>
    Array.from({ length: count }, (_, nth) => ({
      index: nth,
      at: Date.parse(`${day}T10:00:00+08:00`) + nth,
      consumer: 'education',
      denied: false,
      provider: 'pub-security',
      official: `o-${nth % 97}`,
      matter: `M-${nth}`,
      rows: 0,
      agreement: 'agr-1@1',
      dataset: 'civil.marriage',
      persons: [`p-${nth}`],
      ...more(nth),
    }));
  const found = (looks: Look[]): unknown[] =>
    risksOf({ day, looks, before: [], ...quiet }, usualSettings).map(({ rule, key, count, official }) => [
      ...[rule, key, count, official],
    ]);
  assert.deepEqual(found(spread(() => ({}))), [['enumeration', 'education//', 150, undefined]]);
  const usual = spread(
    (nth) => ({ persons: [`q-${nth}`], rows: 1, agreement: 'agr-2@1', dataset: 'a.b' }),
    900,
  );
  assert.deepEqual(found([...usual, ...spread(() => ({}))]), [
    ['enumeration', 'education///agreement agr-1', 150, undefined],
  ]);
  // agreements may be spread, too
  assert.deepEqual(found([...usual, ...spread((nth) => ({ agreement: `agr-${nth % 5}@1` }))]), [
    ['enumeration', 'education///dataset civil.marriage', 150, undefined],
  ]);
  assert.deepEqual(found([...usual, ...spread((nth) => ({ rows: nth % 2 }))]), []);
});

describe('of one rule about one official', () => {
  const read = (persons: number): Look[] =>
    Array.from({ length: persons * 9 }, (_, index) => ({
      index,
      at: Date.parse('2026-10-14T10:00:00+08:00') + index,
      denied: false,
      rows: 1,
      consumer: 'education',
      provider: 'pub-security',
      agreement: 'agr@1',
      matter: 'YX-1',
      dataset: undefined,
      official: 'program',
      persons: [`person ${index % persons}`],
    }));
  const found = (looks: Look[]): Risk[] =>
    risksOf({ day: '2026-10-14', looks, before: [], ...quiet }, usualSettings);

  test('ten findings are reported one by one', () => {
    const risks = found(read(10));
    assert.deepEqual(new Set(risks.map(({ rule }) => rule)), new Set(['official-repeats']));
    assert.equal(new Set(risks.map(({ key }) => key)).size, 10);
  });

  test('more of them are one, with the highest number and the first 500 of their entries', () => {
    const more = [...read(400), ...read(1).map((look) => ({ ...look, index: look.index + 10_000 }))];
    const [risk, ...others] = found(more);
    assert.deepEqual(others, []);
    assert.deepEqual(
      { ...risk, entries: risk?.entries.length },
      {
        rule: 'official-repeats',
        day: '2026-10-14',
        key: 'education/program/all',
        person: undefined,
        consumer: 'education',
        official: 'program',
        departments: ['education', 'pub-security'],
        count: 18,
        limit: 8,
        entries: 500,
      },
    );
  });
});

test('a day of bulk calls, over and over the same, has more findings than a call takes arguments, and is judged', () => {
  const persons = Array.from({ length: 130_000 }, (_, nth) => `p${nth}`);
  const looks = Array.from({ length: usualSettings.officialRepeats }, (_, index): Look => ({
    index,
    at: Date.parse('2026-10-12T02:00:00.000Z') + index,
    consumer: 'education',
    official: 'o-1',
    provider: 'civil',
    matter: 'YX-1',
    agreement: 'agr@1',
    dataset: undefined,
    denied: false,
    rows: persons.length,
    persons,
  }));
  const found = risksOf({ day: '2026-10-12', looks, before: [], ...quiet }, usualSettings);
  assert.deepEqual(
    found.map(({ rule, count }) => [rule, count]),
    [['official-repeats', usualSettings.officialRepeats]],
  );
});
