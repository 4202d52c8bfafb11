/** Restrictions tighten only, whatever they say and however many there are. */
import assert from 'node:assert/strict';
import { shipped } from '../../machine/surroundings.ts';
import { test } from 'node:test';
import fc from 'fast-check';
import { caseFile, registryFile } from '../fixtures/sampleContext.ts';
import { parsePolicyDocument } from '../documents/parseDocument.ts';
import { decide } from '../decide.ts';
import {
  agreement,
  now,
  plans as plansOf,
  request,
  restriction as restrictionText,
  set,
} from '../fixtures/smallSets.ts';
import { tryCompilePlans } from '../plans.ts';
import { readPolicySet, type PolicySet } from '../policySet.ts';
import { diffPlans } from '../questions/diff.ts';
import { nonEmpty } from '../../tests/nonEmpty.ts';

const worked = ['01-school-enrolment', '04-districts', '06-consent', '09-two-purposes'];
const files = worked.map((name) => caseFile(`worked/${name}.yaml`));
const { documents, context } = readPolicySet([registryFile, ...files], shipped);

const scope = fc.record(
  {
    semantic: fc.subarray(['cn.resident-id', 'person.name', 'cn.mobile'], { minLength: 1 }),
    sensitivity: fc.subarray(['L1', 'L2', 'L3'], { minLength: 1 }),
    field: fc.subarray(['name', 'income', 'region_code', 'person_id', 'birth_date'], { minLength: 1 }),
    dataset: fc.constant(['pub-security.household']),
    purposeUnder: fc.subarray(['public-service', 'school-meals', 'statistics'], { minLength: 1 }),
    purposeNotUnder: fc.subarray(['public-safety', 'school-enrolment'], { minLength: 1 }),
  },
  { requiredKeys: ['dataset'] },
);
const floor = fc.constantFrom(
  { mask: 'idCard', head: 3, tail: 0 },
  { mask: 'keep', head: 2, tail: 1 },
  { mask: 'personName', fixed: true },
  { mask: 'dateTrunc', to: 'year' },
  { mask: 'fixed' },
  { mask: 'presence' },
  { mask: 'nullify' },
  { mask: 'drop' },
  { mask: 'clear' },
);
const restriction = fc.record(
  {
    when: scope,
    floor,
    requires: fc.subarray(['on-behalf-of', 'matter'], { minLength: 1 }),
    limits: fc.record(
      { rowsPerCall: fc.constantFrom(1, 50, 10_000), callsPerDay: fc.constantFrom(1, 5000) },
      { requiredKeys: ['rowsPerCall'] },
    ),
  },
  { requiredKeys: ['when', 'floor'] },
);

test('no cell is added or loosened by any set of restrictions that compiles', () => {
  const before = tryCompilePlans(documents, context).plans ?? assert.fail();
  let compiled = 0;
  fc.assert(
    fc.property(fc.array(restriction, { minLength: 1, maxLength: 3 }), (added) => {
      const floors = added.map((one, i) =>
        parsePolicyDocument({ kind: 'Restriction', id: `res-${i}`, version: 1, ...one }),
      );
      const { plans, findings } = tryCompilePlans([...documents, ...floors], context);
      if (plans === undefined) {
        const codes = new Set(findings.map(({ code }) => code));
        assert.ok(
          nonEmpty(codes).every((code) =>
            ['no_meet', 'floor_type', 'restriction_never_bites'].includes(code),
          ),
          [...codes].join(),
        );
        return;
      }
      compiled += 1;
      const { counts, verdict } = diffPlans(before, plans);
      assert.deepEqual([counts.added, counts.loosened], [0, 0]);
      assert.equal(verdict.needs, 'one-person');
    }),
    { seed: 43, numRuns: 500 },
  );
  assert.ok(compiled > 100, `${compiled} of 500 sets compiled`);
});

test('what a restriction requires holds for a field that is used only in look-ups', () => {
  const lookedUp = agreement({ grant: '    lookupBy: [person_id]\n    limits: { callsPerDay: 9 }\n' });
  const when = 'when: { dataset: [pub-security.household], field: [person_id] }';
  const requested = {
    ...request,
    filter: [{ field: 'person_id', op: 'eq', value: '11010519491231002X' }],
  } as const;
  const reported = (...texts: readonly string[]): string => {
    const decision = decide(requested, plansOf(...texts), now);
    return decision.effect === 'deny' ? decision.code : 'allow';
  };
  assert.equal(reported(lookedUp), 'allow');
  assert.equal(reported(lookedUp, restrictionText(`${when}\nrequires: [matter]`)), 'matter_missing');
  const elsewhere = 'when: { dataset: [pub-security.household], field: [mobile] }';
  assert.equal(reported(lookedUp, restrictionText(`${elsewhere}\nrequires: [matter]`)), 'allow');
});

test('the basis is checked for each purpose: a floor for the first releases nothing for the second', () => {
  const visits = agreement({
    purposes: '[statistics, school-enrolment]',
    fields: '{ department: { mask: clear } }',
  })
    .replace('pub-security.household', 'pub-security.medical-visit')
    .replace('household@1', 'medical-visit@1');
  const floor = restrictionText(
    'when: { personal: [sensitive], purposeUnder: [statistics] }\nfloor: { mask: drop }',
  );
  const codes = (...texts: readonly string[]): readonly string[] => {
    const given = set(...texts);
    return tryCompilePlans(given.documents, given.context).findings.map(
      ({ code, path }) => `${code} ${path}`,
    );
  };
  const missing = ['assessment_missing /grants/0/fields/department'];
  assert.deepEqual(codes(visits, floor), missing);
  assert.deepEqual(codes(visits), missing);
  assert.deepEqual(codes(visits.replace('statistics, ', ''), floor), missing);
  assert.deepEqual(codes(visits.replace(', school-enrolment', ''), floor), []);
});

test('three years end on the same day of the calendar of China; an end that earlier releases accepted stays valid', () => {
  const refused = (from: string, until: string): boolean => {
    const text = agreement({ until: `${until}T00:00:00+08:00` }).replace('2026-01-01', from);
    return readPolicySet(
      [registryFile, { name: 'a.yaml', text: text.replace(/---\n$/, '') }],
      shipped,
    ).findings.some(({ code }) => code === 'term_too_long');
  };
  assert.deepEqual(
    [
      ['2025-03-01', '2028-03-01'],
      ['2025-03-01', '2028-03-02'],
      ['2024-03-01', '2027-03-01'],
      ['2024-03-01', '2027-03-02'],
      ['2024-03-01', '2027-03-03'],
    ].map(([from = '', until = '']) => refused(from, until)),
    [false, true, false, false, true],
  );
});

test('a contractor below the consumer is no party of a subtree, wherever it is registered', () => {
  const whole = agreement({ consumer: '{ department: education, subtree: true }' });
  const given = set(whole);
  const departments = [
    ...given.context.departments.map((one) =>
      one.code === 'city-software' ? { ...one, parent: 'education' } : one,
    ),
    { code: 'subcontractor', parent: 'city-software' },
  ];
  const { plans } = tryCompilePlans(given.documents, { ...given.context, departments });
  assert.deepEqual(
    plans?.all.map(({ ref }) => ref.consumer),
    ['education', 'education-dongxi', 'education-xize'],
  );
});

test('a restriction that cannot be relied on denies what a mask reads, and a whole that it reaches into', () => {
  const blocks = ({ documents: given, context: around }: PolicySet, field: string): boolean => {
    const distrusted = [{ document: 'res-a@1', when: { field: [field] } }];
    const { plans } = tryCompilePlans(given, { ...around, distrusted });
    return (plans?.blocked.size ?? 0) > 0;
  };
  const addresses = set(agreement({ fields: '{ address: { mask: address, by: region_code } }' }));
  const pupils = readPolicySet([registryFile, caseFile('worked/08-nested.yaml')], shipped);
  assert.deepEqual(
    ['address', 'region_code', 'name'].map((field) => blocks(addresses, field)),
    [true, true, false],
  );
  assert.deepEqual(
    ['home', 'lat', 'phone', 'note'].map((field) => blocks(pupils, field)),
    [true, true, true, false],
  );
});
