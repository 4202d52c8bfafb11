import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check } from '../documents/parseDocument.ts';
import { sampleContext } from '../fixtures/sampleContext.ts';
import { tryCompilePlans } from '../plans.ts';
import { roundedSum } from './bounds.ts';
import { rowsText } from './cube.ts';

const title = { zh: '统计', en: 'statistics' };
/** An agreement with one grant a purpose, so that statistics of several purposes fall to one consumer. */
function compiled(aggregates: readonly object[], context = sampleContext) {
  const read = check({
    value: {
      kind: 'Agreement',
      id: 'agr-x',
      version: 1,
      provider: 'pub-security',
      consumer: 'education',
      purposes: ['school-enrolment', 'school-meals', 'public-safety', 'statistics'],
      basis: { type: 'statutory', reference: '义务教育法' },
      valid: { from: '2026-01-01T00:00:00+08:00', until: '2027-01-01T00:00:00+08:00' },
      grants: aggregates.map((one, i) => ({
        dataset: 'pub-security.household',
        schema: 'household@1',
        purposes: [['school-enrolment', 'school-meals', 'public-safety', 'statistics'][i]],
        aggregates: [one],
        fields: {},
      })),
    },
    file: 'x',
  });
  assert.deepEqual(read.findings, []);
  return tryCompilePlans(read.document === undefined ? [] : [read.document], context);
}

const by = (dimension: string, minGroup = 5) => ({ id: 'counted', title, by: [dimension], minGroup });

test('statistics of all purposes of a consumer are read from one cube, under the largest of their groups', () => {
  const { plans } = compiled([by('sex'), by('relation', 9), { ...by('region_code'), sum: ['income'] }]);
  assert.deepEqual(plans?.cubes.get('education pub-security.household'), {
    dataset: 'pub-security.household',
    consumer: 'education',
    dimensions: ['sex', 'relation', 'region_code'],
    sums: ['income'],
    minGroup: 9,
    rowFilter: [],
  });
});

test('a fourth dimension under yet another purpose does not compile', () => {
  const household = sampleContext.schemas('household@1');
  assert.ok(household);
  const closed = household.fields.map((field) =>
    field.name === 'mobile' ? { ...field, schema: { enum: ['a', 'b'] } } : field,
  );
  const context = { ...sampleContext, bound: () => ({ ...household, fields: closed }) };
  const four = [by('sex'), by('relation'), by('region_code'), by('mobile')];
  assert.deepEqual(
    compiled(four, context).findings.map(({ code }) => code),
    ['aggregate_dimensions'],
  );
  assert.deepEqual(compiled(four.slice(0, 3), context).findings, []);
});

test('a dataset that changes row by row has no statistics', () => {
  const context = { ...sampleContext, modes: new Map([['pub-security.household', 'upsert' as const]]) };
  assert.deepEqual(
    compiled([by('sex')], context).findings.map(({ code }) => code),
    ['aggregate_of_upserts'],
  );
});

test('sums are returned in steps of 1, 2 or 5 that no row exceeds', () => {
  const cases = [
    ['1234567.89', '43210.00', '1250000', '50000'],
    ['-1234567', '150', '-1234600', '200'],
    ['0', '0', '0', '1'],
    ['7', '1', '7', '1'],
    ['12.5', '0.75', '13', '1'],
    ['600000', '100000', '600000', '100000'],
  ] as const;
  for (const [sum, largest, value, step] of cases)
    assert.deepEqual(roundedSum(sum, largest), { value, step }, `${sum} ${largest}`);
});

test('filters of the same rows are equal in any order, and filters of other rows are not', () => {
  const year = { field: 'year', op: 'eq', value: '2026' } as const;
  const region = (...value: string[]) => ({ field: 'region', op: 'in', value }) as const;
  assert.equal(rowsText([year, region('a', 'b')]), rowsText([region('b', 'a', 'b'), year, year]));
  assert.equal(rowsText([region('a')]), rowsText([{ field: 'region', op: 'eq', value: 'a' }]));
  assert.notEqual(rowsText([region('a', 'b')]), rowsText([region('a', 'c')]));
  assert.notEqual(rowsText([region('a', 'b')]), rowsText([region('a'), region('b')]));
  const range = { field: 'age', op: 'range', value: ['1', '2'] } as const;
  assert.notEqual(rowsText([range]), rowsText([{ ...range, value: ['2', '1'] }]));
});
