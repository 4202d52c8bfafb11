/** The files of the three departments, read by the mappings that the demo registers: every record counted, people as in the households. */
import { surroundingsWith } from '../../../machine/surroundings.ts';
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { before, describe, test } from 'node:test';
import { compileMapping } from '../../../adapters/mapping/compile.ts';
import { translate } from '../../../adapters/translate.ts';
import { compileSchema } from '../../../schemas/compile.ts';
import { civilDateText } from '../../../terms/civilDate.ts';
import { codeListsIn, mappingFrom } from '../adapt/mappingFrom.ts';
import { cohortOf, type Family } from './files/cohort.ts';
import { handovers, type Handover } from './handovers.ts';
import { householdFile } from './files/householdFile.ts';
import { nonEmpty } from '../../../tests/nonEmpty.ts';

type Row = Readonly<Record<string, unknown>>;

interface Read {
  readonly rows: readonly Row[];
  readonly rules: readonly string[];
  readonly skipped: number;
}

const samples = resolve(import.meta.dirname, '../../../samples');
const { good } = householdFile(2_000, 20260901);
const [family] = cohortOf(good);
const read = new Map<string, Read>();

const surroundings = surroundingsWith(codeListsIn(join(samples, 'city/regions.yaml')));

async function readBack({ sample, bytes }: Handover): Promise<Read> {
  const named = await mappingFrom(join(samples, sample, 'dataset.yaml'), undefined, surroundings);
  const mapping = compileMapping(named.document, named.schema, surroundings.codeLists);
  const rows: Row[] = [];
  const rules: string[] = [];
  let skipped = 0;
  for await (const batch of translate(
    Readable.from([bytes(good)]),
    mapping,
    compileSchema(named.schema, surroundings),
    {},
  )) {
    rows.push(...(batch.rows as readonly Row[]));
    rules.push(...batch.bad.map(({ problems }) => problems[0]?.rule ?? ''));
    skipped += batch.skipped;
  }
  return { rows, rules, skipped };
}

const of = (department: string): Read => {
  const found = read.get(department);
  assert.ok(found !== undefined);
  return found;
};

before(async () => {
  for (const handover of handovers) read.set(handover.department, await readBack(handover));
});

describe('three files of old systems', () => {
  test('are the same for the same people', () => {
    for (const { bytes, file } of nonEmpty(handovers)) assert.deepEqual(bytes(good), bytes(good), file);
  });

  test('hold three kinds of damage each, two records of a kind; deleted rows of the table are skipped', () => {
    const found = handovers.map(({ department }) => [...of(department).rules].sort());
    assert.deepEqual(found, [
      ['cn-uscc.checksum', 'copybook.number', 'copybook.text'].flatMap((rule) => [rule, rule]),
      ['dbf.date', 'dbf.number', 'encoding.invalid'].flatMap((rule) => [rule, rule]),
      ['date.unreal', 'enum', 'hl7.control-id'].flatMap((rule) => [rule, rule]),
    ]);
    assert.deepEqual(
      handovers.map(({ department }) => of(department).skipped),
      [0, 8, 0],
    );
  });

  test('state of the guardian what the household states: insured for a year, at home where the family lives', () => {
    const { guardian } = family as Family;
    const pension = of('hrss').rows.filter(
      ({ person_id: id, insurance }) => id === guardian.id && insurance === '城镇职工基本养老',
    );
    assert.deepEqual(
      pension.map(({ period }) => period),
      '2025-07 2025-08 2025-09 2025-10 2025-11 2025-12 2026-01 2026-02 2026-03 2026-04 2026-05 2026-06'.split(
        ' ',
      ),
    );
    const [first] = pension;
    assert.deepEqual([first?.['name'], first?.['region_code']], [guardian.name, guardian.region]);
    const yearly = Number(guardian.income);
    assert.ok(Math.abs(Number(first?.['base']) - yearly / 12) < 0.01, 'base of a month is a twelfth');

    const owned = of('natural-resources').rows.filter(({ owner_id: id }) => id === guardian.id);
    assert.deepEqual(
      owned.map(({ location, owner_name: name, use }) => [location, name, use]),
      [[guardian.address, guardian.name, '住宅']],
    );
  });

  test('state of the child every dose of the national programme, none before birth', () => {
    const { child } = family as Family;
    const doses = of('health').rows.filter(({ person_id: id }) => id === child.id);
    const born = civilDateText(child.birth);
    assert.equal(doses.length, 22);
    assert.deepEqual([...new Set(doses.map(({ name }) => name))], [child.name]);
    assert.deepEqual([...new Set(doses.map(({ birth_date: day }) => day))], [born]);
    assert.ok(
      nonEmpty(doses).every(({ given_on: day }) => String(day) >= born && String(day) <= '2026-06-30'),
    );
  });
});
