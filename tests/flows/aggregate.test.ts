/** 统计 over real TLS and PostgreSQL: counted as the rows are, small groups suppressed, and no two answers that can be subtracted. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { householdFile, type HouseholdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { AggregateAnswer, AggregateCell, Answer, CallContext } from '../../clients/sdk/types.ts';
import { defaultReleaseLimits } from '../../hub/flows/release/quotas.ts';
import { applyGrant } from '../policyWith.ts';
import { lastLeaf } from './leaves.ts';
import { cityHub } from '../cityHub.ts';

const release = { ...defaultReleaseLimits };
const { database, hub, city } = await cityHub({ release });
const dataset = 'pub-security.household';
const first = householdFile(1_500, 7);
const context: CallContext = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};
const title = { zh: '统计', en: 'statistics' };
const minGroup = 85;
const byBoth = { id: 'by-both', title, by: ['region_code', 'relation'], sum: ['income'], minGroup: 30 };
const aggregates = [{ id: 'by-relation', title, by: ['relation'], minGroup }, byBoth];

const apply = (version: number, change: object): Promise<void> =>
  applyGrant(hub, city, 'household/agreement.yaml', version, (grant) => ({ ...grant, ...change }));
const send = async ({ bytes }: HouseholdFile): Promise<void> => {
  await city.publicSecurity.client.sendFile(dataset, bytes, { mapping: 'household' });
};
const ask = (aggregate: string): Promise<Answer<AggregateAnswer>> =>
  city.education.client.aggregate(dataset, aggregate, context);
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'answered',
    (error: unknown) => (error instanceof DatongProblem ? error.code : String(error)),
  );

const place = ({ key }: AggregateCell): string => JSON.stringify(Object.entries(key).sort());
/** Rows of the file that a cell is about, as the agreement's filter leaves them. */
const members = ({ good }: HouseholdFile, { key }: AggregateCell) =>
  good.filter(
    ({ region, relation }) =>
      region !== '990103' &&
      (!('region_code' in key) || key['region_code'] === region) &&
      (!('relation' in key) || key['relation'] === relation),
  );

before(() => apply(2, { aggregates }));

test('of a dataset without rows nothing is returned, neither counted nor by the row', async () => {
  assert.equal(await codeOf(ask('by-both')), 'dataset_without_rows');
  await send(first);
});

test('statistics of more cells than are suppressed together are refused, and nothing of them is stored', async () => {
  release.cubeCells = 5;
  try {
    assert.equal(await codeOf(ask('by-both')), 'aggregate_too_fine');
  } finally {
    release.cubeCells = defaultReleaseLimits.cubeCells;
  }
  assert.equal((await database.app.query('SELECT 1 FROM statistic_cube')).rowCount, 0);
});

test('groups are counted as their rows are; small ones are named as suppressed, and rows outside of the agreement are not there', async () => {
  const { json } = await ask('by-both');
  const shown = json.cells.filter((cell) => 'count' in cell);
  const hidden = json.cells.filter((cell) => 'suppressed' in cell);
  assert.ok(shown.length > 3 && hidden.length > 3, `${shown.length} shown, ${hidden.length} hidden`);
  for (const cell of shown) {
    assert.equal(cell.count, members(first, cell).length);
    assert.ok(cell.count >= minGroup, 'the larger of what two aggregates ask for');
  }
  for (const cell of hidden) assert.deepEqual(Object.keys(cell).sort(), ['key', 'suppressed']);
  assert.ok(!json.cells.some(({ key }) => key['region_code'] === '990103'));
  const finest = json.cells.filter(({ key }) => Object.keys(key).length === byBoth.by.length);
  assert.ok(finest.length > 3);
  for (const { key } of finest) assert.deepEqual(Object.keys(key).sort(), byBoth.by);
  const small = hidden.filter((cell) => members(first, cell).length < minGroup);
  assert.ok(hidden.length > small.length, 'others are hidden so that the small ones cannot be worked out');
  assert.equal(json.minGroup, minGroup);
});

test('a sum is returned in steps that hide who comes or goes', async () => {
  const { json } = await ask('by-both');
  const cells = json.cells.flatMap((cell) => ('count' in cell && cell.sums?.['income'] ? [cell] : []));
  assert.ok(cells.length > 0);
  for (const { sums } of cells) assert.deepEqual(Object.keys(sums ?? {}), byBoth.sum);
  const unsummed = (await ask('by-relation')).json.cells.filter((cell) => 'count' in cell);
  assert.ok(unsummed.length > 0);
  for (const cell of unsummed) assert.equal('sums' in cell, false, 'only where the agreement names a sum');
  for (const cell of cells) {
    const incomes = members(first, cell).flatMap(({ income }) => (income === '' ? [] : [Number(income)]));
    const { value, step } = cell.sums?.['income'] ?? { value: '', step: '' };
    const sum = incomes.reduce((all, one) => all + one, 0);
    assert.ok(Number(step) >= Math.max(...incomes), 'no step is smaller than one row');
    assert.equal(Number(value) % Number(step), 0);
    assert.ok(Math.abs(Number(value) - sum) <= Number(step) / 2);
  }
});

test('the entry names aggregate, batch and cube, and nothing that was counted', async () => {
  const { json } = await ask('by-relation');
  const leaf = await lastLeaf(database);
  assert.deepEqual(
    [leaf.operation, leaf.decision, leaf.aggregate, leaf.cube?.batch],
    ['aggregateDataset', 'allow', 'by-relation', json.batch],
  );
  assert.match(leaf.cube?.digest ?? '', /^[0-9a-f]{64}$/);
  assert.deepEqual([leaf.fields, leaf.rows, leaf.subjects], [undefined, undefined, undefined]);
  assert.deepEqual(leaf.obligations, ['delete-after P180D', 'no-onward-sharing']);
});

test('obligations are described; that a counted person has an open ticket is not', async () => {
  const [someone] = first.good.filter(({ region }) => region === '990101');
  assert.ok(someone);
  await city.education.client.tickets.open({ dataset, key: someone.id, claim: 'the day is another one' });
  const about = { filter: [{ field: 'person_id', op: 'eq' as const, value: someone.id }] };
  const row = (await city.education.client.query(dataset, about, context)).json as { notes?: unknown };
  assert.notEqual(row.notes, undefined, 'of the row it is said');
  const { json } = await ask('by-relation');
  assert.deepEqual(Object.keys(json).sort(), ['aggregate', 'batch', 'cells', 'minGroup', 'obligations']);
  const obligations = (json as { obligations?: readonly { id: string }[] }).obligations ?? [];
  assert.deepEqual(
    obligations.map(({ id }) => id),
    ['delete-after', 'no-onward-sharing'],
  );
  assert.equal((await lastLeaf(database)).notes, undefined);
});

test('what one aggregate hides, the other hides: both are read from one cube', async () => {
  const [coarse, fine] = [(await ask('by-relation')).json, (await ask('by-both')).json];
  const ofFine = new Map(fine.cells.map((cell) => [place(cell), cell]));
  assert.ok(coarse.cells.length > 0 && fine.cells.length > 0);
  for (const cell of coarse.cells) {
    const other = ofFine.get(place(cell));
    assert.ok(other !== undefined);
    assert.equal('suppressed' in other, 'suppressed' in cell);
    if ('count' in cell && 'count' in other) assert.equal(cell.count, other.count);
  }
  // a line of which one cell alone is hidden under a shown total would give it away
  for (const total of fine.cells) {
    if (!('count' in total) || Object.keys(total.key).length !== 1) continue;
    const line = fine.cells.filter(
      ({ key }) =>
        Object.keys(key).length === 2 &&
        Object.entries(total.key).every(([name, value]) => key[name] === value),
    );
    assert.notEqual(line.filter((cell) => 'suppressed' in cell).length, 1);
  }
});

test('only the aggregate is answered: no filter, no other grouping, no rows with it, no other caller', async () => {
  const raw = (body: object): Promise<string> =>
    codeOf(
      city.education.client.call({
        method: 'POST',
        path: `/v1/datasets/${dataset}/aggregate`,
        body: Buffer.from(JSON.stringify(body)),
        headers: {
          'content-type': 'application/json',
          'datong-purpose': 'school-enrolment',
          'datong-agreement': 'agr-school-enrolment',
          'datong-on-behalf-of': 'official-17',
          'datong-matter': 'YX-2026-000123',
        },
        receipt: 'required',
      }),
    );
  const filter = [{ field: 'region_code', op: 'eq', value: '990101' }];
  assert.equal(await raw({ aggregate: 'by-relation' }), 'answered');
  assert.equal(await raw({ aggregate: 'by-relation', filter }), 'invalid_request');
  assert.equal(await raw({}), 'invalid_request');
  assert.equal(await codeOf(ask('by-name')), 'aggregate_not_agreed');
  assert.equal((await lastLeaf(database)).aggregate, undefined);
  const foreign = city.ecology.client.aggregate(dataset, 'by-relation', context);
  assert.equal(await codeOf(foreign), 'no_agreement');
});

test('many first callers at once get one and the same result', async () => {
  await send(householdFile(1_400, 7));
  const answers = await Promise.all(Array.from({ length: 6 }, () => ask('by-both')));
  const [one] = answers;
  for (const { json } of answers) assert.deepEqual(json, one?.json);
  const { rows } = await database.app.query<{ cubes: string }>(
    'SELECT count(*) AS cubes FROM statistic_cube WHERE batch = $1',
    [one?.json.batch],
  );
  assert.equal(Number(rows[0]?.cubes), 1);
});

describe('from batch to batch', () => {
  test('what was hidden of one stays hidden in the next, however large it has become', async () => {
    const earlier = (await ask('by-both')).json;
    const larger = householdFile(6_000, 7);
    await send(larger);
    const later = (await ask('by-both')).json;
    assert.notEqual(later.batch, earlier.batch);
    const now = new Map(later.cells.map((cell) => [place(cell), cell]));
    const hidden = earlier.cells.filter((cell) => 'suppressed' in cell);
    for (const cell of hidden) {
      const same = now.get(place(cell));
      assert.ok(same === undefined || 'suppressed' in same);
    }
    assert.ok(hidden.some((cell) => members(larger, cell).length > 3 * minGroup));
  });

  test('another grouping, or other rows, are answered from the next batch on', async () => {
    await apply(3, {
      rows: { all: [{ field: 'region_code', op: 'in', value: ['990101'] }] },
      aggregates: [...aggregates, { id: 'by-sex', title, by: ['sex'], minGroup }],
    });
    assert.equal(await codeOf(ask('by-sex')), 'aggregate_fixed');
    assert.equal(await codeOf(ask('by-relation')), 'aggregate_fixed');
    await send(householdFile(5_900, 7));
    const { json } = await ask('by-sex');
    assert.ok(json.cells.some((cell) => 'count' in cell));
    assert.ok(!(await ask('by-both')).json.cells.some(({ key }) => key['region_code'] === '990102'));
  });
});

test('two consumers who compare what they got of one batch: a group that one is refused is shown to neither', async () => {
  const finer = { id: 'by-sex-and-relation', title, by: ['sex', 'relation'], minGroup: 20 };
  const rows = { all: [{ field: 'region_code', op: 'in', value: ['990101'] }] };
  await applyGrant(
    hub,
    city,
    'household/agreement.yaml',
    1,
    (grant) => ({ ...grant, rows, aggregates: [finer] }),
    { id: 'agr-finer', consumer: 'ecology', matters: [] },
    city.ecology,
  );
  const first = (await ask('by-relation')).json;
  const second = (
    await city.ecology.client.aggregate(dataset, finer.id, { ...context, agreement: 'agr-finer' })
  ).json;
  assert.equal(second.batch, first.batch);
  const refused = first.cells.filter((cell) => 'suppressed' in cell);
  const groups = new Map(second.cells.map((cell) => [place(cell), cell]));
  for (const cell of refused) assert.ok('suppressed' in (groups.get(place(cell)) ?? cell));
  const last = householdFile(5_900, 7);
  const own = refused.filter(
    ({ key }) =>
      last.good.filter(({ region, relation }) => region === '990101' && relation === key['relation'])
        .length >= finer.minGroup,
  );
  assert.ok(own.length > 0, 'by its own agreement the second consumer would have got one of them');
  assert.ok(second.cells.some((cell) => 'count' in cell));
});

test('what cannot be protected does not come into force', async () => {
  const refusedFor = (change: object): Promise<string> => apply(4, change).then(() => 'granted', String);
  const four = [...aggregates, { id: 'd', title, by: ['sex', 'relation'], minGroup }];
  assert.match(await refusedFor({ consent: { required: true }, aggregates }), /aggregate_on_consent|policy_/);
  assert.match(await refusedFor({ aggregates: [{ id: 'a', title, by: ['name'], minGroup }] }), /policy_/);
  assert.match(await refusedFor({ aggregates: [{ ...four[0], minGroup: 2 }] }), /policy_/);
});
