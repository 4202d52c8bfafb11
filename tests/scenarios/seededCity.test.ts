/** The city of the scenarios: the same from the same seed, well formed, and of the stated size. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { districts } from '../../clients/cli/demo/files/invented.ts';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { districtsFile, seededCity, tablesOf, type City } from '../../scenarios/city/seededCity.ts';
import { familiesOf } from '../../scenarios/school-enrolment/families.ts';
import { filesOf } from '../../scenarios/school-enrolment/files.ts';
import type { Rings } from '../../schemas/codelists/codeList.ts';
import { cnResidentId } from '../../schemas/formats/cnResidentId.ts';
import { cnUscc } from '../../schemas/formats/cnUscc.ts';
import type { Point } from '../../schemas/places/point.ts';
import { boxOf, isIn } from '../../schemas/places/within.ts';
import { sha256 } from '../flows/intakeCalls.ts';
import { nonEmpty } from '../nonEmpty.ts';

const textOf = (city: City): string => JSON.stringify(tablesOf(city));

test('one seed makes one city and the same bytes of its files; another seed makes another', async () => {
  const bytesOf = async (seed: number): Promise<readonly string[]> => {
    const city = seededCity(2_000, seed);
    const files = await filesOf(city, familiesOf(city, seed), seed);
    return [Buffer.from(textOf(city)), ...files.map(({ bytes }) => bytes)].map(
      (bytes, i) => `${i} ${sha256(Buffer.from(bytes))}`,
    );
  };
  const first = await bytesOf(1);
  // so that a time within a file would differ
  await sleep(1_100);
  assert.deepEqual(await bytesOf(1), first);
  for (const [i, other] of (await bytesOf(2)).entries()) assert.notEqual(other, first[i], `file ${i}`);
});

test('there is one application for 20 residents, from 500 of them to 100,000', () => {
  for (const people of [500, 2_000, 100_000])
    for (const seed of [1, 2]) assert.equal(familiesOf(seededCity(people, seed), seed).length, people / 20);
});

describe('a city of 2,000', () => {
  const city = seededCity(2_000, 3);
  const ids = new Set(city.people.map(({ id }) => id));

  test('its size: people, households, cases, vehicles, sensors of both kinds', () => {
    const { people, households, cases, vehicles, sensors } = city;
    assert.equal(ids.size, 2_000);
    assert.equal(people.length, 2_000);
    assert.equal(
      households.reduce((sum, { members }) => sum + members.length, 0),
      2_000,
    );
    assert.deepEqual([cases.length, vehicles.length], [200, 500]);
    assert.deepEqual(
      ['air', 'water'].map((kind) => sensors.filter((one) => one.kind === kind).length),
      [40, 40],
    );
    assert.equal(new Set(cases.map(({ day }) => day)).size, 30);
    assert.equal(new Set(cases.map(({ reporter }) => reporter.mobile)).size, 200);
    assert.equal(new Set(vehicles.map(({ plate }) => plate)).size, 500);
  });

  test('identity numbers and social credit codes are well formed, and no number is a real one', () => {
    for (const { id, mobile } of nonEmpty(city.people)) {
      assert.equal(cnResidentId(id), undefined, id);
      assert.match(id, /^99/);
      assert.match(mobile, /^(154\d{8})?$/);
    }
    const codes = nonEmpty(city.enterprises).map(({ uscc }) => uscc);
    assert.equal(new Set(codes).size, codes.length);
    for (const uscc of codes) {
      assert.equal(cnUscc(uscc), undefined, uscc);
      assert.match(uscc, /^9[12]99/);
    }
    for (const { plate } of nonEmpty(city.vehicles)) assert.match(plate, /^浙I\d{5}$/);
  });

  test('what is named exists: employers, licences, owners, guardians, reporters', () => {
    const enterprises = new Map(city.enterprises.map((one) => [one.uscc, one]));
    for (const { head, work } of nonEmpty(city.households)) {
      assert.equal(work.enterprise === '', work.state === 'absent');
      const named = enterprises.get(work.enterprise);
      assert.equal(named === undefined, work.state === 'absent');
      if (named?.kind !== 'trader') continue;
      assert.deepEqual([named.operator, named.isActive], [head.id, work.state === 'meets']);
    }
    const persons = [
      ...city.vehicles.map(({ owner }) => owner),
      ...city.people.flatMap(({ guardian }) => (guardian === '' ? [] : [guardian])),
      ...city.cases.map(({ reporter }) => reporter.id),
      ...city.children.keys(),
    ];
    for (const id of nonEmpty(persons)) assert.ok(ids.has(id), id);
  });

  test('each place is in its district, and the outlines are of the districts of the residents', () => {
    const [list] = readDocuments(districtsFile);
    const entries = list?.members['entries'] as readonly {
      readonly code: string;
      readonly zh: string;
      readonly area: { readonly coordinates: Rings };
    }[];
    assert.deepEqual(
      entries.map(({ code, zh }) => [code, zh]),
      districts.map(({ code, name }) => [code, name]),
    );
    const outlines = new Map(
      entries.map(({ code, area }) => [
        code,
        { box: boxOf([area.coordinates]), polygons: [area.coordinates] },
      ]),
    );
    const isWithin = ({ region, place }: { readonly region: string; readonly place: Point }): boolean => {
      const outline = outlines.get(region);
      return outline !== undefined && isIn(outline, place.coordinates);
    };
    const placed = [...city.sensors, ...city.cases, ...city.households.map(({ dwelling }) => dwelling)];
    for (const one of nonEmpty(placed)) assert.ok(isWithin(one), JSON.stringify(one.place));
  });
});
