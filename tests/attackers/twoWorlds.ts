/**
 * Two hubs with the same keys, agreements and consents, whose register differs in nothing that a mask, a consent or a suppressed cell lets
 * through: what is hidden is another thing in each. A caller that can distinguish them has learned it.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { cellsOf, csvLine, headers, householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { seededRandom, type Random, type Resident } from '../../clients/cli/demo/files/invented.ts';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { sampleCity, testHub, type City, type TestHub } from '../hub.ts';
import { testDatabase } from '../database.ts';
import type { Database } from '../../hub/platform/database/database.ts';
import { defined } from '../../terms/defined.ts';

export const dataset = 'pub-security.household';
const documents = join(import.meta.dirname, '../flows/documents');

export interface World {
  readonly hub: TestHub;
  readonly database: Database;
  readonly city: City;
  readonly people: readonly Resident[];
}

export interface TwoWorlds {
  readonly worlds: readonly [World, World];
  /** the persons that the attacker queries: with a consent, without one, in one world alone, in none */
  readonly known: readonly string[];
}

const bands = [0, 30_000, 60_000, 120_000, 1_000_000_000];

/** Another income of the same band. */
function otherIncome(income: string, random: Random): string {
  const value = Number(income);
  const at = bands.findIndex((edge, i) => value >= edge && value < (bands[i + 1] ?? 0));
  const [from = 0, to] = [bands[at], Math.min(bands[at + 1] ?? 0, 500_000)];
  return `${from + random.int(Math.max(1, to - from - 1))}.00`;
}

/** The same register, all that is hidden changed. @param consented those whose row leaves, masked */
function otherwise(
  people: readonly Resident[],
  consented: ReadonlySet<string>,
  others: readonly Resident[],
  random: Random,
): Resident[] {
  const changed = people.map((person) => ({
    ...person,
    income: otherIncome(person.income, random),
    mobile: `154${String(random.int(100_000_000)).padStart(8, '0')}`,
    address: `${person.address.slice(0, 6)}${random.int(900) + 1}号`,
  }));
  // another person in the place of those who did not agree; guardian of no one, so that no family changes
  const guardians = new Set(people.map(({ guardian }) => guardian));
  const strangers = others.filter(({ id }) => !people.some((person) => person.id === id));
  for (const [at, person] of changed.entries()) {
    const stranger = random.int(3) === 0 ? strangers.pop() : undefined;
    if (stranger === undefined || consented.has(person.id) || guardians.has(person.id)) continue;
    changed[at] = { ...person, id: stranger.id, name: stranger.name, birth: stranger.birth };
  }
  exchangeHidden(changed, consented, random);
  return changed;
}

/** Moves people between cells that are suppressed, so that every total stays. */
function exchangeHidden(people: Resident[], consented: ReadonlySet<string>, random: Random): void {
  const free = (region: string, relation: string) =>
    people.flatMap((person, at) =>
      person.region === region && person.relation === relation && !consented.has(person.id) ? [at] : [],
    );
  for (const [region, relation] of [
    ['990101', '子'],
    ['990102', '女'],
  ] as const) {
    const other = region === '990101' ? '990102' : '990101';
    const otherRelation = relation === '子' ? '女' : '子';
    for (const [from, kind] of [
      [region, relation],
      [other, otherRelation],
    ] as const) {
      const at = random.pick(free(from, kind));
      const person = people[at];
      assert.ok(person);
      people[at] = { ...person, region: from === '990101' ? '990102' : '990101' };
    }
  }
}

/** @param seed the same for the same worlds @returns both, with twenty families' consents */
export async function twoWorlds(seed: number): Promise<TwoWorlds> {
  const random = seededRandom(seed);
  const people = householdFile(1_200, seed).good;
  const strangers = householdFile(1_200, seed + 1).good;
  const families = people.filter(
    ({ guardian, region, id }) => guardian !== '' && region === '990101' && id.slice(6, 10) >= '2016',
  );
  const consented = families.slice(0, 20);
  const stored = new Set(consented.flatMap(({ id, guardian }) => [id, guardian]));
  const hidden = otherwise(people, stored, [...strangers], random);
  const first = await world(people);
  const second = await world(hidden, first.hub.hub.config.keysDir);
  const worlds = [first, second] as const;
  for (const one of worlds) await settle(one, consented);
  const ids = (list: readonly Resident[]) => list.map(({ id }) => id);
  const places = [consented, families, people, hidden, strangers];
  const known = places.flatMap((list) => Array.from({ length: 40 }, () => random.pick(ids(list))));
  return { worlds, known };
}

async function world(people: readonly Resident[], keysDir?: string): Promise<World> {
  const database = await testDatabase();
  const hub = await testHub({ database, jobsByTime: false, ...defined({ keysDir }) });
  const city = await sampleCity(hub, 1_000_000);
  const made = { hub, city, database, people };
  await register(made, people);
  return made;
}

/** Submits a register for one world. */
export async function register({ city }: World, people: readonly Resident[]): Promise<void> {
  const text = [headers, ...people.map(cellsOf)].map(csvLine).join('');
  await city.publicSecurity.client.sendFile(dataset, encodeGb18030(text), { mapping: 'household' });
}

async function settle({ city, hub, database }: World, consented: readonly Resident[]): Promise<void> {
  const both = [city.education, city.publicSecurity];
  // the rows of children are not to be had without consent here
  await hub.staff(city.security, 'POST', '/v1/policy/documents/agr-school-enrolment/suspension', {
    reason: 'test',
  });
  await city.apply('school-meals/notice.yaml');
  await city.apply('school-meals/agreement.yaml', both);
  await city.apply(join(documents, 'consentedList.yaml'), both);
  await city.apply(join(documents, 'consentedSearch.yaml'), both);
  for (const file of ['documents/statistics.yaml', 'documents/deliveries.yaml'])
    await city.apply(join(import.meta.dirname, file), both);
  const { client } = city.publicSecurity;
  const { rows } = await database.app.query<{ digest: string }>('SELECT digest FROM consent_notice');
  const digest = rows[0]?.digest ?? '';
  for (const [at, { id, guardian }] of consented.entries()) {
    await client.giveConsent({
      id: `meals-${at}`,
      person: id,
      guardian,
      recipient: 'education',
      dataset,
      purposes: ['school-meals'],
      fields: ['person_id', 'name', 'income', 'birth_date'],
      method: 'app',
      notBefore: '2026-01-01T00:00:00+08:00',
      expires: '2099-01-01T00:00:00+08:00',
      notice: { digest, language: 'zh' },
    });
  }
}
