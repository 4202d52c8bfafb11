/** What a Restriction can bite on, computed without an agreement, is what the compiler has it bite on once there is one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sampleContext } from '../fixtures/sampleContext.ts';
import type { RestrictionScope } from '../documents/documentChecks.ts';
import { parsePolicyDocument } from '../documents/parseDocument.ts';
import { pathsOf } from '../masks/rows/fieldPath.ts';
import { tryCompilePlans } from '../plans.ts';
import { canBite } from './canBite.ts';

const household = 'pub-security.household';
const visit = 'pub-security.medical-visit';
const schemaOf = (dataset: string) =>
  sampleContext.schemas(dataset === visit ? 'medical-visit@1' : 'household@1') ?? assert.fail(dataset);
const { purposes } = sampleContext;
const requested = (when: RestrictionScope, dataset: string, fields?: readonly string[]): boolean =>
  canBite(purposes)(
    { when },
    { schema: schemaOf(dataset), fields: fields && new Set(fields), datasets: [dataset] },
  );

test('each word of a scope decides alone, and together they are all needed', () => {
  for (const [when, whole, ofName, ofPerson] of [
    [{ semantic: ['cn.resident-id'] }, true, false, true],
    [{ semantic: ['vehicle.plate'] }, false, false, false],
    [{ sensitivity: ['L3', 'L4'] }, true, false, true],
    [{ sensitivity: ['L4'] }, false, false, false],
    [{ personal: ['personal'] }, true, true, true],
    [{ personal: ['sensitive'] }, false, false, false],
    [{ classification: ['general'] }, true, true, true],
    [{ classification: ['core'] }, false, false, false],
    [{ dataset: [household] }, true, true, true],
    [{ dataset: [visit] }, false, false, false],
    [{ field: ['name', 'visit_id'] }, true, true, false],
    [{ field: ['visit_id'] }, false, false, false],
    [{ purposeUnder: ['statistics'] }, true, true, true],
    [{ purposeUnder: ['nowhere'] }, false, false, false],
    [{ purposeNotUnder: ['public-service'] }, true, true, true],
    // purposes: a child of the one, and nothing of the other
    [{ purposeUnder: ['public-service'], purposeNotUnder: ['school-meals'] }, true, true, true],
    [{ purposeUnder: ['school-meals'], purposeNotUnder: ['public-service'] }, false, false, false],
    // all of one field, not each of some field
    [{ semantic: ['cn.resident-id'], sensitivity: ['L3'], field: ['person_id'] }, true, false, true],
    [{ semantic: ['cn.resident-id'], field: ['name'] }, false, false, false],
    [{ semantic: ['person.name'], personal: ['none'] }, false, false, false],
    [{ semantic: ['cn.resident-id'], dataset: [visit] }, false, false, false],
    [{ semantic: ['cn.resident-id'], purposeUnder: ['nowhere'] }, false, false, false],
  ] as const) {
    const reported = [
      requested(when, household),
      requested(when, household, ['name']),
      requested(when, household, ['person_id']),
    ];
    assert.deepEqual(reported, [whole, ofName, ofPerson], JSON.stringify(when));
  }
});

test('without a dataset there is nothing to bite on, and what lies in a field is of it', () => {
  const restriction = { when: { personal: ['personal'] } };
  const schema = schemaOf(household);
  assert.equal(canBite(purposes)(restriction, { schema, fields: undefined, datasets: [] }), false);
  // the code of a diagnosis is as sensitive as what it lies in, and is called by its own name
  const code = { field: ['code'], sensitivity: ['L4'] };
  assert.equal(requested(code, visit, ['diagnoses']), true);
  assert.equal(requested(code, visit, ['class', 'admitted_at']), false);
  assert.equal(requested({ ...code, sensitivity: ['L3'] }, visit, ['diagnoses']), false);
});

const known = [household, visit].flatMap((dataset) =>
  pathsOf(schemaOf(dataset)).map((path) => path.slice(path.lastIndexOf('.') + 1).replaceAll('[]', '')),
);
const codes = purposes.map(({ code }) => code);
const some = (words: readonly string[]) => {
  const each = [...new Set(words)];
  return fc.subarray(each, { minLength: 1, maxLength: Math.min(3, each.length) });
};
const when = fc
  .record({
    semantic: some(['cn.resident-id', 'person.name', 'cn.mobile', 'cn.admin-code']),
    sensitivity: some(['L1', 'L2', 'L3', 'L4']),
    personal: some(['none', 'personal', 'sensitive']),
    classification: some(['core', 'important', 'general']),
    dataset: some([household, visit]),
    field: some(known),
    purposeUnder: some(codes),
    purposeNotUnder: some(codes),
  })
  .chain((words) => fc.subarray(Object.entries(words), { minLength: 1, maxLength: 2 }))
  .map((words): RestrictionScope => Object.fromEntries(words));
const place = fc.constantFrom(household, visit).chain((dataset) =>
  fc.tuple(
    fc.constant(dataset),
    fc.subarray(
      schemaOf(dataset).fields.map(({ name }) => name),
      { minLength: 1, maxLength: 3 },
    ),
  ),
);

test('it agrees with the compiler, which knows the same words by an agreement on those fields for every purpose', () => {
  const reported = { yes: 0, no: 0 };
  const context = { ...sampleContext, sandbox: true as const, purposes: [...purposes, { code: 'sandbox' }] };
  fc.assert(
    fc.property(when, place, (scope, [dataset, fields]) => {
      const { name, major } = schemaOf(dataset);
      const grants = [
        {
          dataset,
          schema: `${name}@${major}`,
          fields: Object.fromEntries(fields.map((field) => [field, { mask: 'presence' }])),
        },
      ];
      const agreement = parsePolicyDocument({
        kind: 'Agreement',
        id: 'agr-a',
        version: 1,
        provider: 'pub-security',
        consumer: 'education',
        purposes: [...codes, 'sandbox'],
        basis: { type: 'statutory', reference: '某法' },
        grants,
        assessment: 'a'.repeat(64),
        valid: { from: '2026-01-01T00:00:00+08:00', until: '2027-01-01T00:00:00+08:00' },
      });
      const restriction = parsePolicyDocument({
        kind: 'Restriction',
        id: 'res-a',
        version: 1,
        when: scope,
        requires: ['matter'],
      });
      const { plans, findings } = tryCompilePlans([agreement, restriction], context);
      if (plans === undefined)
        assert.deepEqual(
          findings.map(({ code }) => code),
          ['restriction_never_bites'],
        );
      const bitten = plans?.all.some(({ needs }) => needs.matter) ?? false;
      reported[bitten ? 'yes' : 'no'] += 1;
      assert.equal(requested(scope, dataset, fields), bitten);
    }),
    { numRuns: 300 },
  );
  assert.ok(reported.yes > 30 && reported.no > 30, JSON.stringify(reported));
});
