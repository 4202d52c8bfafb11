import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sharedSchema } from '../../machine/shippedSchemas.ts';
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { Reference } from './intakeRules.ts';
import { columnsOf, referenceFindings, referenceUnfit, ruleWithoutField } from './reference.ts';

const household = sharedSchema('household@1');
const air = sharedSchema('air-quality-hourly@1');
const id = 'pub-security.pupils';
const to = (more: Partial<Reference>): Reference => ({
  fields: ['person_id'],
  dataset: 'pub-security.household',
  onMissing: 'hold',
  ...more,
});
const unfit = (more: Partial<Reference>, mode: string, schema = household): string =>
  referenceUnfit(id, to(more), household, { schema, mode })?.en ?? '';

test('columns correspond to each other in their order; what a version lacks leaves nothing to compare', () => {
  const columns = columnsOf(to({ fields: ['guardian_id'], keys: ['person_id'] }), household, household);
  assert.deepEqual([columns?.here[0]?.field, columns?.there[0]?.field], ['guardian_id', 'person_id']);
  assert.equal(columnsOf(to({}), household, household)?.there[0]?.field, 'person_id', 'the primary key');
  assert.equal(columnsOf(to({}), air, household), undefined, 'no such field here');
  assert.equal(columnsOf(to({ keys: ['gone'] }), household, household), undefined, 'nor there');
  assert.equal(columnsOf(to({ fields: ['person_id', 'name'] }), household, household), undefined);
});

test('columns of which PostgreSQL cannot compare the values are nothing to compare', () => {
  const retyped = (type: string): DatasetSchema => ({
    ...household,
    fields: household.fields.map((field) =>
      field.name === 'person_id' ? ({ ...field, type } as typeof field) : field,
    ),
  });
  const whole = retyped('integer');
  assert.equal(columnsOf(to({}), household, whole), undefined);
  assert.equal(columnsOf(to({}), whole, household), undefined);
  assert.equal(columnsOf(to({}), retyped('object'), retyped('object')), undefined, 'json has no equality');
  assert.ok(columnsOf(to({}), whole, whole));
  assert.ok(columnsOf(to({}), whole, retyped('number')), 'numbers of either kind');
  const refused = referenceUnfit(id, to({}), household, { schema: whole, mode: 'snapshot' });
  assert.match(refused?.en ?? '', /person_id is of another type/);
});

test('a reference is of the own department, to stored rows, by values that name something', () => {
  assert.equal(unfit({}, 'snapshot'), '');
  assert.equal(unfit({}, 'upsert'), '');
  assert.match(unfit({ dataset: 'ecology.household' }, 'snapshot'), /not a dataset of the same department/);
  assert.match(unfit({}, 'live'), /are not stored in the hub/);
  assert.match(unfit({ fields: ['income'], keys: ['income'] }, 'snapshot'), /an amount/);
  assert.match(unfit({ keys: ['income'] }, 'snapshot'), /an amount/);
  assert.match(referenceUnfit(id, to({}), household, undefined)?.en ?? '', /there is no dataset/);
});

test('as many may be missing as the rule says, of those that refer to something', () => {
  const found = (missing: number, mayMiss?: number): readonly unknown[] =>
    referenceFindings([
      { reference: to(mayMiss === undefined ? {} : { mayMiss }), compared: 200, missing, lines: [2, 9] },
    ]).map(({ severity, facts }) => [severity, facts['rows'], facts['lines']]);
  assert.deepEqual(found(0), []);
  assert.deepEqual(found(1), [['hold', 1, '2, 9']]);
  assert.deepEqual(found(2, 0.01), []);
  assert.deepEqual(found(3, 0.01), [['hold', 3, '2, 9']]);
});

test('a version that lacks a field of a rule is named with the rule', () => {
  const deleteWhere = { field: 'relation', is: ['x'] };
  assert.equal(ruleWithoutField({ deleteWhere, references: [to({})] }, household), undefined);
  assert.equal(ruleWithoutField({}, air), undefined);
  assert.deepEqual(ruleWithoutField({ deleteWhere }, air), { rule: 'deleteWhere', field: 'relation' });
  assert.deepEqual(
    ruleWithoutField({ references: [to({ fields: ['name', 'mobile'] })] }, household),
    undefined,
  );
  assert.deepEqual(ruleWithoutField({ references: [to({})] }, air), {
    rule: 'references',
    field: 'person_id',
  });
});
